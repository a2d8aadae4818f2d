from odoo import api, models


class SaleOrderLine(models.Model):
    """The host never invoices a recurring line: its subscription does.

    Nothing is left to invoice by quantity, status or amount, whatever was ordered or
    delivered, so that no path of the host, lists and credit limits included, counts it.
    """

    _inherit = "sale.order.line"

    @api.depends("crm_plan_id")
    def _compute_qty_to_invoice(self):
        res = super()._compute_qty_to_invoice()
        self._crm_get_recurring().qty_to_invoice = 0.0
        return res

    @api.depends("crm_plan_id")
    def _compute_invoice_status(self):
        recurring = self._crm_get_recurring()
        recurring.invoice_status = "no"
        return super(SaleOrderLine, self - recurring)._compute_invoice_status()

    @api.depends("crm_plan_id")
    def _compute_untaxed_amount_to_invoice(self):
        recurring = self._crm_get_recurring()
        recurring.untaxed_amount_to_invoice = 0.0
        lines = super(SaleOrderLine, self - recurring)
        return lines._compute_untaxed_amount_to_invoice()

    @api.depends("crm_plan_id")
    def _compute_amount_to_invoice(self):
        recurring = self._crm_get_recurring()
        recurring.amount_to_invoice = 0.0
        return super(SaleOrderLine, self - recurring)._compute_amount_to_invoice()

    @api.depends("crm_plan_id")
    def _compute_amount_to_invoice_at_date(self):
        recurring = self._crm_get_recurring()
        recurring.amount_to_invoice_at_date = 0.0
        res = super(
            SaleOrderLine, self - recurring
        )._compute_amount_to_invoice_at_date()
        return res

    def _crm_get_recurring(self):
        return self.filtered("crm_plan_id")
