import base64

from odoo.tests import tagged, users

from odoo.addons.mail.tests.common import MailCommon

from .common import CrmServiceCase

MAIL = """\
From: {sender}
To: helpline-test@{domain}
Subject: {subject}
Message-Id: <{message_id}@customer.example>
References: {references}
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="cut"

--cut
Content-Type: text/plain; charset=utf-8

The printer of the first floor does not answer.
--cut
Content-Type: application/pdf; name="photo.pdf"
Content-Disposition: attachment; filename="photo.pdf"
Content-Transfer-Encoding: base64

{attachment}
--cut--
"""


@tagged("post_install", "-at_install")
class TestCaseMail(CrmServiceCase, MailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env["base"].with_context(tracking_disable=False).env
        cls.team.alias_domain_id = cls.mail_alias_domain

    def receive(self, subject, sender=None, message_id="first", references=""):
        """What the mail server hands over."""
        text = MAIL.format(
            sender=sender or self.contact.email_formatted,
            domain=self.team.alias_domain,
            subject=subject,
            message_id=message_id,
            references=references,
            attachment=base64.b64encode(b"%PDF-1.4 test").decode(),
        )
        with self.mock_mail_gateway():  # sudo: the gateway has all rights
            res_id = self.env["mail.thread"].sudo().message_process(False, text)
        return self.env["crm.case"].with_user(self.agent_a).browse(res_id)

    def answer(self, case, body="Try again now.", **values):
        with self.mock_mail_gateway():
            return case.message_post(
                body=body,
                message_type="comment",
                **{"subtype_xmlid": "mail.mt_comment", **values},
            )

    def mails_to_customer(self):
        return [m for m in self._mails if self.contact.email in " ".join(m["email_to"])]

    def test_se_02_mail_opens_a_case_in_the_queue(self):
        case = self.receive("Printer of the first floor")
        self.assertEqual(case.name, "Printer of the first floor")
        self.assertEqual(case.partner_id, self.contact)
        self.assertEqual(case.team_id, self.team)
        self.assertEqual(case.channel, "mail")
        self.assertFalse(case.user_id)
        self.assertEqual(case.crm_queue_id, self.team.queue_id)
        self.assertIn("first floor does not answer", case.message_ids[-1:].body)
        self.assertEqual(case.message_ids.attachment_ids.mapped("name"), ["photo.pdf"])
        files = (
            self.env["ir.attachment"]
            .with_user(self.agent_a)
            .search([("res_model", "=", "crm.case"), ("res_id", "=", case.id)])
        )
        self.assertEqual(files.raw, b"%PDF-1.4 test")

    def test_se_02_unknown_sender_becomes_a_contact(self):
        case = self.receive("Hello", sender="New Person <new@person.example>")
        self.assertEqual(case.partner_id.email_normalized, "new@person.example")

    def test_answer_mails_the_customer_exactly_once(self):
        case = self.receive("Printer")
        self.answer(case, partner_ids=self.contact.ids)
        self.assertEqual(len(self.mails_to_customer()), 1)
        mail = self.mails_to_customer()[0]
        self.assertIn(self.team.alias_email, mail["reply_to"])
        self.assertIn("Try again now.", mail["body"])

    def test_answer_without_named_recipient_mails_the_customer_once(self):
        case = self.receive("Printer")
        self.answer(case)
        self.assertEqual(len(self.mails_to_customer()), 1)

    def test_note_mails_nobody_outside(self):
        case = self.receive("Printer")
        self.answer(case, body="Customer is upset.", subtype_xmlid="mail.mt_note")
        self.assertEqual(self._mails, [])

    def test_pick_close_and_reopen_mail_nobody(self):
        case = self.receive("Printer")
        with self.mock_mail_gateway():
            case.action_pick()
            case.action_close()
            case.action_reopen()
            self.flush_tracking()
        self.assertEqual(self.mails_to_customer(), [])

    @users("test_agent_a")
    def test_customer_reply_reopens_and_returns_the_hours(self):
        self._new_book(10)
        case = self.receive("Printer").with_env(self.env)
        case.action_pick()
        self._log(case, 2)
        message = self.answer(case)
        case.action_close()
        self.assertEqual(case.customer_hours_left, 8)
        self.receive("Re: Printer", message_id="second", references=message.message_id)
        case.invalidate_recordset()
        self.assertFalse(case.is_closed)
        self.assertEqual(case.user_id, self.agent_a)
        self.assertEqual(case.customer_hours_left, 10)
        self.assertEqual(len(case.message_ids.attachment_ids), 2)

    def test_agent_reply_by_mail_does_not_reopen(self):
        case = self.receive("Printer")
        message = self.answer(case)
        case.action_close()
        self.receive(
            "Re: Printer",
            sender=self.agent_b.email_formatted,
            message_id="third",
            references=message.message_id,
        )
        self.assertTrue(case.is_closed)

    def test_answer_offers_no_page_that_does_not_exist(self):
        case = self.receive("Printer")
        self.patch(type(case), "_has_portal_page", lambda case: False)
        self.answer(case)
        self.assertNotIn("/mail/view", self.mails_to_customer()[0]["body"])
        self.patch(type(case), "_has_portal_page", lambda case: True)
        self.answer(case)
        self.assertIn("/mail/view", self.mails_to_customer()[0]["body"])
