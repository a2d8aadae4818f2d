from odoo import api, models


class CrmSubscriptionChange(models.Model):
    """Silent renewals in bulk: one that fails waits with its reason and a retry."""

    _inherit = "crm.subscription.change"

    @api.model
    def _batch_process(self, run, units):
        subscriptions = self.env["crm.subscription"].browse(units.mapped("res_id"))
        subscriptions.exists().filtered(
            lambda sub: (
                sub.renewal_mode == "silent"
                and not sub.close_reason_id
                and sub.notice_date
                and sub.notice_date < sub.company_id._crm_today()
            )
        )._renew()

    @api.model
    def _batch_unit_label(self, unit):
        subscription = self.env["crm.subscription"].browse(unit.res_id).exists()
        return subscription.with_context(crm_show_customer=True).display_name or "-"
