from odoo import api, fields, models


class CrmSubscriptionAmendItem(models.TransientModel):
    """A line of an upsell or downsell: a present line, or a product to add."""

    _name = "crm.subscription.amend.item"
    _description = "Line of a change"

    amend_id = fields.Many2one(
        "crm.subscription.amend", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="amend_id.company_id")
    line_id = fields.Many2one("crm.subscription.line")
    product_id = fields.Many2one(
        "product.product",
        required=True,
        check_company=True,
        domain=[("sale_ok", "=", True)],
    )
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    price_unit = fields.Float(
        digits=0,
        min_display_digits="Product Price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
    )
    discount = fields.Float(string="Disc.%", digits="Discount")

    @api.depends("product_id")
    def _compute_price_unit(self):
        for item in self:
            if item.line_id or not item.product_id:
                item.price_unit = item.price_unit
                continue
            subscription = item.amend_id.subscription_id
            line = self.env["crm.subscription.line"].new(
                {
                    "subscription_id": subscription._origin.id or subscription.id,
                    "product_id": item.product_id._origin.id or item.product_id.id,
                }
            )
            item.price_unit = line._get_catalogue_price(fields.Date.context_today(self))

    def _to_values(self):
        values = {
            "quantity": self.quantity,
            "price_unit": self.price_unit,
            "discount": self.discount,
        }
        if self.line_id:
            return values | {"line_id": self.line_id._origin.id or self.line_id.id}
        return values | {"product_id": self.product_id._origin.id or self.product_id.id}
