from dataclasses import replace
from decimal import Decimal

from odoo import models

from ..tools.index_forecast import Track
from ..tools.indexation import exact
from ..tools.price_outlook import PricedLine
from .crm_subscription_campaign import A_YEAR


class CrmSubscriptionLine(models.Model):
    """From a line to what its price is simulated with."""

    _inherit = "crm.subscription.line"

    def _prepare_track(self, clause, days, date_from):
        """The line at the first of the dates; nothing when it is billed no more.

        :param days: dates of revision of its clause
        """
        revised = self.subscription_id._is_revised(self)
        applied = self.version_ids.price_revision_id.mapped("effective_date")
        days = tuple(
            day for day in days if revised and day > max(applied, default=date_from.min)
        )
        terms = self._get_version_at(days[0] if days else date_from) or (
            self.version_ids.sorted("date_from")[:1] or self
        )
        quantity = self._get_simulated_quantity(terms)
        if not quantity:
            return None
        priced = self._to_priced(terms, quantity)
        if not days:
            return Track(self.id, priced)
        start = self.subscription_id.date_start
        case = self.env["crm.price.revision"]._to_case(self, clause, days[0], start)
        # the start is what the clause itself counts from: nobody told another day
        case = replace(case, quantity=quantity, given_base=False)
        return Track(self.id, priced, clause._to_clause(start), case, days)

    def _get_simulated_quantity(self, terms):
        """What the price is multiplied by, net of the discount.

        During a trial, free periods or a pause: what stands behind them.
        """
        stop = terms.stop if terms._name == "crm.subscription.line.version" else False
        if stop in ("remove", "close"):
            return Decimal(0)
        quantity = exact(terms.standing_quantity if stop else terms.quantity)
        return quantity * (1 - exact(terms.discount or 0) / 100)

    def _to_priced(self, terms, quantity):
        subscription = self.subscription_id
        untaxed = self._get_untaxed_part()
        split = subscription.price_basis == "total" and subscription.instalments
        share = Decimal(untaxed.numerator) / untaxed.denominator
        return PricedLine(
            price=exact(terms.price_unit),
            quantity=quantity,
            periods_a_year=A_YEAR[subscription.unit] / subscription.interval,
            share=share / (subscription.instalments if split else 1),
            step=exact(subscription.currency_id.rounding),
        )
