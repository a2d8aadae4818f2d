from odoo import models

from ..tools.recurrence import periods_per_month, periods_per_year


class CrmSubscriptionPlan(models.Model):
    """A plan in words, and how its prices compare with those of another plan."""

    _inherit = "crm.subscription.plan"

    def _get_period_label(self):
        """What follows a price: per month, per 3 months..."""
        self.ensure_one()
        count = self.interval
        if count == 1:
            words = {
                "day": self.env._("per day"),
                "week": self.env._("per week"),
                "month": self.env._("per month"),
                "quarter": self.env._("per quarter"),
                "year": self.env._("per year"),
            }
        else:
            words = {
                "day": self.env._("per %(count)s days", count=count),
                "week": self.env._("per %(count)s weeks", count=count),
                "month": self.env._("per %(count)s months", count=count),
                "quarter": self.env._("per %(count)s quarters", count=count),
                "year": self.env._("per %(count)s years", count=count),
            }
        return words[self.unit]

    def _get_price_ratio(self, other):
        """By how much a price of this plan grows for a period of another plan."""
        if not self or not other or self == other:
            return 1.0
        ratio = periods_per_year(self.interval, self.unit)
        ratio /= periods_per_year(other.interval, other.unit)
        return float(ratio)

    def _get_monthly(self, amount):
        """A month's share of an amount billed each period."""
        self.ensure_one()
        return float(periods_per_month(self.interval, self.unit)) * amount
