from odoo import api, models


class SaleOrder(models.Model):
    """The host invoices what was sold once: no path of it reaches a recurring line."""

    _inherit = "sale.order"

    @api.depends("order_line.crm_plan_id")
    def _compute_invoice_status(self):
        """Recurring lines have nothing to say about it: an order whose one-off lines
        are invoiced is invoiced."""
        res = super()._compute_invoice_status()
        for order in self.filtered(
            lambda order: order.state == "sale" and order.invoice_status == "no"
        ):
            lines = order.order_line.filtered(
                lambda line: not line.display_type and not line.is_downpayment
            )
            once = lines.filtered(lambda line: not line.crm_plan_id)
            if once == lines:
                continue
            statuses = set(once.mapped("invoice_status"))
            if statuses == {"invoiced"}:
                order.invoice_status = "invoiced"
            elif statuses and statuses <= {"invoiced", "upselling"}:
                order.invoice_status = "upselling"
        return res

    def _force_lines_to_invoice_policy_order(self):
        """Automatic invoice after an online payment: what was paid is invoiced as
        ordered, recurring lines excepted."""
        res = super()._force_lines_to_invoice_policy_order()
        self.order_line._crm_get_recurring().qty_to_invoice = 0.0
        return res

    def _get_invoiceable_lines(self, final=False):
        lines = super()._get_invoiceable_lines(final)
        return lines - lines._crm_get_recurring()

    def _is_paid(self):
        """An order with recurring lines is paid once its one-off part is: money beyond
        it waits on the customer's account for the first recurring invoice."""
        if not self.crm_recurring_totals:
            return super()._is_paid()
        currency = self.currency_id
        return currency.compare_amounts(self.amount_paid, self.crm_one_off_total) >= 0
