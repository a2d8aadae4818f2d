from odoo import models
from odoo.exceptions import UserError


class CrmFunnelAction(models.Model):
    """What a funnel rule does about invoices."""

    _inherit = "crm.funnel.action"

    def _run_invoice(self, firings):
        """Invoice what the cards' customers ordered; post and send it if asked."""
        orders = firings.lead_id.order_ids.filtered(
            lambda order: order.invoice_status == "to invoice"
        )
        idle = firings.filtered(lambda firing: not firing.lead_id.order_ids & orders)
        if idle:
            raise UserError(
                self.env._(
                    "There is nothing to invoice on this card: confirm a quotation, "
                    "then try again."
                )
            )
        moves = orders._create_invoices(grouped=True, final=True)
        if not firings.lead_id._crm_rehearsing():
            self._finish_invoices(moves)
        return [
            self._effect(firing, self._words_invoice(move), move)
            for firing in firings
            for move in moves
            if move.invoice_line_ids.sale_line_ids.order_id & firing.lead_id.order_ids
        ]

    def _finish_invoices(self, moves):
        if self.crm_invoice_step in ("post", "send"):
            moves.action_post()
        if self.crm_invoice_step == "send":
            moves._crm_queue_sending()

    def _words_invoice(self, move):
        words = {
            "post": self.env._("Invoice for %(customer)s, posted: %(amount)s"),
            "send": self.env._("Invoice for %(customer)s, posted and sent: %(amount)s"),
        }.get(
            self.crm_invoice_step,
            self.env._("Draft invoice for %(customer)s: %(amount)s"),
        )
        return words % {
            "customer": move.partner_id.display_name,
            "amount": move.currency_id.format(move.amount_total),
        }

    def _undo_invoice(self, effect):
        move = effect._get_record()
        if not move:
            return ""
        if move.state != "draft":
            return self.env["crm.hooks"]._funnel_actions()["invoice"].lasting
        move.unlink()
        return ""
