from dataclasses import replace

from odoo import fields, models

from ..tools.indexation import exact
from ..tools.periods import period_at
from ..tools.pricing import stretches
from .crm_subscription_line_terms import FREE_REASONS


class CrmSubscriptionLine(models.Model):
    """What a line adds to the schedule that one looks at."""

    _inherit = "crm.subscription.line"

    def _preview_rows(self, periods, more):
        """The rows of these periods that the ledger would hold.

        What is used is known at the end of a period only: it is not in the schedule.

        :param bool more: whether further periods follow
        :return: tuples of number of the period (0: billed once), due date and values
        """
        self.ensure_one()
        if self.line_type == "usage":
            return []
        pricing = self._to_preview_pricing()
        if self.line_type == "once":
            day = self._get_once_date()
            if more and day > periods[-1].date_to:
                return []
            return [(0, day, self._prepare_one_off(day) | {"free": False})]
        terms = self._to_terms()
        own = (
            period_at(terms, period.number) if terms.first else period
            for period in periods
            if not terms.first or period.date_to >= terms.first
        )
        return [
            (
                period.number,
                period.due_date,
                self._prepare_row(period, part, pricing)
                | {"free": self._is_free(part.version)},
            )
            for period in own
            for part in stretches(period, pricing)
        ]

    def _is_free(self, version):
        """Whether the days cost nothing as entered: paused or removed is not free."""
        if version.quantity or not version.key:
            return not version.quantity
        return self.version_ids.browse(version.key).reason in FREE_REASONS

    def _to_preview_pricing(self):
        """Prices that follow the catalogue are shown at what it says today."""
        pricing = self._to_pricing()
        if self.price_mode != "pricelist" or not self.product_id:
            return pricing
        today = fields.Date.context_today(self)
        start = self._get_first_day()
        if self.version_ids:
            covered = self.env["crm.billing.period"]._covered_until(self)
            start = max(start, covered.get(self) or start, today)
        price = exact(self._get_catalogue_price(max(today, start)))
        first = pricing.at(start) or pricing.versions[0]
        later = (v for v in pricing.versions if v.date_from > start)
        earlier = tuple(v for v in pricing.versions if v.date_from < start)
        versions = (
            replace(first, date_from=start, price=price),
            *(replace(version, price=price) for version in later),
        )
        return replace(pricing, versions=earlier + versions)
