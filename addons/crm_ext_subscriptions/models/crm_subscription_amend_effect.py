from odoo import fields, models

from ..tools.periods import parse_anchor_days
from ..tools.recurrence import periods_per_year


class CrmSubscription(models.Model):
    """What a change costs: the figures before and after it."""

    _inherit = "crm.subscription"

    def _get_figures(self, day, until=None):
        """Next invoice (what it holds when made by `until`) and annual value."""
        due = until or min(
            filter(None, (sub._get_next_invoice_date() for sub in self)), default=None
        )
        return {
            "date": due,
            "next": sum(sub._get_amount_due(due) for sub in self) if due else 0.0,
            "annual": sum(sub._get_annual_value(day) for sub in self),
        }

    def _get_next_invoice_date(self):
        """When the next invoice would be made; what is overdue is billed today."""
        pending = self._get_pending_rows(fields.Date.to_date("9999-12-31"))
        dates = [*pending.mapped("due_date"), self.next_due_date]
        dates = [date for date in dates if date]
        today = self.company_id._crm_today()
        return max(min(dates), today) if dates else None

    def _get_amount_due(self, until):
        due = sum(row["amount"] for row in self._prepare_due_rows(until))
        return due + sum(self._get_pending_rows(until).mapped("amount"))

    def _get_annual_value(self, day):
        """Untaxed price of a year at the terms in force on a day."""
        if self.date_term and day > self.date_term:
            return 0.0
        amount = sum(
            line._get_amount(terms)
            for line in self._get_recurring_lines()
            if (terms := line._get_version_at(day))
        )
        # several billing days make as many periods a month
        slots = len(parse_anchor_days(self.anchor_days or "")) or 1
        share = slots * periods_per_year(self.interval, self.unit)
        return self.currency_id.round(float(share * round(amount * 10**6)) / 10**6)

    def _get_recurring_lines(self):
        return self.line_ids.filtered(
            lambda line: line.line_type == "recurring" and not line.display_type
        )
