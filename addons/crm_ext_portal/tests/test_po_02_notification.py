from urllib.parse import urlsplit

from lxml import html

from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCase

from .common import CrmPortalCase


@tagged("post_install", "-at_install")
class TestPo02Notification(CrmPortalCase, MailCase):
    """An answer mails the customer once, with a link; the portal shows that it is
    new.
    """

    def setUp(self):
        super().setUp()
        self.case = self._new_case()
        self.flush_tracking()

    def _mails_to_customer(self, post):
        with self.mock_mail_gateway():
            post()
            self.flush_tracking()
        return [
            mail for mail in self._mails if self.contact.email in str(mail["email_to"])
        ]

    def test_po_02_an_answer_mails_the_customer_exactly_once(self):
        mails = self._mails_to_customer(lambda: self.answer(self.case))
        self.assertEqual(len(mails), 1)
        self.assertIn("Restart it, please.", mails[0]["body"])
        self.assertIn("access_token", mails[0]["body"])
        again = self._mails_to_customer(lambda: self.answer(self.case, "And now?"))
        self.assertEqual(len(again), 1)

    def test_po_02_a_customer_without_login_gets_one_mail_and_a_link_that_opens(self):
        visitor = self.env["res.partner"].create(
            {"name": "Vic", "email": "vic@visitor-test.example"}
        )
        case = self._new_case(partner_id=visitor.id)
        with self.mock_mail_gateway():
            self.answer(case)
        mails = [mail for mail in self._mails if visitor.email in str(mail["email_to"])]
        self.assertEqual(len(mails), 1)
        self.authenticate(None, None)
        link = next(
            href
            for href in self._links(mails[0]["body"])
            if "access_token" in href and "/mail/view" in href
        )
        split = urlsplit(link)
        response = self.url_open(f"{split.path}?{split.query}")
        self.assertEqual(response.status_code, 200)
        self.assertIn(f"/my/cases/{case.id}", response.url)
        self.assertIn(case.number, response.text)

    def _links(self, body):
        return html.fromstring(body).xpath("//a/@href")

    def test_po_02_a_note_mails_nobody_outside(self):
        self.assertFalse(self._mails_to_customer(lambda: self.note(self.case)))

    def test_po_02_the_portal_shows_an_answer_as_new_until_it_is_opened(self):
        self.note(self.case)
        self.assertFalse(self.case.has_new_answer)
        self.answer(self.case)
        self.login(self.claire)
        counters = {"counters": ["crm_answer_count"]}
        self.assertEqual(
            self.make_jsonrpc_request("/my/counters", counters)["crm_answer_count"], 1
        )
        self.assertIn("New answer", self.main_text("/my/cases?filterby=answered"))
        self.main_text(f"/my/cases/{self.case.id}")
        self.assertFalse(self.case.has_new_answer)
        self.assertTrue(self.case.answer_seen_at)
        self.assertNotIn(
            self.case.number, self.main_text("/my/cases?filterby=answered")
        )

    def test_po_02_an_agent_who_looks_does_not_see_it_for_the_customer(self):
        self.answer(self.case)
        self.login(self.agent_a)
        self.main_text(f"/my/cases/{self.case.id}")
        self.assertTrue(self.case.has_new_answer)
