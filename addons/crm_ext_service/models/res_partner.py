from odoo import fields, models


class ResPartner(models.Model):
    """One gesture from a contact on the phone to his case."""

    _inherit = "res.partner"

    crm_case_ids = fields.One2many(
        "crm.case", "commercial_partner_id", string="Cases of the company"
    )

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
