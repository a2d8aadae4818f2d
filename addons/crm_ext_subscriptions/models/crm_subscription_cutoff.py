from dataclasses import replace

from odoo import api, models
from odoo.fields import Domain

from ..tools.periods import due_periods


class CrmSubscription(models.Model):
    """What began by a closing date and is not in the ledger yet: arrears first."""

    _inherit = "crm.subscription"

    @api.model
    def _find_started(self, company, closing):
        """The subscriptions of a company that may have such days."""
        domain = Domain(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("running", "paused")),
                ("date_start", "<=", closing),
            ]
        )
        in_arrears = Domain("invoicing", "=", "arrears")
        in_arrears |= Domain("line_ids", "any", [("line_type", "=", "usage")])
        due = Domain("next_due_date", "<=", closing)
        return self.search(domain & (in_arrears | due))

    def _prepare_started_rows(self, closing):
        """Ledger rows of the periods that began by a date, due or not."""
        lines = self._get_billed_lines().filtered(lambda line: line.line_type != "once")
        covered = self.env["crm.billing.period"]._covered_until(lines)
        rows = []
        for line in lines:
            terms = replace(line._to_terms(), in_advance=True)
            rows += line._prepare_rows(due_periods(terms, closing, covered.get(line)))
        return rows
