from odoo import api, models
from odoo.fields import Domain


class CrmSubscription(models.Model):
    """Silent renewal: a term whose notice date has passed goes on for another one."""

    _inherit = "crm.subscription"

    @api.model
    def _cron_renew(self):
        """Queue what renews by itself; a closing entered meanwhile keeps it out."""
        for company in self.env["res.company"].search(Domain.TRUE):
            today = company._crm_today()
            due = self.search(
                [
                    ("company_id", "=", company.id),
                    ("state", "in", ("running", "paused")),
                    ("renewal_mode", "=", "silent"),
                    ("close_reason_id", "=", False),
                    ("price_basis", "=", "period"),
                    ("notice_date", "<", today),
                ]
            )
            if due:
                self.env["crm.batch.run"].with_company(company)._enqueue(
                    "renewal",
                    [{"res_id": subscription.id} for subscription in due],
                    name=self.env._("Silent renewals"),
                )
