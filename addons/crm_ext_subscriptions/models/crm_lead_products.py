from odoo import fields, models


class CrmLead(models.Model):
    """The products and services that an opportunity is about, before any quotation."""

    _inherit = "crm.lead"

    crm_product_ids = fields.Many2many(
        "product.product",
        string="Products and services",
        domain=[("sale_ok", "=", True)],
        help="What the customer is interested in; a quotation made by a rule of the "
        "funnel takes them over.",
    )
