from odoo import api, models

from odoo.addons.crm_ext_core.tools.hooks import AuditCheck, BatchKind


class CrmHooks(models.AbstractModel):
    """What usage and imports plug into core: their files, their self-audit."""

    _inherit = "crm.hooks"

    @api.model
    def _batch_kinds(self):
        return super()._batch_kinds() | {
            "subscription_import": BatchKind(
                label=self.env._("Import of usage or subscriptions"),
                model="crm.subscription.import",
                chunk=1,
            )
        }

    @api.model
    def _audit_checks(self):
        return super()._audit_checks() | {
            "usage_days": AuditCheck(
                label=self.env._("Usage: billed by the row of its day"),
                model="crm.usage.event",
                method="_audit_days",
            ),
            "usage_draws": AuditCheck(
                label=self.env._("Usage: prepaid credits equal their draws"),
                model="crm.usage.credit",
                method="_audit_draws",
            ),
        }
