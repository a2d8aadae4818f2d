from odoo import fields, models


class CrmSubscriptionLine(models.Model):
    """Customers see the terms in force, not their history as entered."""

    _name = "crm.subscription.line"
    _inherit = ["crm.subscription.line", "crm.portal.mixin"]

    _portal_fields = frozenset(
        {
            "subscription_id",
            "company_id",
            "currency_id",
            "state",
            "sequence",
            "product_id",
            "name",
            "current_quantity",
            "current_price_unit",
            "current_discount",
            "price_subtotal",
        }
    )

    # the versions behind them stay closed to customers
    current_quantity = fields.Float(compute_sudo=True)
    current_price_unit = fields.Float(compute_sudo=True)
    current_discount = fields.Float(compute_sudo=True)
    price_subtotal = fields.Monetary(compute_sudo=True)
