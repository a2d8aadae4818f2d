from odoo import fields, models
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.crm_ext_core.tools.capture import origin_of
from odoo.addons.crm_ext_core.tools.visitor_link import with_visitor

from ..tools.reader import is_human
from .crm_bounce import CLASSES


class MailingTrace(models.Model):
    """What became of one mail: its bounce class, and openings that give points."""

    _inherit = "mailing.trace"

    crm_bounce_class = fields.Selection(CLASSES, string="Bounce class", readonly=True)

    # Every reply, bounce and exclusion looks these up, and the host indexes neither.
    # Building each holds a SHARE lock (reads go on, writes wait), some 3 seconds per
    # million traces; where that is too long, create them beforehand with CREATE INDEX
    # CONCURRENTLY under the same name: the host keeps an index without a comment.
    _crm_message_id_idx = models.Index("(message_id) WHERE message_id IS NOT NULL")
    _crm_email_idx = models.Index("(email) WHERE email IS NOT NULL")

    def set_opened(self, domain=None):
        traces = super().set_opened(domain=domain)
        traces._crm_log_score_events("mailing_opened", "open_datetime")
        return traces

    def set_clicked(self, domain=None):
        traces = super().set_clicked(domain=domain)
        traces._crm_log_score_events("mailing_clicked", "links_click_datetime")
        return traces

    def _crm_by_humans(self):
        """Those that a person may have opened: filters and mail proxies open too, and
        the host's statistics count them all. Only the request tells one from the
        other; an opening without request is one that a reply implies."""
        if not request:
            return self
        agent, now = request.httprequest.user_agent.string, fields.Datetime.now()
        return self.filtered(lambda trace: is_human(agent, trace.sent_datetime, now))

    def _crm_visitor_url(self, url, token):
        """Where a click of this mail leads a reader who may be recognised there; None
        when nobody may be.

        :param str token: from the link in the reader's own mail
        """
        # sudo: a reader has no right on posts; his token is signed
        posts = self.env["crm.capture.post"].sudo()
        post = self._crm_by_humans() and posts._find_visitor(token)
        tokens = post and posts._get_visitor_tokens(post.email)
        known = tokens and tokens.get(origin_of(url))
        return with_visitor(url, known) if known else None

    def _crm_log_score_events(self, source, date_field):
        """Tell the scoring: once per lead and mail, however often it is opened."""
        facts = [
            (lead.id, trace[date_field] or fields.Datetime.now(), trace.id)
            for trace, leads in self._crm_by_humans()._crm_leads().items()
            for lead in leads
        ]
        if facts:
            # sudo: openings come from the public, events are core's to write
            self.env["crm.score.event"].sudo()._log(source, facts)

    def _crm_leads(self):
        """{trace: the leads behind it}."""
        by_model = self.grouped("model")
        none = self.browse()
        return (
            by_model.get("crm.lead", none)._crm_mailed_leads()
            | by_model.get("res.partner", none)._crm_leads_of_contacts()
            | by_model.get("mailing.contact", none)._crm_leads_of_subscribers()
        )

    def _crm_mailed_leads(self):
        # sudo: the public opens mails; only ids leave this method
        leads = self.env["crm.lead"].sudo()
        existing = leads.browse(self.mapped("res_id")).exists()
        return {trace: existing.browse(trace.res_id) & existing for trace in self}

    def _crm_leads_of_contacts(self):
        """The open leads of the contacts mailed."""
        # sudo: as in _crm_mailed_leads
        leads = self.env["crm.lead"].sudo()
        found = leads.search(
            [
                ("partner_id", "in", self.mapped("res_id")),
                ("won_status", "=", "pending"),
            ]
        ).grouped(lambda lead: lead.partner_id.id)
        return {trace: found.get(trace.res_id, leads) for trace in self}

    def _crm_leads_of_subscribers(self):
        """The open leads of the addresses mailed: a subscriber of a mailing list is
        neither a lead nor a contact."""
        # sudo: as in _crm_mailed_leads
        leads = self.env["crm.lead"].sudo()
        emails = {email for email in self.mapped("email") if email}
        if not emails:
            return dict.fromkeys(self, leads)
        people = leads.env["res.partner"].search([("email_normalized", "in", emails)])
        found = leads.search(
            Domain("won_status", "=", "pending")
            & (
                Domain("email_normalized", "in", emails)
                | Domain("partner_id", "in", people.ids)
            )
        )
        by_email = dict.fromkeys(self.mapped("email"), leads)
        for lead in found:
            for email in {lead.email_normalized, lead.partner_id.email_normalized}:
                if email in emails:
                    by_email[email] |= lead
        return {
            trace: by_email[trace.email] if trace.email else leads for trace in self
        }
