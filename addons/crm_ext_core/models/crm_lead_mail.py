from odoo import api, fields, models

from ..tools.capture import is_robot


class CrmLead(models.Model):
    """A mail to a team comes in by the same door as a form."""

    _inherit = "crm.lead"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Give the open lead of the sender, by the rule of the team, or a new lead."""
        vals = dict(custom_values or {})
        team = self.env["crm.team"].browse(vals.get("team_id") or ())
        sender = {
            "email_from": msg_dict.get("from"),
            "partner_id": msg_dict.get("author_id"),
            "company_id": vals.get("company_id") or team.company_id.id,
        }
        make = super().message_new
        now = fields.Datetime.now()
        lead, is_new = self._crm_receive(
            sender,
            lambda: make(msg_dict, team._crm_get_mail_sources() | vals),
            team._crm_get_rule() if self._crm_is_customer(sender) else "new",
            ("request", now, msg_dict.get("message_id") or f"mail-{now}"),
        )
        return lead if is_new else lead.with_context(crm_joined=True)

    def _crm_is_customer(self, sender):
        """A colleague forwards mails of several customers, and so does the robot of a
        website's form: neither of them is one person."""
        # sudo: whether the sender has an account is nobody's secret
        author = self.env["res.partner"].sudo().browse(sender["partner_id"] or ())
        mine = author.user_ids.filtered(lambda user: not user.share)
        return not mine and not is_robot(sender["email_from"] or "")

    def _creation_subtype(self):
        """A mail that joins an open lead is a message like any other."""
        if self.env.context.get("crm_joined"):
            return self.env["mail.message.subtype"]
        return super()._creation_subtype()
