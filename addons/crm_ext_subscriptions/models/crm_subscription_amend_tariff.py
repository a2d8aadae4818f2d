from odoo import models
from odoo.exceptions import UserError

from ..tools.indexation import exact


class CrmSubscription(models.Model):
    """Another tariff for a usage line, from a day on: what was metered since then and
    is billed already is priced anew, see crm_billing_period_usage_change.py."""

    _inherit = "crm.subscription"

    def _amend_tariff(self, change, values):
        line = self._take_usage_line(values)
        day = change.effective_date
        tariff = self.env["crm.usage.price"].browse(
            int(values.get("usage_price_id") or 0)
        )
        tariff = tariff.exists()._check_takable(line)
        before = line._get_tariff_label(day)
        line._apply_tariff(change, tariff, self._take_unit_price(tariff, values))
        change.description = self.env._(
            "%(product)s: %(before)s → %(after)s",
            product=line.product_id.display_name,
            before=before,
            after=line._get_tariff_label(day),
        )

    def _take_usage_line(self, values):
        line = self.env["crm.subscription.line"].browse(
            int(self._take(values, "line_id"))
        )
        if line.exists() not in self.line_ids or line.line_type != "usage":
            raise UserError(
                self.env._(
                    "Line: choose a line of %(name)s that is billed by usage.",
                    name=self.name,
                )
            )
        return line

    def _take_unit_price(self, tariff, values):
        """What multiplies the tariff's prices; without tariff, the price of a unit."""
        price = values.get("price_unit")
        if price is None:
            price = 1.0 if tariff else None
        if price is None or exact(price) < 0:
            raise UserError(
                self.env._("Unit price: without tariff, enter the price of a unit.")
            )
        return float(price)
