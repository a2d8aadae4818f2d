from odoo import api, models

from odoo.addons.crm_ext_core.tools.hooks import AuditCheck, BatchKind


class CrmHooks(models.AbstractModel):
    """What the MRR ledger plugs into core: its rebuild, its self-audit."""

    _inherit = "crm.hooks"

    @api.model
    def _batch_kinds(self):
        return super()._batch_kinds() | {
            "mrr": BatchKind(
                label=self.env._("MRR ledger"), model="crm.mrr.account", chunk=500
            )
        }

    @api.model
    def _audit_checks(self):
        labels = {
            "lines": self.env._("MRR: the ledger of each line is what its terms say"),
            "days": self.env._("MRR: each day's MRR is the day before and its moves"),
            "rates": self.env._("MRR: foreign lines are worth their stated rate"),
            "transfers": self.env._("MRR: transfers net to zero"),
            "pauses": self.env._("MRR: no customer on pause is counted as lost"),
            "owners": self.env._("MRR: each move belongs to the customer of its line"),
        }
        return super()._audit_checks() | {
            f"mrr_{check}": AuditCheck(
                label=label, model="crm.mrr.move", method=f"_audit_{check}"
            )
            for check, label in labels.items()
        }
