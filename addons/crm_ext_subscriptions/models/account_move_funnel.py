from odoo import models


class AccountMove(models.Model):
    """An invoice that is paid sets off the rules of the card it comes from."""

    _inherit = "account.move"

    def _invoice_paid_hook(self):
        result = super()._invoice_paid_hook()
        # sudo: who registers a payment may not read orders
        orders = self.sudo().invoice_line_ids.sale_line_ids.order_id
        orders._crm_tell_funnel("invoice_paid")
        return result
