from odoo import models


class CrmBillingPeriod(models.Model):
    """Customers see which days were billed, for how much."""

    _name = "crm.billing.period"
    _inherit = ["crm.billing.period", "crm.portal.mixin"]

    _portal_fields = frozenset(
        {
            "subscription_id",
            "line_id",
            "partner_id",
            "company_id",
            "currency_id",
            "product_id",
            "kind",
            "date_from",
            "date_to",
            "due_date",
            "quantity",
            "price_unit",
            "discount",
            "amount",
        }
    )
