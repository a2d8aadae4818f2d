from odoo import fields, models


class CrmBillingPeriod(models.Model):
    """A supplement or credit of a price revision leads to its proof."""

    _inherit = "crm.billing.period"

    price_revision_id = fields.Many2one(
        "crm.price.revision",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
    )
