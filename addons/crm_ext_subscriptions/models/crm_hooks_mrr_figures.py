from odoo import api, models

from odoo.addons.crm_ext_core.tools.hooks import PartnerCounter


class CrmHooks(models.AbstractModel):
    """The MRR of a customer, on the contact form."""

    _inherit = "crm.hooks"

    @api.model
    def _partner_counters(self):
        return super()._partner_counters() | {
            "subscriptions_mrr": PartnerCounter(
                label=self.env._("MRR"),
                icon="fa-line-chart",
                model="crm.mrr.move",
                domain=(("date", "<=", "today"),),
                sum_field="amount",
                action="crm_ext_subscriptions.crm_mrr_move_action",
            ),
        }
