from uuid import uuid4

from odoo.fields import Command
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestCaptureOptIn(TransactionCase):
    """CO-15: who ticks the newsletter's box of a form joins its lists."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.list = cls.env["mailing.list"].create({"name": "News of backups"})
        cls.form = cls.env["crm.capture.form"].create(
            {
                "name": "Contact",
                "mailing_list_ids": [Command.set(cls.list.ids)],
                "field_ids": [
                    Command.create({"target": "contact_name"}),
                    Command.create({"target": "email_from"}),
                    Command.create({"target": "opt_in"}),
                ],
            }
        )

    def post(self, **values):
        values = {"contact_name": "Zoé", "email_from": "zoe@news.example"} | values
        visitor = self.form.with_user(self.env.ref("base.public_user")).sudo()
        return visitor.receive(str(uuid4()), values, {})

    def members(self):
        return self.env["mailing.subscription"].search([("list_id", "=", self.list.id)])

    def test_ticked_joins_once(self):
        self.post(opt_in=True)
        self.post(opt_in=True)
        self.assertEqual(self.members().contact_id.email, "zoe@news.example")
        self.assertEqual(len(self.members()), 1)

    def test_not_ticked_joins_nothing(self):
        self.post()
        self.assertFalse(self.members())

    def test_double_opt_in_is_respected(self):
        self.form.double_opt_in = True
        post = self.post(opt_in=True)
        self.assertFalse(self.members())
        post.confirm_opt_in(post._get_opt_in_token())
        self.assertEqual(len(self.members()), 1)

    def test_an_erasure_reaches_campaigns(self):
        self.post(opt_in=True)
        request = self.env["crm.privacy.request"].create(
            {"kind": "erasure", "email": "zoe@news.example"}
        )
        request.action_do()
        self.assertFalse(self.members().contact_id.email)
        self.assertIn("mailing.contact", request.finding_ids.mapped("res_model"))
