from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.sql import column_exists, create_column

# what the subscription took over when the order was confirmed
SOLD_TERMS = {
    "crm_plan_id",
    "product_id",
    "product_uom_qty",
    "product_uom_id",
    "price_unit",
    "discount",
}


class SaleOrderLine(models.Model):
    """A recurring order line: its plan, its price, its way into a subscription."""

    _inherit = "sale.order.line"

    crm_plan_id = fields.Many2one(
        "crm.subscription.plan",
        string="Recurring",
        compute="_compute_crm_plan_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The price is the one of a full period. The subscription made at "
        "confirmation bills it; the order never does.",
    )
    crm_subscription_line_ids = fields.One2many(
        "crm.subscription.line", "sale_line_id", string="Subscription lines"
    )

    def _auto_init(self):
        # the column stands before the ORM would compute it for every line ever sold:
        # those were sold once
        if not column_exists(self.env.cr, self._table, "crm_plan_id"):
            create_column(self.env.cr, self._table, "crm_plan_id", "int4")
        return super()._auto_init()

    @api.depends("product_id")
    def _compute_crm_plan_id(self):
        for line in self:
            # what is billed again at cost, or paid in advance, is sold once
            once = line.is_expense or line.is_downpayment
            line.crm_plan_id = False if once else line.product_id.crm_plan_id

    # the product's price is the one of its own plan
    @api.depends("crm_plan_id")
    def _compute_price_unit(self):
        return super()._compute_price_unit()

    def _get_pricelist_price(self):
        return super()._get_pricelist_price() * self._crm_get_price_ratio()

    def _get_pricelist_price_before_discount(self):
        price = super()._get_pricelist_price_before_discount()
        return price * self._crm_get_price_ratio()

    def _crm_get_price_ratio(self):
        return self.product_id.crm_plan_id._get_price_ratio(self.crm_plan_id)

    # ------------------------------------------------------------------ confirmed
    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        late = lines.filtered(lambda line: line.crm_plan_id and line.state == "sale")
        if late:
            raise UserError(
                self.env._(
                    "%(order)s is confirmed: add %(products)s to its subscription, or "
                    "sell it by another quotation.",
                    order=late[:1].order_id.name,
                    products=", ".join(late.product_id.mapped("name")),
                )
            )
        return lines

    def write(self, vals):
        changed = SOLD_TERMS & vals.keys()
        if changed and (sold := self.filtered(lambda line: line.state == "sale")):
            sold._crm_refuse_sold(vals, changed)
        return super().write(vals)

    def _crm_refuse_sold(self, vals, names):
        """Once sold, recurring terms change in the subscription alone."""
        for line in self:
            if not line.crm_plan_id and not vals.get("crm_plan_id"):
                continue
            changed = [
                name
                for name in names
                if line._fields[name].convert_to_cache(vals[name], line)
                != line._fields[name].convert_to_cache(line[name], line)
            ]
            if changed:
                labels = self.fields_get(changed, ["string"])
                raise UserError(
                    self.env._(
                        "%(product)s: %(fields)s cannot be changed in the confirmed "
                        "order %(order)s: change its subscription.",
                        product=line.product_id.name,
                        fields=", ".join(
                            sorted(labels[name]["string"] for name in changed)
                        ),
                        order=line.order_id.name,
                    )
                )

    def _prepare_subscription_line(self):
        """The line of the subscription, in the product's own unit."""
        self.ensure_one()
        unit = self.product_id.uom_id
        quantity, price = self.product_uom_qty, self.price_unit
        if self.product_uom_id and self.product_uom_id != unit:
            quantity = self.product_uom_id._compute_quantity(quantity, unit)
            price = self.product_uom_id._compute_price(price, unit)
        return {
            "sale_line_id": self.id,
            "sequence": self.sequence,
            "product_id": self.product_id.id,
            "name": self.name,
            "quantity": quantity,
            "price_unit": price,
            "discount": self.discount,
            "tax_ids": [fields.Command.set(self.tax_ids.ids)],
            "analytic_distribution": self.analytic_distribution,
        }

    def _prepare_subscription_title(self):
        """A section of the order, above the subscription's own lines."""
        self.ensure_one()
        return {
            "display_type": "line_section",
            "name": self.name,
            "sequence": self.sequence,
        }
