"""The changes in mid-life that a random history makes, as the salesperson."""

from datetime import timedelta

from odoo.exceptions import UserError

from .histories_checks import Broken
from .histories_draws import NONE


class HistoryChanges:
    """One method a kind of change, with drawn values and dates."""

    # ------------------------------------------------------------------ changes
    def amend(self, kind, day=None, **values):
        """A change, now and then previewed first: it must tell the same."""
        subscription = values.pop("subscription", None) or self.draw_subscription()
        day = day or self.draw_day()
        values["settle"] = self.chance.choice(("next", "now"))
        shown = None
        if self.chance.random() < 0.2:
            shown = subscription.preview_amend(kind, day, values)
        result = subscription.amend(kind, day, values)
        successor = result["effect"].pop("successor_id")
        if successor:
            self.subscriptions += self.subscriptions.browse(successor)
        elif shown is not None:
            shown.pop("successor_id")
            if shown != result["effect"]:
                raise Broken(f"{shown} was shown, {result['effect']} came")
        return subscription.name, day, values

    def do_quantity(self):
        """More or less of a line."""
        subscription = self.draw_subscription()
        line = self.draw_lines(subscription)
        return self.amend(
            "quantity",
            subscription=subscription,
            line_id=line.id,
            add=self.chance.choice((1, 2, -1)),
        )

    def do_price(self):
        """Another price."""
        subscription = self.draw_subscription()
        return self.amend(
            "price",
            subscription=subscription,
            line_id=self.draw_lines(subscription).id,
            price_unit=round(self.chance.uniform(1, 300), 2),
        )

    def do_discount(self):
        """A discount, for a while or for good."""
        day = self.today - timedelta(days=self.chance.randrange(-20, 60))
        until = self.chance.choice((None, str(day + timedelta(days=45))))
        return self.amend(
            "discount",
            str(day),
            discount=self.chance.choice((0, 5, 50)),
            date_until=until,
        )

    def do_add_line(self):
        """One more product."""
        product = self.chance.choice(self.case.products)
        return self.amend(
            "add_line", product_id=product.id, quantity=1, price_unit=9.99
        )

    def do_remove_line(self):
        """One product less."""
        subscription = self.draw_subscription()
        line = self.draw_lines(subscription)
        return self.amend("remove_line", subscription=subscription, line_id=line.id)

    def do_swap(self):
        """Another product in the place of one."""
        subscription = self.draw_subscription()
        line = self.draw_lines(subscription)
        product = self.chance.choice(self.case.products)
        return self.amend(
            "swap", subscription=subscription, line_id=line.id, product_id=product.id
        )

    def do_pause(self):
        """A pause, whose end is known or not."""
        day = self.today + timedelta(days=self.chance.randrange(-30, 30))
        resume = self.chance.choice((None, str(day + timedelta(days=25))))
        return self.amend("pause", str(day), resume_date=resume)

    def do_resume(self):
        """The end of a pause."""
        return self.amend("resume")

    def do_close(self):
        """The end."""
        reason = self.case.env.ref("crm_ext_subscriptions.crm_close_reason_need")
        day = self.chance.choice(
            ("today", str(self.today + timedelta(days=self.chance.randrange(-60, 60))))
        )
        return self.amend("close", day, reason_id=reason.id)

    def do_reopen(self):
        """Not the end after all."""
        return self.amend("reopen")

    def do_renew(self):
        """A further term."""
        return self.amend("renew", "next")

    def do_transfer(self):
        """Another entity takes over."""
        return self.amend("transfer", partner_id=self.other_partner.id)

    def do_tariff(self):
        """Another tariff, or a price of each unit, for what is metered."""
        subscription = self.draw_subscription()
        lines = subscription.line_ids.filtered(lambda line: line.line_type == "usage")
        if not lines:
            raise UserError(NONE)
        tariffs = self.case.tariff | self.case.dearer
        return self.amend(
            "tariff",
            subscription=subscription,
            line_id=self.chance.choice(lines).id,
            usage_price_id=self.chance.choice((*tariffs.ids, False)),
            price_unit=self.chance.choice((0.21, 0.5, 1)),
        )

    def do_sync(self):
        """The daily action."""
        self.case.env["crm.subscription"]._cron_sync_states()
