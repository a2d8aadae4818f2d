"""What a random history begins with, and what its steps choose from."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command

NONE = "There is none."


class HistoryDraws:
    """Random terms, lines, days, and one of what there is."""

    # ------------------------------------------------------------------ entry
    def subscribe(self):
        """Random terms and lines, entered by the salesperson."""
        draw = self.chance
        start = self.today + timedelta(days=draw.randrange(-20, 30))
        values = {
            "partner_id": self.partner.id,
            "plan_id": False,
            "date_start": start,
            "interval": draw.choice((1, 1, 1, 2, 10)),
            "unit": draw.choice(("month", "month", "month", "week", "quarter", "day")),
            "invoicing": draw.choice(("advance", "arrears")),
            "prorata_basis": draw.choice(("calendar", "calendar", "30_360", "none")),
            "trial_days": draw.choice((0, 0, 0, 10)),
            "minimum_months": draw.choice((0, 0, 12)),
            "early_fee_mode": draw.choice(("none", "fixed")),
            "early_fee_amount": 75.0,
        }
        if values["unit"] == "day":
            values["interval"] = 10
        if values["unit"] == "month" and values["interval"] == 1:
            values["anchor_days"] = draw.choice((False, "1", "31", "15", "1, 15"))
        if draw.random() < 0.2:
            values["currency_id"] = self.case.francs.id
        values |= self.draw_term(start)
        values["line_ids"] = [
            Command.create(self.draw_line(values)) for _n in range(draw.randrange(1, 4))
        ]
        subscriptions = self.case.env["crm.subscription"].with_user(self.case.seller)
        return subscriptions.create(values)

    def draw_term(self, start):
        """Until closed, until a day, or so many instalments, perhaps of a total."""
        draw, kind = self.chance, self.chance.random()
        if kind < 0.3:
            return {"date_end": start + timedelta(days=draw.randrange(20, 300))}
        if kind < 0.5:
            return {"instalments": draw.randrange(2, 9)}
        if kind < 0.65:
            return {
                "instalments": draw.randrange(2, 9),
                "price_basis": "total",
                "remainder_rule": draw.choice(("last", "first", "spread")),
            }
        return {}

    def draw_line(self, terms):
        """A product at a price that does not divide, or what is metered."""
        draw = self.chance
        values = {
            "product_id": draw.choice(self.case.products).id,
            "quantity": draw.choice((1, 1, 2, 3, 7)),
            "price_unit": round(draw.uniform(1, 400), draw.choice((0, 2, 4))),
            "discount": draw.choice((0, 0, 0, 10, 33.33)),
            "free_periods": draw.choice((0, 0, 0, 0, 1)),
            "discount_periods": draw.choice((0, 0, 2)),
        }
        if draw.random() < 0.2:
            # the tariff is in euros; in francs each unit costs the line's price
            priced = "currency_id" not in terms and draw.random() < 0.5
            values |= {
                "line_type": "usage",
                "meter_id": self.case.meter.id,
                "usage_price_id": priced and self.case.tariff.id,
                "quantity": 1,
                "price_unit": 1.0 if priced else 0.37,
            }
        return values

    def migrate(self):
        """Some lines were billed until a day by another software."""
        opened = [
            (
                line,
                line._get_first_day() + timedelta(days=self.chance.randrange(-5, 60)),
            )
            for line in self.subscriptions.line_ids
            if self.chance.random() < 0.8
        ]
        self.case.env["crm.billing.period"]._open_ledger(opened)
        return [until for _line, until in opened]

    # ------------------------------------------------------------------ one of them
    def draw_day(self):
        """A day of the past, today or later, as people ask for."""
        return self.chance.choice(
            (
                "today",
                "next",
                str(self.today - timedelta(days=self.chance.randrange(1, 90))),
                str(self.today + timedelta(days=self.chance.randrange(1, 60))),
            )
        )

    def draw_subscription(self):
        """One of the subscriptions of this life."""
        return self.chance.choice(self.subscriptions.with_user(self.case.seller))

    def draw_lines(self, subscription):
        """A recurring line of it."""
        lines = subscription._get_recurring_lines()
        if not lines:
            raise UserError(NONE)
        return self.chance.choice(lines)

    def find_moves(self, **values):
        """Its invoices and credit notes, as the accountant finds them."""
        moves = self.case.env["account.move"].with_user(self.case.accountant)
        rows = self.subscriptions.sudo().period_ids
        lines = self.case.env["account.move.line"].sudo()
        found = lines.search(
            [
                "|",
                ("crm_billing_period_id", "in", rows.ids),
                ("crm_related_period_id", "in", rows.ids),
            ]
        )
        domain = [("id", "in", found.move_id.ids)]
        domain += [(name, "=", value) for name, value in values.items()]
        return moves.search(domain, order="id")

    def draw_move(self, **values):
        """One of them, if there is any."""
        moves = self.find_moves(**values)
        if not moves:
            raise UserError(NONE)
        return self.chance.choice(moves)
