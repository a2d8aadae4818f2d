from fractions import Fraction

from odoo import fields, models

from ..tools.indexation import exact
from ..tools.mrr_terms import monthly_value
from ..tools.periods import parse_anchor_days
from ..tools.recurrence import periods_per_month


class CrmSubscriptionLine(models.Model):
    """What a month of a line is worth."""

    _inherit = "crm.subscription.line"

    continues_id = fields.Many2one(
        "crm.subscription.line",
        string="Continues the line",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The line of the subscription that this one took over.",
    )

    def _prepare_transferred(self, change):
        return self._add_continued(super()._prepare_transferred(change))

    def _prepare_replanned(self, change, rate):
        return self._add_continued(super()._prepare_replanned(change, rate))

    def _add_continued(self, vals):
        return vals | {"continues_id": self.id}

    def _get_monthly_share(self):
        """How many of its periods, untaxed, a month holds, as an exact fraction."""
        self.ensure_one()
        subscription = self.subscription_id
        slots = len(parse_anchor_days(subscription.anchor_days or "")) or 1
        share = periods_per_month(subscription.interval, subscription.unit) * slots
        split = self._to_instalments()
        return share * self._get_untaxed_part() / Fraction(split.parts if split else 1)

    def _get_mrr_on(self, day):
        """Monthly value of the terms in force on a day, in the line's currency."""
        self.ensure_one()
        terms = self._get_version_at(day)
        if not terms or day < self._get_first_day():
            return 0.0
        share = self._get_monthly_share()
        hundredfold = (
            exact(terms.quantity)
            * exact(terms.price_unit)
            * (100 - exact(terms.discount))
        )
        ratio = (share.numerator, share.denominator)
        return float(
            monthly_value(hundredfold, ratio, exact(self.currency_id.rounding))
        )
