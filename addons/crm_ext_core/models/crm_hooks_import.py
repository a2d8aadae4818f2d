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
        }
