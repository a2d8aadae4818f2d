from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import CampaignsCase
from .test_tools_reader import FIREFOX


@tagged("post_install", "-at_install")
class TestScoreReader(HttpCase, CampaignsCase):
    def _open(self, trace, agent):
        mail_id = trace.mail_mail_id_int
        token = self.env["mail.mail"]._generate_mail_recipient_token(mail_id)
        self.env.flush_all()
        answer = self.url_open(
            f"/mail/track/{mail_id}/{token}/blank.gif", headers={"User-Agent": agent}
        )
        self.assertEqual(answer.status_code, 200)

    def test_co_17_only_a_person_who_opens_a_mail_makes_an_event(self):
        lead = self.env["crm.lead"].create(
            {"name": "Opportunity", "partner_id": self.gone.id}
        )
        trace = self.trace_of(self.send_letter(), self.gone)
        trace.sent_datetime = fields.Datetime.now() - timedelta(hours=1)
        events = self.env["crm.score.event"]
        self._open(trace, "Mozilla/5.0 (via ggpht.com GoogleImageProxy)")
        self.assertFalse(events.search([("lead_id", "=", lead.id)]))
        self._open(trace, FIREFOX)
        found = events.search([("lead_id", "=", lead.id)])
        self.assertEqual(found.mapped("source"), ["mailing_opened"])
