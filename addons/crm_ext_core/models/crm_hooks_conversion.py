from odoo import api, models

from ..tools.hooks import BatchKind, PartnerCounter


class CrmHooks(models.AbstractModel):
    """Conversion: its long work and its figure on the contact form."""

    _inherit = "crm.hooks"

    @api.model
    def _batch_kinds(self):
        return super()._batch_kinds() | {
            "conversion": BatchKind(
                label=self.env._("Conversion of leads"),
                model="crm.conversion",
                chunk=1,
            )
        }

    @api.model
    def _partner_counters(self):
        return super()._partner_counters() | {
            "conversions": PartnerCounter(
                label=self.env._("Converted leads"),
                icon="fa-exchange",
                model="crm.conversion",
                field="contact_id",
                action="crm_ext_core.crm_conversion_action",
            )
        }
