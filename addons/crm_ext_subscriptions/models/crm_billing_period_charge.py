from odoo import models


class CrmBillingPeriod(models.Model):
    """Charging: billing only wakes the scheduled action that collects, if it is on."""

    _inherit = "crm.billing.period"

    def _after_invoicing(self, moves, post):
        res = super()._after_invoicing(moves, post)
        if post and self.subscription_id.filtered("payment_token_id"):
            self.env["crm.payment.charge"]._wake_collection()
        return res
