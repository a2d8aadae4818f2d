from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models, tools

from odoo.addons.crm_ext_core.tools.hooks import AuditFinding

from ..tools.bounce import MailKind
from ..tools.bounce_policy import SoftReturn, is_excluded

CLASSES = [
    ("hard", "Hard"),
    ("soft", "Soft"),
    ("spam", "Spam filter"),
]
REASONS = [
    ("user_unknown", "Unknown user"),
    ("domain_unknown", "Unknown domain"),
    ("moved", "Address moved"),
    ("disabled", "Mailbox closed"),
    ("mailbox_full", "Mailbox full"),
    ("message_size", "Message too big"),
    ("timeout", "No answer in time"),
    ("network", "Network or routing"),
    ("system", "Server in trouble"),
    ("content", "Content taken for spam"),
    ("virus", "Content taken for a virus"),
    ("authentication", "Sender not authenticated"),
    ("reputation", "Bad reputation or block list"),
    ("policy", "Receiver's policy"),
    ("complaint", "Complaint of the recipient"),
    ("other", "No reason given"),
]
# A return without Message-Id is laid to the last mail sent to the address since then.
GUESS_WINDOW = timedelta(days=30)


class CrmBounce(models.Model):
    """One returned mail: whose, of which class, why, and what it led to.

    Written by the mail gateway only. Hard returns exclude the address at once, soft
    ones when the company's policy says so, refusals of a filter open a sending incident
    and leave the address alone.
    """

    _name = "crm.bounce"
    _description = "Returned mail"
    _order = "date desc, id desc"
    _rec_name = "email"

    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    kind = fields.Selection(
        [
            ("return", "Returned"),
            ("delay", "Delayed, still trying"),
            ("complaint", "Complaint"),
        ],
        required=True,
        readonly=True,
        default="return",
    )
    email = fields.Char(string="Address", required=True, readonly=True, index=True)
    domain = fields.Char(string="Receiving domain", readonly=True, index=True)
    bounce_class = fields.Selection(
        CLASSES, string="Class", required=True, readonly=True
    )
    reason = fields.Selection(REASONS, required=True, readonly=True)
    status = fields.Char(string="Status code", readonly=True)
    smtp_code = fields.Char(string="SMTP code", readonly=True)
    diagnostic = fields.Text(string="Server's answer", readonly=True)
    message_id = fields.Char(string="Message-Id of the return", readonly=True)
    sent_at = fields.Datetime(string="Mail sent on", readonly=True)
    is_excluding = fields.Boolean(
        string="Address excluded",
        readonly=True,
        help="This return put the address on the exclusion list.",
    )
    is_cleared = fields.Boolean(
        string="Allowed again",
        readonly=True,
        help="An authorised user took the address off the exclusion list since.",
    )
    trace_id = fields.Many2one(
        "mailing.trace", readonly=True, index="btree_not_null", ondelete="set null"
    )
    mailing_id = fields.Many2one(
        "mailing.mailing", readonly=True, index="btree_not_null", ondelete="set null"
    )
    campaign_id = fields.Many2one(
        "utm.campaign", readonly=True, index="btree_not_null", ondelete="set null"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    incident_id = fields.Many2one(
        "crm.sending.incident",
        string="Sending incident",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )

    _message_uniq = models.UniqueIndex(
        "(message_id) WHERE message_id IS NOT NULL",
        "This returned mail is recorded already.",
    )
    _date_idx = models.Index("(date DESC)")

    # ------------------------------------------------------------------ actions
    def action_allow_again(self):
        """Take the addresses off the exclusion list; later returns count anew."""
        blacklist = self.env["mail.blacklist"]
        blacklist.check_access("write")
        for email in set(self.mapped("email")):
            blacklist._remove(
                email,
                message=self.env._(
                    "Allowed again by %(user)s after returned mail.",
                    user=self.env.user.name,
                ),
            )
        return True

    def _state_of_address(self):
        """What this return makes of its address, as a state of the contact."""
        if self.is_excluding:
            return "excluded"
        return "refused" if self.bounce_class == "spam" else "soft"

    # ------------------------------------------------------------------ recording
    @api.model
    def _record(self, verdict, message_id):
        """Store what a mail says of an earlier one, once, and draw the consequences.

        :param BounceVerdict verdict: neither ordinary nor an automatic reply
        :param str message_id: Message-Id of the incoming mail
        :return: the bounce, empty when the mail adds nothing
        """
        # the gateway's user need not know of campaigns; what is written is decided here
        bounces = self.sudo()
        if bounces.search_count([("message_id", "=", message_id)], limit=1):
            return bounces.browse()
        trace = bounces._find_trace(verdict)
        vals = bounces._prepare_values(verdict, trace)
        if not vals["email"]:
            return bounces.browse()
        known = bounces._known_return(trace) if vals["kind"] == "return" else None
        if known and vals["bounce_class"] != "hard":
            return bounces.browse()
        bounce = known or bounces.create(dict(vals, message_id=message_id))
        if known:
            known.write(vals)
        bounce._apply_consequences()
        return bounce

    @api.model
    def _find_trace(self, verdict):
        """The mail it speaks of, by Message-Id or as the last one to the address."""
        traces = self.env["mailing.trace"]
        if verdict.original_message_id:
            found = traces.search(
                [("message_id", "=", verdict.original_message_id)], limit=1
            )
            if found:
                return found
        email = tools.email_normalize(verdict.recipient)
        if not email:
            return traces
        since = fields.Datetime.now() - GUESS_WINDOW
        return traces.search(
            [("email", "=", email), ("sent_datetime", ">=", since)],
            order="sent_datetime desc",
            limit=1,
        )

    @api.model
    def _known_return(self, trace):
        return trace and self.search(
            [("trace_id", "=", trace.id), ("kind", "=", "return")], limit=1
        )

    @api.model
    def _prepare_values(self, verdict, trace):
        is_complaint = verdict.kind is MailKind.COMPLAINT
        kind = "delay" if verdict.delayed else "return"
        # the address we wrote to, which may be an alias of the one that failed
        email = tools.email_normalize(trace.email or verdict.recipient) or ""
        mailing = trace.mass_mailing_id
        company = mailing.campaign_id.company_id or mailing.user_id.company_id
        return {
            "kind": "complaint" if is_complaint else kind,
            "email": email,
            "domain": email.partition("@")[2],
            "bounce_class": "spam" if is_complaint else verdict.bounce_class.value,
            "reason": "complaint" if is_complaint else verdict.reason,
            "status": verdict.status,
            "smtp_code": verdict.smtp_code,
            "diagnostic": verdict.diagnostic,
            "sent_at": trace.sent_datetime or fields.Datetime.now(),
            "trace_id": trace.id,
            "mailing_id": mailing.id,
            "campaign_id": mailing.campaign_id.id,
            "partner_id": self._find_partner(email, trace).id,
            "company_id": (company or self.env.company).id,
        }

    @api.model
    def _find_partner(self, email, trace):
        partners = self.env["res.partner"]
        if trace.model in self.env and trace.res_id:
            record = self.env[trace.model].browse(trace.res_id).exists()
            if record and record._name == "res.partner":
                return record
            if record and "partner_id" in record._fields and record.partner_id:
                return record.partner_id
        return partners.search([("email_normalized", "=", email)], limit=1)

    # ------------------------------------------------------------------ consequences
    def _apply_consequences(self):
        self.ensure_one()
        if self.kind == "delay":
            return
        if self.kind == "return":
            self.trace_id.crm_bounce_class = self.bounce_class
        if self.bounce_class == "spam":
            self.incident_id = self.env["crm.sending.incident"]._open_for(self)
        elif self.bounce_class == "hard" or self._is_over_soft_policy():
            self._exclude_address()

    def _is_over_soft_policy(self):
        policy = self.env["crm.bounce.policy"]._get_for(self.company_id)
        soft_returns = self.search(
            [
                ("email", "=", self.email),
                ("kind", "=", "return"),
                ("bounce_class", "=", "soft"),
                ("is_cleared", "=", False),
            ]
        )
        delivered = self.env["mailing.trace"].search(
            [
                ("email", "=", self.email),
                ("trace_status", "in", ("sent", "open", "reply")),
                ("sent_datetime", "!=", False),
            ]
        )
        return is_excluded(
            policy._to_soft_policy(),
            [SoftReturn(item.sent_at, item.reason) for item in soft_returns],
            delivered.mapped("sent_datetime"),
            self.reason,
        )

    def _exclude_address(self):
        labels = dict(self._fields["reason"]._description_selection(self.env))
        body = self.env._(
            "Excluded after returned mail (%(reason)s): %(diagnostic)s",
            reason=labels[self.reason],
            diagnostic=self.diagnostic or self.status or "",
        )
        blacklist = self.env["mail.blacklist"].with_context(crm_bounce_triage=False)
        blacklist._add(self.email, message=Markup("<p>%s</p>") % body)
        self.is_excluding = True

    # ------------------------------------------------------------------ self-audit
    @api.model
    def _audit_hard_excluded(self):
        """Addresses that came back hard and are not on the exclusion list."""
        hard = self.search(
            [
                ("kind", "=", "return"),
                ("bounce_class", "=", "hard"),
                ("is_cleared", "=", False),
            ]
        )
        excluded = set(
            self.env["mail.blacklist"]
            .search([("email", "in", hard.mapped("email"))])
            .mapped("email")
        )
        broken = hard.filtered(lambda bounce: bounce.email not in excluded)
        return AuditFinding(
            broken=len(broken),
            detail=", ".join(sorted(set(broken.mapped("email")))[:20]),
            res_model=self._name,
            res_ids=tuple(broken.ids[:1000]),
        )
