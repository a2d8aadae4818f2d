from odoo import api, models

from odoo.addons.crm_ext_core.tools.hooks import Expertise


class CrmHooks(models.AbstractModel):
    """Leads are given to whoever knows their products."""

    _inherit = "crm.hooks"

    @api.model
    def _assignment_expertise(self):
        return super()._assignment_expertise() | {
            "product": Expertise(
                self.env._("Products and services"),
                "crm_product_ids",
                "crm_product_ids",
            )
        }
