from odoo import fields, models


class CrmTeamMember(models.Model):
    """The products and services that a salesperson knows."""

    _inherit = "crm.team.member"

    crm_product_ids = fields.Many2many(
        "product.product",
        string="Products and services",
        domain=[("sale_ok", "=", True)],
        help="Leads interested in products come to this member when one of them is "
        "here. Empty: whatever the products.",
    )
