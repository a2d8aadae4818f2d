from odoo import fields, models


class ResPartner(models.Model):
    """Which leads a contact or a company was made from."""

    _inherit = "res.partner"

    crm_campaign_id = fields.Many2one(
        "utm.campaign", string="Campaign", index="btree_not_null", ondelete="set null"
    )
    crm_conversion_ids = fields.One2many(
        "crm.conversion", "contact_id", string="Converted leads", readonly=True
    )
