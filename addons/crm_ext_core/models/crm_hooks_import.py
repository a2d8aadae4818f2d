from odoo import api, models

from ..tools.hooks import BatchKind


class CrmHooks(models.AbstractModel):
    _inherit = "crm.hooks"

    @api.model
    def _batch_kinds(self):
        return {
            **super()._batch_kinds(),
            "import": BatchKind(
                label=self.env._("Import"), model="crm.import.writer", chunk=2
            ),
            "import_check": BatchKind(
                label=self.env._("Check of a file"), model="crm.import.check", chunk=1
            ),
        }
