import json
import re
from datetime import date

from lxml import html

from odoo.tests import HttpCase, JsonRpcException, new_test_user

from odoo.addons.crm_ext_service.tests.common import CrmServiceCase
from odoo.addons.crm_ext_subscriptions.tests.common import SubscriptionCase

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


class CrmPortalCase(HttpCase, SubscriptionCase, CrmServiceCase):
    """A customer with a colleague, a rival company, and what they browse with."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # both parents have a manager: books are sold by the one of service
        cls.manager = cls.env["res.users"].search(
            [("login", "=", "test_service_manager")]
        )
        cls.partner = cls.customer
        cls.colleague = cls.env["res.partner"].create(
            {
                "name": "Colin Collègue",
                "parent_id": cls.customer.id,
                "email": "colin@moulin-test.example",
            }
        )
        rival = cls.env["res.partner"].create({"name": "Rival", "is_company": True})
        rival_contact = cls.env["res.partner"].create(
            {
                "name": "Rita Rival",
                "parent_id": rival.id,
                "email": "rita@rival-test.example",
            }
        )
        cls.claire = cls._new_customer("claire", cls.contact)
        cls.rita = cls._new_customer("rita", rival_contact)

    @classmethod
    def _new_customer(cls, login, partner):
        return new_test_user(
            cls.env,
            login,
            groups="base.group_portal",
            partner_id=partner.id,
            email=partner.email,
            lang="en_US",
        )

    def login(self, user):
        self.authenticate(user.login, user.login)

    # ------------------------------------------------------------------ browse
    def page(self, url, **kwargs):
        """The document behind an address that must answer 200."""
        response = self.url_open(url, **kwargs)
        self.assertEqual(response.status_code, 200, url)
        return html.fromstring(response.content)

    def text_of(self, node):
        return " ".join(node.text_content().replace("\xa0", " ").split())

    def main_text(self, url):
        return self.text_of(self.page(url).get_element_by_id("wrap"))

    def form_of(self, url, action):
        """The hidden and visible values of the form that posts to `action`."""
        form = self.page(url).xpath(f"//form[@method='post'][@action='{action}']")[0]
        return {
            name: value or ""
            for name, value in form.form_values()
            if name != "attachments"
        }

    def csrf(self):
        """The token that every page gives to the browser's scripts."""
        found = re.search(r"csrf_token: \"([^\"]+)\"", self.url_open("/my").text)
        return found.group(1)

    def send_request(self, values, files=(), form=None):
        """Fill the form of a new request in and send it.

        :param files: (name, content, mimetype)
        """
        form = form or self.form_of("/my/cases/new", "/my/cases/new")
        return self.url_open(
            "/my/cases/new",
            data=form | values,
            files=[("attachments", file) for file in files] or None,
        )

    # ------------------------------------------------------------------ talk
    def call(self, model, method, *args, **kwargs):
        """What an outside program asks by RPC with the customer's session."""
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def assert_refused(self, error, model, method, *args, **kwargs):
        with self.assertRaises(JsonRpcException) as refused:
            self.call(model, method, *args, **kwargs)
        self.assertIn(error, str(refused.exception))

    def fetch(self, record, **kwargs):
        """The messages that the record's page shows."""
        return self.make_jsonrpc_request(
            "/mail/chatter_fetch",
            {"thread_model": record._name, "thread_id": record.id, **kwargs},
        )["data"]["mail.message"]

    def comment(self, record, body, attachments=(), **kwargs):
        """Post as the page does; `attachments` are answers of upload()."""
        return self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": record._name,
                "thread_id": record.id,
                "post_data": {
                    "body": body,
                    "message_type": "comment",
                    "subtype_xmlid": "mail.mt_comment",
                    "attachment_ids": [item["id"] for item in attachments],
                    "attachment_tokens": [
                        item["ownership_token"] for item in attachments
                    ],
                },
                **kwargs,
            },
        )

    def upload(self, record, name, content, **kwargs):
        """Send a file as the page's composer does; gives the answer of the server."""
        response = self.url_open(
            "/mail/attachment/upload",
            data={
                "csrf_token": self.csrf(),
                "thread_id": record.id,
                "thread_model": record._name,
                "is_pending": "true",
                **kwargs,
            },
            files={"ufile": (name, content)},
        )
        return json.loads(response.content)

    # ------------------------------------------------------------------ fixtures
    def answer(self, case, body="Restart it, please."):
        """A public answer of the agent."""
        return case.with_user(self.agent_a).message_post(
            body=body, message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    def note(self, case, **values):
        """An internal note of the agent."""
        return case.with_user(self.agent_a).message_post(
            body="He never pays.",
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            **values,
        )

    def revise(self, subscription, day=date(2021, 12, 1), lines=None):
        """A draft revision, at a date whose index is known."""
        revisions = self.env["crm.price.revision"]
        if not subscription.clause_ids:
            self.add_clause(subscription, s0_month=date(2021, 11, 1), s0_value=0)
            self.verify_series()
        return revisions.create(
            revisions._prepare_revision(
                lines or subscription.line_ids, subscription.clause_ids, day
            )
        )
