from odoo import api, models

from odoo.addons.crm_ext_core.tools.hooks import FunnelAction, FunnelEvent


class CrmHooks(models.AbstractModel):
    """What quotations and invoices add to the funnel."""

    _inherit = "crm.hooks"

    @api.model
    def _funnel_events(self):
        env = self.env
        return super()._funnel_events() | {
            "quotation_sent": FunnelEvent(env._("Quotation sent")),
            "order_confirmed": FunnelEvent(env._("Order confirmed")),
            "invoice_paid": FunnelEvent(env._("Invoice paid")),
        }

    @api.model
    def _funnel_actions(self):
        env = self.env
        return super()._funnel_actions() | {
            "quotation": FunnelAction(env._("Make a quotation")),
            "quotation_send": FunnelAction(
                env._("Send the quotation"),
                lasting=env._("the quotation has left, it cannot be called back"),
            ),
            "invoice": FunnelAction(
                env._("Invoice what was ordered"),
                lasting=env._("a posted invoice is corrected by a credit note"),
            ),
        }
