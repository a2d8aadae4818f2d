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

    def _get_billed_parts(self, period):
        """The parts of a period that were billed apart, such as the days before a
        closing and those after it was reopened: each had its own run of tiers and its
        share of the minimum. A period that nothing has billed is one part."""
        rows = self.env["crm.billing.period"].search(
            [
                ("line_id", "=", self.id),
                ("kind", "=", "recurring"),
                ("is_opening", "=", False),
                ("date_from", ">=", period.date_from),
                ("date_to", "<=", period.date_to),
            ]
        )
        return [
            replace(
                period,
                date_from=min(part.mapped("date_from")),
                date_to=max(part.mapped("date_to")),
            )
            for _due_date, part in sorted(rows.grouped("due_date").items())
        ] or [period]
