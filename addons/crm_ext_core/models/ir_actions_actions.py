from odoo import api, models

# ours, with a preview, in the place of the host's
REPLACED = {
    "crm.lead": "crm.action_merge_opportunities",
    "res.partner": "base.action_partner_merge",
}


class IrActionsActions(models.Model):
    """The menu "Actions" of leads and contacts offers one way to merge: with preview.

    The host's action stays as it is, for whoever calls it.
    """

    _inherit = "ir.actions.actions"

    @api.model
    def get_bindings(self, model_name):
        bindings = super().get_bindings(model_name)
        if model_name not in REPLACED:
            return bindings
        hidden = self.env.ref(REPLACED[model_name])
        return {
            kind: [action for action in actions if action["id"] != hidden.id]
            for kind, actions in bindings.items()
        }
