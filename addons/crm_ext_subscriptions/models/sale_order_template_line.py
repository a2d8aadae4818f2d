from odoo import api, fields, models


class SaleOrderTemplateLine(models.Model):
    """The plan of a template's line, which the quotation takes over."""

    _inherit = "sale.order.template.line"

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
        help="Empty: sold once. Otherwise the quotation's line is billed by this plan.",
    )

    @api.depends("product_id")
    def _compute_crm_plan_id(self):
        for line in self:
            line.crm_plan_id = line.product_id.crm_plan_id

    def _prepare_order_line_values(self):
        vals = super()._prepare_order_line_values()
        if self.product_id:
            vals["crm_plan_id"] = self.crm_plan_id.id
        return vals
