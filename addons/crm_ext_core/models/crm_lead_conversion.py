from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tools.mail import parse_contact_from_email

from ..tools.conversion import siret_or_nothing


class CrmLead(models.Model):
    """What a lead hands on to its company and contact, and what it became."""

    _inherit = "crm.lead"

    crm_siret = fields.Char(
        string="SIRET or SIREN",
        size=20,
        copy=False,
        help="Of the company behind the lead: 14 digits, or 9 for the SIREN.",
    )
    crm_conversion_ids = fields.One2many(
        "crm.conversion", "lead_id", string="Conversion", readonly=True
    )
    crm_account_id = fields.Many2one(
        "res.partner",
        string="Company of the customer",
        compute="_compute_crm_account_id",
    )

    @api.depends("crm_conversion_ids.account_id")
    def _compute_crm_account_id(self):
        for lead in self:
            lead.crm_account_id = lead.crm_conversion_ids[:1].account_id

    @api.constrains("crm_siret")
    def _check_crm_siret(self):
        for lead in self:
            if lead.crm_siret and not siret_or_nothing(lead.crm_siret):
                raise ValidationError(
                    self.env._(
                        "SIRET or SIREN: %(number)s is not one. Enter its 14 or 9 "
                        "digits, or leave the field empty.",
                        number=lead.crm_siret,
                    )
                )

    # ------------------------------------------------------------------ conversion
    def convert_opportunity(self, partner, user_ids=False, team_id=False):
        """Whichever door makes an opportunity, the conversion is noted, once."""
        leads = self.filtered(lambda lead: lead.type == "lead")
        result = super().convert_opportunity(partner, user_ids, team_id)
        # sudo: noted by the mechanism; users only read it
        self.env["crm.conversion"].sudo()._note(leads)
        return result

    def _get_person_name(self):
        """How the contact of this lead is called."""
        self.ensure_one()
        return (
            self.contact_name
            or parse_contact_from_email(self.email_from or "")[0]
            or self.email_from
            or self.partner_name
            or self.name
        )

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        """The new company and contact take what the host leaves on the lead."""
        vals = super()._prepare_customer_values(partner_name, is_company, parent_id)
        more = {
            "crm_source_id": self.source_id.id,
            "crm_medium_id": self.medium_id.id,
            "crm_campaign_id": self.campaign_id.id,
            "crm_tag_ids": self.tag_ids and [Command.set(self.tag_ids.ids)],
        }
        if is_company:
            more["company_registry"] = siret_or_nothing(self.crm_siret or "")
            if self.contact_name:
                # what is the person's own stays with the person
                vals |= {"function": False, "email": False}
        else:
            more["crm_job_function_id"] = self.crm_job_function_id.id
        return vals | {name: value for name, value in more.items() if value}

    def action_crm_convert(self):
        """Open the host's wizard with who is known already."""
        self.ensure_one()
        wizard = self.env["crm.lead2opportunity.partner"].create({"lead_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Convert to opportunity"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            "context": {"active_ids": self.ids, "active_model": self._name},
        }

    def action_crm_conversion(self):
        """What this lead was made: its company, its contact."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Conversion"),
            "res_model": "crm.conversion",
            "res_id": self.crm_conversion_ids[:1].id,
            "view_mode": "form",
            "target": "new",
        }
