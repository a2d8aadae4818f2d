from odoo import models


class ResPartner(models.Model):
    """One gesture from a contact on the phone to his case."""

    _inherit = "res.partner"

    def action_crm_new_case(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New case"),
            "res_model": "crm.case",
            "view_mode": "form",
            "context": {
                "default_partner_id": self.id,
                "default_channel": "phone",
                "default_user_id": self.env.uid,
            },
        }
