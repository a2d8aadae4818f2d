from odoo import fields, models


class CrmSubscriptionLine(models.Model):
    """The order line that a subscription line was sold by."""

    _inherit = "crm.subscription.line"

    sale_line_id = fields.Many2one(
        "sale.order.line", string="Order line", copy=False, readonly=True
    )

    # also what makes confirming twice harmless, at once or after a cancellation
    _sold_once = models.UniqueIndex(
        "(sale_line_id) WHERE sale_line_id IS NOT NULL",
        "This order line is in a subscription already.",
    )
