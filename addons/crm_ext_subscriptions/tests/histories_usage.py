"""Usage in a random history: what a program sends, and what must hold of it."""

from datetime import timedelta

from odoo.exceptions import UserError

from .histories_checks import Broken
from .histories_draws import NONE


class HistoryUsage:
    """Usage of past and present days, some of them billed; some of it sent again."""

    def get_usage_lines(self):
        """The lines billed by what is used."""
        return self.subscriptions.sudo().line_ids.filtered(
            lambda line: line.line_type == "usage"
        )

    def do_use(self):
        """A program sends what was used; now and then it sends it twice."""
        lines = self.get_usage_lines()
        if not lines:
            raise UserError(NONE)
        events = [
            self.draw_usage(lines, number)
            for number in range(self.chance.randrange(1, 5))
        ]
        meter = self.case.env["crm.usage.event"].with_user(self.case.accountant)
        answers = meter.record(events + events[:1])
        first, again = answers[0], answers[-1]
        expected = "replayed" if first["status"] == "created" else "refused"
        if again["status"] != expected:
            raise Broken(f"{again} where {expected} was expected")
        self.sent += len(events)
        return [answer["status"] for answer in answers]

    def draw_usage(self, lines, number):
        """So many units on a day around today."""
        day = self.today - timedelta(days=self.chance.randrange(-5, 60))
        return {
            "meter": self.case.meter.code,
            "line_id": self.chance.choice(lines).id,
            "at": f"{day}T{self.chance.randrange(24):02}:30:00Z",
            "quantity": self.chance.choice((1, 7, 150, 0.5)),
            "key": f"{self.seed}-{self.sent + number}",
        }

    # ------------------------------------------------------------------ what must hold
    def check_usage(self, line):
        """Usage of billed days is billed, by the row of its day, at its price."""
        problems = []
        rows = line.period_ids.filtered(lambda row: row._is_adjustable())
        for event in line.usage_event_ids:
            row = event.billing_period_id
            if row and not row.date_from <= event.day <= row.date_to:
                problems.append(f"usage {event.key} of {event.day} billed by {row}")
            if not row and not event.is_late:
                problems += [
                    f"usage {event.key} of {event.day} left out of {row.id}"
                    for row in rows
                    if row.date_from <= event.day <= row.date_to
                ]
        return problems + self.check_usage_prices(line, rows)

    def check_usage_prices(self, line, rows):
        """Row and adjustments cost what their events do, at the terms known now."""
        problems = []
        for row in rows:
            adjustments = row._get_adjustments()
            have = row.amount + sum(adjustments.mapped("amount"))
            price = line._price_days(row.date_from, row.date_to)
            if abs(have - price) > 0.001:
                problems.append(f"{row.id} {row.display_name}: {have}, not {price}")
            by_hand = self.price_by_events(line, row + adjustments)
            allowed = 0.0051 * (1 + len(adjustments))
            if by_hand is not None and abs(have - by_hand) > allowed:
                problems.append(f"{row.id} {row.display_name}: by hand {by_hand}")
        return problems

    def price_by_events(self, line, rows):
        """Events one by one at the terms of their day; without tariff only."""
        if line.version_ids.usage_price_id:
            return None
        total = 0.0
        for event in rows.usage_event_ids:
            terms = line._get_version_at(event.day)
            price = terms.quantity * terms.price_unit * (1 - terms.discount / 100)
            total += event.quantity * price
        return total * self.get_untaxed_part(line)
