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

    def _prepare_renewal_order_line(self, day):
        """The order line that offers the terms in force on a day again; nothing when
        the line ended before."""
        self.ensure_one()
        terms = (day and self._get_version_at(day)) or self.version_ids[-1:] or self
        if not terms.quantity:
            return {}
        return {
            "product_id": self.product_id.id,
            "name": self.name,
            "product_uom_qty": terms.quantity,
            "price_unit": terms.price_unit,
            "discount": terms.discount,
            "tax_ids": [fields.Command.set(self.tax_ids.ids)],
            "analytic_distribution": self.analytic_distribution,
            "crm_plan_id": self.subscription_id._get_renewal_plan(self).id,
        }
