from odoo.tests import tagged, users

from .common import CrmServiceCase


@tagged("post_install", "-at_install")
class TestCaseFromMessage(CrmServiceCase):
    @users("test_agent_a")
    def test_se_02_logged_mail_becomes_a_case_with_its_files(self):
        message = self.customer.message_post(
            body="Please help with the VPN",
            subject="VPN",
            message_type="email",
            author_id=self.contact.id,
            attachments=[("vpn.log", b"timeout")],
        )
        action = self.env["crm.case"].create_from_message(message.id)
        case = self.env["crm.case"].browse(action["res_id"])
        self.assertEqual((case.name, case.partner_id), ("VPN", self.contact))
        self.assertEqual(case.channel, "mail")
        self.assertIn("help with the VPN", case.message_ids[:1].body)
        self.assertEqual(case.message_ids.attachment_ids.raw, b"timeout")
        self.assertEqual(message.attachment_ids.res_model, "res.partner")

    @users("test_agent_a")
    def test_se_02_call_becomes_a_case_from_the_contact(self):
        action = self.contact.with_env(self.env).action_crm_new_case()
        case = (
            self.env["crm.case"]
            .with_context(**action["context"])
            .create({"name": "Call"})
        )
        self.assertEqual((case.partner_id, case.channel), (self.contact, "phone"))
        self.assertEqual(case.user_id, self.agent_a)
        self.assertFalse(case.crm_queue_id)

    @users("test_agent_a")
    def test_se_02_call_activity_becomes_a_case(self):
        activity = self.contact.with_env(self.env).activity_schedule(
            "mail.mail_activity_data_call",
            summary="Call back about the invoice",
            user_id=self.agent_a.id,
        )
        context = activity.action_create_case()["context"]
        case = self.env["crm.case"].with_context(**context).create({})
        self.assertEqual(case.name, "Call back about the invoice")
        self.assertEqual(case.partner_id, self.contact)
