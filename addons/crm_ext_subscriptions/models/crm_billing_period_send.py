from odoo import models


class CrmBillingPeriod(models.Model):
    """Sending: billing only queues; the host's job renders and mails afterwards."""

    _inherit = "crm.billing.period"

    def _after_invoicing(self, moves, post):
        res = super()._after_invoicing(moves, post)
        if post:
            moves.filtered(
                lambda move: (
                    "email" in move._crm_get_subscriptions().mapped("send_mode")
                )
            )._crm_queue_sending()
        return res
