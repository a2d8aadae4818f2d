from odoo import api, models

from odoo.addons.crm_ext_core.tools.hooks import FunnelAction


class CrmHooks(models.AbstractModel):
    """Text messages in the funnel."""

    _inherit = "crm.hooks"

    @api.model
    def _funnel_actions(self):
        return super()._funnel_actions() | {
            "sms": FunnelAction(
                self.env._("Send a text message"),
                lasting=self.env._(
                    "the text message has left, it cannot be called back"
                ),
            ),
        }
