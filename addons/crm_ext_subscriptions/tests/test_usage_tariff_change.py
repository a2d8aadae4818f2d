from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .usage_common import UsageCase


@freeze_time("2026-03-10 12:00:00")
@tagged("post_install", "-at_install")
class TestUsageTariffChange(UsageCase):
    """SU-06: a usage line takes another tariff from a day on, past days included."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dearer = cls.make_tariff([(0, 0.20)], name="API 2027")

    def amend(self, subscription, day, tariff, **values):
        line = subscription.line_ids.filtered(lambda it: it.line_type == "usage")
        return subscription.with_user(self.seller).amend(
            "tariff",
            day,
            {"line_id": line.id, "usage_price_id": tariff and tariff.id, **values},
        )

    def test_su_06_from_the_next_period_on_at_the_new_tariff(self):
        subscription = self.metered(self.tariff)
        effect = self.amend(subscription, "2026-03-01", self.dearer)["effect"]
        self.assertIn("API 2026 → API 2027", effect["description"])
        self.use(subscription, 100)
        self.use(subscription, 100, at="2026-03-05T09:00:00Z")
        february = self.bill(subscription, date(2026, 3, 1))
        self.assertEqual(february.amount_untaxed, 10.0)
        march = self.bill(subscription, date(2026, 4, 1))
        self.assertEqual(march.amount_untaxed, 20.0)
        versions = subscription.line_ids.version_ids.sorted("date_from")
        self.assertEqual(versions.usage_price_id, self.tariff + self.dearer)
        self.assertEqual(versions[-1].reason, "tariff")
        self.assertTrue(self.dearer.in_use)

    def test_su_06_from_a_billed_day_the_difference_is_owed_and_shown_before(self):
        """100 units on 10 February at 0.10, then 0.20: 10 more."""
        subscription = self.metered(self.tariff)
        self.use(subscription, 100)
        self.bill(subscription, date(2026, 3, 1))
        line = subscription.line_ids
        values = {"line_id": line.id, "usage_price_id": self.dearer.id}
        shown = subscription.preview_amend("tariff", "2026-02-01", values)
        self.assertEqual(shown["adjustment_total"], 10.0)
        self.assertFalse(line.period_ids.adjustment_ids)
        effect = self.amend(subscription, "2026-02-01", self.dearer)["effect"]
        self.assertEqual(effect["adjustment_total"], 10.0)
        invoice = self.bill(subscription, date(2026, 4, 1))
        self.assertEqual(invoice.amount_untaxed, 10.0)
        self.assertIn("Usage at its new tariff", invoice.invoice_line_ids.name)
        self.assertEqual(line._price_days(date(2026, 2, 1), date(2026, 2, 28)), 20.0)
        self.use(subscription, 1)  # late, at the new tariff
        invoice = self.bill(subscription, date(2026, 4, 2))
        self.assertEqual(invoice.amount_untaxed, 0.2)

    def test_su_06_a_cheaper_tariff_from_a_billed_day_is_credited(self):
        subscription = self.metered(self.dearer, lines=[{"price_unit": 100.0}])
        self.use(subscription, 100)
        self.bill(subscription, date(2026, 3, 1))
        effect = self.amend(subscription, "2026-02-01", self.tariff)["effect"]
        self.assertEqual(effect["adjustment_total"], -10.0)
        self.assertEqual(self.bill(subscription, date(2026, 4, 1)).amount_untaxed, 90.0)

    def test_su_06_without_tariff_the_unit_price_is_asked(self):
        subscription = self.metered(self.tariff)
        with self.assertRaisesRegex(UserError, "Unit price"):
            self.amend(subscription, "2026-03-01", False)
        self.amend(subscription, "2026-03-01", False, price_unit=0.5)
        self.use(subscription, 10, at="2026-03-05T09:00:00Z")
        self.bill(subscription, date(2026, 3, 1))
        self.assertEqual(self.bill(subscription, date(2026, 4, 1)).amount_untaxed, 5.0)

    def test_su_06_what_cannot_be_taken_is_refused_with_the_field_named(self):
        francs = self.env.ref("base.CHF")
        foreign = self.make_tariff(currency_id=francs.id)
        subscription = self.metered(self.tariff, lines=[{"price_unit": 100.0}])
        with self.assertRaisesRegex(UserError, "Tariff: its currency"):
            self.amend(subscription, "2026-03-01", foreign)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self.make_tariff(company_id=other.id)
        with self.assertRaisesRegex(UserError, "Tariff: it belongs"):
            self.amend(subscription, "2026-03-01", theirs.sudo())
        recurring = subscription.line_ids.filtered(lambda it: it.price_unit == 100)
        with self.assertRaisesRegex(UserError, "Line: choose"):
            subscription.amend(
                "tariff",
                "2026-03-01",
                {"line_id": recurring.id, "usage_price_id": self.tariff.id},
            )

    def test_su_06_the_tariff_follows_to_another_customer_and_frequency(self):
        subscription = self.metered(self.tariff)
        self.amend(subscription, "2026-03-01", self.dearer)
        other = self.partner.copy({"name": "Filiale"})
        moved = subscription.with_user(self.seller).amend(
            "transfer", "2026-04-01", {"partner_id": other.id}
        )
        successor = subscription.browse(moved["effect"]["successor_id"])
        line = successor.line_ids
        self.assertEqual(
            line._get_version_at(date(2026, 4, 1)).usage_price_id, self.dearer
        )
        swapped = successor.with_user(self.seller).amend(
            "swap_plan", "2026-06-01", {"plan_id": self.yearly.id}
        )
        yearly = subscription.browse(swapped["effect"]["successor_id"]).line_ids
        self.assertEqual(yearly.usage_price_id, self.dearer)
        self.assertEqual(yearly.price_unit, 1.0, "a unit costs what it did")

    def test_su_06_the_window_shows_the_effect(self):
        subscription = self.metered(self.tariff)
        self.use(subscription, 100)
        self.bill(subscription, date(2026, 3, 1))
        window = Form(
            self.env["crm.subscription.amend"]
            .with_user(self.seller)
            .with_context(default_subscription_id=subscription.id)
        )
        window.kind = "tariff"
        self.assertEqual(window.line_id, subscription.line_ids, "the only one metered")
        window.usage_price_id = self.dearer
        window.timing = "date"
        window.date = date(2026, 2, 1)
        self.assertFalse(window.problem)
        self.assertIn("10.00", window.effect_html)
        window.save().action_confirm()
        self.assertEqual(subscription.change_ids.adjustment_total, 10.0)

    def test_su_06_a_plans_tariff_is_the_one_of_its_new_usage_lines(self):
        plan = self.monthly.copy({"name": "API", "usage_price_id": self.tariff.id})
        usage = {"line_type": "usage", "meter_id": self.meter.id}
        subscription = self.subscribe(
            plan_id=plan.id,
            lines=[usage, usage | {"usage_price_id": self.dearer.id}, {}],
        )
        self.assertEqual(
            subscription.line_ids.sorted("id").mapped("usage_price_id.name"),
            ["API 2026", "API 2027"],
        )
        francs = self.env.ref("base.CHF")
        francs.active = True
        foreign = self.subscribe(
            plan_id=plan.id, currency_id=francs.id, lines=[usage], confirm=False
        )
        self.assertFalse(foreign.line_ids.usage_price_id)
        draft = self.subscribe(confirm=False, lines=[{}])
        draft.write(
            {
                "plan_id": plan.id,
                "line_ids": [
                    Command.create({"product_id": self.product.id} | usage),
                ],
            }
        )
        self.assertEqual(draft.line_ids[-1:].usage_price_id, self.tariff)
