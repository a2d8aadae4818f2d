from odoo import models
from odoo.tools.misc import formatLang


class CrmSubscriptionLine(models.Model):
    """A usage line takes another tariff from a day on."""

    _inherit = "crm.subscription.line"

    def _apply_tariff(self, change, tariff, price_unit):
        """Write the versions; what was to change later still does, at the tariff."""
        self.ensure_one()
        vals_list = self._prepare_terms_from(
            change.effective_date,
            {"price_unit": price_unit},
            reason="tariff",
            change_id=change.id,
            usage_price_id=tariff.id,
        )
        # sudo: versions are history, no user writes them directly
        self.env["crm.subscription.line.version"].sudo().create(vals_list)

    def _get_tariff_label(self, day):
        """The tariff of a day by its name, else the price of a unit."""
        terms = self._get_version_at(day) or self.version_ids[:1]
        if terms.usage_price_id:
            return terms.usage_price_id.display_name
        price = formatLang(self.env, terms.price_unit, digits=4)
        symbol = self.currency_id.symbol
        return self.env._("%(price)s %(symbol)s a unit", price=price, symbol=symbol)
