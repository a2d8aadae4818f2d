from odoo import models

from .crm_complete_mixin import Complete


class CrmBillingPeriod(models.Model):
    """Ledger rows are inserted whole, with what they repeat of their subscription."""

    _inherit = "crm.billing.period"

    def _insert(self, vals_list):
        """Create rows, the repeated columns with them instead of by an update."""
        complete = self.with_context(crm_complete=Complete())
        rows = complete.create([self._complete(vals) for vals in vals_list])
        return rows.with_env(self.env)

    def _complete(self, vals):
        subscription = self.env["crm.subscription"].browse(vals["subscription_id"])
        line = self.env["crm.subscription.line"].browse(vals["line_id"])
        return vals | {
            "partner_id": subscription.partner_id.id,
            "user_id": subscription.user_id.id,
            "company_id": subscription.company_id.id,
            "currency_id": subscription.currency_id.id,
            "product_id": line.product_id.id,
        }
