from odoo import api, fields, models


class SaleOrder(models.Model):
    """What an order asks once and what it asks each period, apart."""

    _name = "sale.order"
    _inherit = ["sale.order", "crm.tag.mixin"]

    # the host's own tags
    _crm_tag_field = "tag_ids"

    crm_tag_ids = fields.Many2many(related="tag_ids", readonly=False, string="All tags")
    crm_recurring_totals = fields.Json(
        compute="_compute_crm_recurring_totals",
        help="For each plan of the order: label, untaxed and total amount of a period.",
    )
    crm_one_off_total = fields.Monetary(
        string="Once",
        compute="_compute_crm_recurring_totals",
        help="Total of what is sold once, taxes included: what the order invoices.",
    )
    crm_recurring_text = fields.Char(
        string="Recurring", compute="_compute_crm_recurring_text"
    )

    @api.depends_context("lang")
    @api.depends(
        "order_line.price_subtotal",
        "order_line.crm_plan_id",
        "currency_id",
        "company_id",
        "payment_term_id",
    )
    def _compute_crm_recurring_totals(self):
        for order in self:
            lines = order._get_priced_lines()
            recurring = lines.filtered("crm_plan_id")
            if not recurring:
                order.crm_recurring_totals = []
                order.crm_one_off_total = order.amount_total
                continue
            once = order._crm_get_totals(lines - recurring)
            order.crm_one_off_total = once["total_amount_currency"]
            order.crm_recurring_totals = [
                order._crm_describe_total(plan, own)
                for plan, own in recurring.grouped("crm_plan_id").items()
            ]

    @api.depends("crm_recurring_totals")
    def _compute_crm_recurring_text(self):
        for order in self:
            order.crm_recurring_text = ", ".join(
                f"{order.currency_id.format(total['amount_untaxed'])} {total['label']}"
                for total in order.crm_recurring_totals or []
            )

    def _crm_describe_total(self, plan, lines):
        totals = self._crm_get_totals(lines)
        return {
            "label": plan._get_period_label(),
            "amount_untaxed": totals["base_amount_currency"],
            "amount_total": totals["total_amount_currency"],
        }

    def _crm_get_totals(self, lines):
        """The host's totals, of some of the lines only."""
        taxes = self.env["account.tax"]
        base_lines = [line._prepare_base_line_for_taxes_computation() for line in lines]
        taxes._add_tax_details_in_base_lines(base_lines, self.company_id)
        taxes._round_base_lines_tax_details(base_lines, self.company_id)
        return taxes._get_tax_totals_summary(
            base_lines=base_lines,
            currency=self.currency_id or self.company_id.currency_id,
            company=self.company_id,
        )
