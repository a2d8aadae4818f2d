from dataclasses import replace

from odoo import models

from ..tools.periods import periods_between
from .crm_billing_period_usage_change import REPRICED


class CrmSubscriptionLine(models.Model):
    """Usage billed already, priced by the terms known now."""

    _inherit = "crm.subscription.line"

    def _prepare_repriced(self, rows, values):
        """Adjustments of the periods that these rows bill.

        :param values: what the adjustments bear: cause, due_date...
        """
        self.ensure_one()
        purse = self.env["crm.usage.credit"]._open_purse(self.subscription_id)
        days = rows.mapped("date_from"), rows.mapped("date_to")
        return [
            vals | values | {"usage_detail": vals["usage_detail"] | {REPRICED: True}}
            for period in self._get_usage_periods(min(days[0]), max(days[1]))
            for vals in self._prepare_repriced_period(period, purse)
        ]

    def _iter_usage_periods(self, date_from, date_to):
        """The periods with these days as they were billed: an end that was entered
        since cuts none."""
        terms = self._to_terms()
        if terms.end and terms.end < date_to:
            terms = replace(terms, end=date_to)
        return periods_between(terms, date_from, date_to)
