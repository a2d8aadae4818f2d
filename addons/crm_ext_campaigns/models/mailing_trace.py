from odoo import fields, models
from odoo.http import request

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
        """The leads behind each trace: the one mailed, or the contact's open ones."""
        # sudo: the public opens mails; only ids leave this method
        leads = self.env["crm.lead"].sudo()
        by_model = self.grouped("model")
        mailed = by_model.get("crm.lead", self.browse())
        existing = leads.browse(mailed.mapped("res_id")).exists()
        found = {trace: existing.browse(trace.res_id) & existing for trace in mailed}
        contacts = by_model.get("res.partner", self.browse())
        of_contact = leads.search(
            [
                ("partner_id", "in", contacts.mapped("res_id")),
                ("won_status", "=", "pending"),
            ]
        ).grouped(lambda lead: lead.partner_id.id)
        for trace in contacts:
            found[trace] = of_contact.get(trace.res_id, leads)
        return found
