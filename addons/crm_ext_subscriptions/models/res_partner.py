from odoo import fields, models


class ResPartner(models.Model):
    """A customer's subscriptions, whoever of its contacts ordered them."""

    _inherit = "res.partner"

    crm_subscription_ids = fields.One2many(
        "crm.subscription", "commercial_partner_id", string="Subscriptions"
    )
