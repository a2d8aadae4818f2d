from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL

from .crm_bounce import REASONS


class CrmSendingIncident(models.Model):
    """A receiving domain refuses our mail for a reason that is ours to repair.

    The contacts of that domain are left as they are: once the cause is repaired, they
    can be written to again.
    """

    _name = "crm.sending.incident"
    _description = "Sending incident"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state desc, id desc"
    _rec_name = "domain"

    domain = fields.Char(string="Receiving domain", required=True, readonly=True)
    reason = fields.Selection(REASONS, required=True, readonly=True)
    state = fields.Selection(
        [("open", "To repair"), ("fixed", "Repaired")],
        required=True,
        readonly=True,
        default="open",
        tracking=True,
        group_expand=True,
    )
    user_id = fields.Many2one("res.users", string="Sender", tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    fixed_at = fields.Datetime(string="Repaired on", readonly=True)
    cause = fields.Text(string="What was done", tracking=True)
    advice = fields.Text(string="What to do", compute="_compute_advice")
    bounce_ids = fields.One2many("crm.bounce", "incident_id", string="Returned mails")
    bounce_count = fields.Integer(string="Returns", compute="_compute_bounces")
    last_date = fields.Datetime(string="Last return", compute="_compute_bounces")

    # one open incident per company, domain and reason: returns gather in it
    _open_uniq = models.UniqueIndex(
        "(company_id, domain, reason) WHERE state = 'open'",
        "This domain has an open incident for that reason.",
    )

    @api.depends("domain", "reason")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["reason"]._description_selection(self.env))
        for incident in self:
            incident.display_name = f"{incident.domain} – {labels[incident.reason]}"

    @api.depends("reason")
    @api.depends_context("lang")
    def _compute_advice(self):
        advice = self._advice_by_reason()
        for incident in self:
            incident.advice = advice.get(incident.reason, advice["policy"])

    @api.depends("bounce_ids")
    def _compute_bounces(self):
        figures = {
            incident: (count, last)
            for incident, count, last in self.env["crm.bounce"]._read_group(
                [("incident_id", "in", self.ids)],
                ["incident_id"],
                ["__count", "date:max"],
            )
        }
        for incident in self:
            incident.bounce_count, incident.last_date = figures.get(
                incident, (0, False)
            )

    @api.model
    def _advice_by_reason(self):
        return {
            "authentication": self.env._(
                "Check SPF, DKIM and DMARC of the sender's domain: the server that "
                "sends must be named in SPF and must sign with DKIM."
            ),
            "reputation": self.env._(
                "Look the sending IP up in the public block lists, ask to be taken "
                "off, check the reverse DNS, and send fewer mails at a time."
            ),
            "content": self.env._(
                "Have the mail scored by a spam checker: subject, links, images "
                "without text, attachments; then send a small test to this domain."
            ),
            "virus": self.env._(
                "Check attachments and links for malware, and the links' domains in "
                "the block lists of browsers."
            ),
            "complaint": self.env._(
                "Recipients marked the mail as spam: check where their consent comes "
                "from, the unsubscribe link and how often they are written to."
            ),
            "policy": self.env._(
                "Read the server's answer in the returned mails and write to the "
                "postmaster of the domain if it does not say what to change."
            ),
        }

    # ------------------------------------------------------------------ actions
    def action_fix(self):
        self.write({"state": "fixed", "fixed_at": fields.Datetime.now()})
        self.activity_feedback(["mail.mail_activity_data_todo"])
        return True

    def action_view_bounces(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_ext_campaigns.crm_bounce_action"
        )
        action["domain"] = [("incident_id", "in", self.ids)]
        action["context"] = {}
        return action

    # ------------------------------------------------------------------ opening
    @api.model
    def _open_for(self, bounce):
        """The open incident of the bounce's domain and reason, opened when missing.

        Two returns may arrive at once in two workers: the insertion on conflict makes
        the later one fail as a serialization error, which the host retries, where a
        plain search and create would open two or lose the mail.
        """
        self.flush_model()
        user = self._sender_of(bounce)
        ((incident_id, is_new),) = self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_sending_incident
                       (company_id, domain, reason, state, user_id,
                        create_uid, create_date, write_uid, write_date)
                VALUES (%(company)s, %(domain)s, %(reason)s, 'open', %(user)s,
                        %(uid)s, now() AT TIME ZONE 'UTC',
                        %(uid)s, now() AT TIME ZONE 'UTC')
                ON CONFLICT (company_id, domain, reason) WHERE state = 'open'
                DO UPDATE SET write_date = now() AT TIME ZONE 'UTC'
                RETURNING id, xmax = 0
                """,
                company=bounce.company_id.id,
                domain=bounce.domain,
                reason=bounce.reason,
                user=user.id or None,
                uid=self.env.uid,
            )
        )
        incident = self.browse(incident_id)
        if is_new:
            incident._notify_sender()
        return incident

    @api.model
    def _sender_of(self, bounce):
        policy = self.env["crm.bounce.policy"]._get_for(bounce.company_id)
        return policy.user_id or bounce.mailing_id.user_id or bounce.campaign_id.user_id

    def _notify_sender(self):
        user = self.user_id or self.env.user
        incident = self.with_context(lang=user.lang)
        incident.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=user.id,
            summary=incident.env._("Mail refused by %(domain)s", domain=self.domain),
            note=Markup("<p>%s</p>") % incident.advice,
        )
