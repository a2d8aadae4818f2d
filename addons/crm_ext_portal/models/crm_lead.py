from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

SUBJECT_LENGTH = 200
TEXT_LENGTH = 5000


class CrmLead(models.Model):
    """A customer asks for a quotation in the portal: by the door of all leads."""

    _inherit = "crm.lead"

    @api.model
    def _portal_ask(self, subject, text, form_token):
        """Make the lead of the customer who is logged in, or tell the open one.

        :return: the lead, in sudo
        """
        team = self.env["crm.team"]._get_portal_team()
        if not team:
            raise UserError(
                self.env._("Quotations cannot be asked for here at present.")
            )
        # sudo: customers make leads through this method alone
        door = self.sudo().with_context(mail_create_nosubscribe=True)
        # the user's id keeps one customer from naming another's form
        key = f"portal-{self.env.uid}-{form_token}"
        if lead := door._crm_find_key(key):
            return lead
        vals = self._prepare_portal_lead(team, subject, text)
        lead, is_new = door._crm_receive(
            vals,
            lambda: door._crm_make_once(key, vals),
            team.crm_duplicate_rule,
            ("request", fields.Datetime.now(), key),
        )
        if not is_new:
            title = self.env._("Asked for another quotation in the portal")
            said = {name: vals[name] for name in ("name", "description")}
            lead._crm_tell_again(
                lead._crm_to_text(title, said), self.env.user.partner_id
            )
        return lead

    def _prepare_portal_lead(self, team, subject, text):
        subject = " ".join((subject or "").split())[:SUBJECT_LENGTH]
        text = (text or "").strip()[:TEXT_LENGTH]
        if not subject:
            raise UserError(self.env._("Write a subject."))
        # sudo: the customer's own card, and who handles the customer
        customer = self.env.user.partner_id.sudo()
        firm = customer.commercial_partner_id
        medium = team.env["utm.medium"]._fetch_or_create_utm_medium("website")
        named = team.env["utm.mixin"]._find_or_create_record
        return {
            "name": subject,
            "description": text and plaintext2html(text),
            "partner_id": customer.id,
            "email_from": customer.email,
            "type": "lead" if team.use_leads else "opportunity",
            "team_id": team.id,
            "user_id": (customer.user_id or firm.user_id).id,
            "company_id": team.company_id.id,
            "source_id": named("utm.source", "Portal").id,
            "medium_id": medium.id,
        }
