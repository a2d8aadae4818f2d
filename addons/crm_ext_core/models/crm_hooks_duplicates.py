from odoo import api, models

from ..tools.hooks import BatchKind


class CrmHooks(models.AbstractModel):
    """The search of duplicates as long work."""

    _inherit = "crm.hooks"

    @api.model
    def _batch_kinds(self):
        return super()._batch_kinds() | {
            "duplicates": BatchKind(
                label=self.env._("Search of duplicates"),
                model="crm.duplicate.search",
                chunk=1,
            )
        }
