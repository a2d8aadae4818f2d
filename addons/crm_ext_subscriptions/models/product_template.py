from odoo import fields, models


class ProductTemplate(models.Model):
    """A product sold by subscription names the plan that its price is meant for."""

    _inherit = "product.template"

    crm_plan_id = fields.Many2one(
        "crm.subscription.plan",
        string="Subscription plan",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Sold by subscription: the price is the one of a full period of this "
        "plan. A confirmed quotation makes the subscription, which bills it. Empty: "
        "sold once, invoiced from the order.",
    )
