from decimal import Decimal

from odoo import api, fields, models
from odoo.tools.misc import formatLang

from .crm_billing_period_usage_change import REPRICED


class CrmBillingPeriod(models.Model):
    """What a customer reads of the usage billed: quantity, then each step of the
    price."""

    _inherit = "crm.billing.period"

    usage_summary = fields.Text(string="Price", compute="_compute_usage_summary")

    @api.depends("usage_detail")
    @api.depends_context("lang")
    def _compute_usage_summary(self):
        for row in self:
            row.usage_summary = "\n".join(row._get_usage_lines())

    def _get_label(self, lang=None):
        row = self.with_context(lang=lang) if lang else self
        label = super()._get_label(lang)
        return "\n".join([label, *row._get_usage_lines()])

    def _get_usage_lines(self):
        detail = self.usage_detail
        if not detail:
            return []
        if self.cause == "tariff":
            return [self.env._("Usage at its new tariff")]
        if detail.get(REPRICED):
            return [self.env._("Usage and its minimum after a change")]
        if detail.get("late"):
            return [self.env._("Usage that arrived late")]
        unit = self.line_id.meter_id.uom_id.name
        total = self.env._(
            "Usage: %(quantity)s %(unit)s",
            quantity=self._format_units(detail["quantity"]),
            unit=unit,
        )
        steps = [self._get_step_label(part) for part in detail["parts"]]
        # a single price says nothing that the line does not show
        return [total, *steps]

    def _get_step_label(self, part):
        values = {
            "units": self._format_units(part["units"]),
            "price": self._format_price(part["price"]),
            "amount": self._format_money(part["amount"]),
        }
        words = {
            "included": self.env._("%(units)s included", **values),
            "prepaid": self.env._("%(units)s from prepaid units", **values),
            "tier": self.env._("%(units)s at %(price)s = %(amount)s", **values),
            "package": self.env._(
                "%(units)s packages at %(price)s = %(amount)s", **values
            ),
            "fee": self.env._("Fee of the tier: %(amount)s", **values),
            "minimum": self.env._("Up to the minimum commitment: %(amount)s", **values),
            "credit": self.env._("Prepaid credit: %(amount)s", **values),
        }
        return words[part["kind"]]

    def _format_units(self, text):
        value = Decimal(text).normalize()
        digits = max(-value.as_tuple().exponent, 0)
        return formatLang(self.env, float(value), digits=digits)

    def _format_price(self, text):
        value = Decimal(text).normalize()
        places = self.currency_id.decimal_places
        digits = min(max(-value.as_tuple().exponent, places), 6)
        return self._format_money(text, digits)

    def _format_money(self, text, digits=None):
        places = digits or self.currency_id.decimal_places
        number = formatLang(self.env, float(text), digits=places)
        return f"{number} {self.currency_id.symbol}"
