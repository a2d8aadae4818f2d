from odoo import fields, models


class CrmConversionMatch(models.TransientModel):
    """A known company or contact that the lead being converted may stand for."""

    _name = "crm.conversion.match"
    _description = "Known company or contact"

    wizard_id = fields.Many2one(
        "crm.lead2opportunity.partner", required=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade")
    is_company = fields.Boolean(related="partner_id.is_company")
    parent_id = fields.Many2one(related="partner_id.parent_id", string="Company")
    city = fields.Char(related="partner_id.city")
    owner_id = fields.Many2one(
        related="partner_id.user_id", string="Salesperson in charge"
    )
    is_sure = fields.Boolean()
    why = fields.Selection(
        [
            ("siret", "Same SIREN"),
            ("mail", "Same e-mail"),
            ("phone", "Same phone"),
            ("name", "Same name"),
            ("alike", "Similar name"),
        ],
        string="Because",
    )

    def action_take(self):
        """Choose this one in the wizard, which stays open."""
        self.ensure_one()
        wizard = self.wizard_id
        if self.is_company:
            wizard.write(
                {
                    "crm_company_choice": "exist",
                    "commercial_partner_id": self.partner_id,
                }
            )
        else:
            wizard.write({"action": "exist", "partner_id": self.partner_id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Convert to opportunity"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            "context": {"active_ids": wizard.lead_id.ids, "active_model": "crm.lead"},
        }
