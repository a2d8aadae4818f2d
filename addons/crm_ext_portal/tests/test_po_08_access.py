from requests import HTTPError

from odoo.tests import JsonRpcException, tagged

from .access_case import CrmAccessCase
from .common import PDF

OURS = "odoo.addons.crm_ext_"


@tagged("post_install", "-at_install")
class TestPo08Access(CrmAccessCase):
    """A stranger and a passer-by reach nothing of a customer, by any road.

    Routes are enumerated from the registry: a new one fails here until it has its
    fixture. The same for models stands in test_po_08_rpc.
    """

    # ------------------------------------------------------------------ routes
    def _requests(self):
        """(rule, method): what a stranger sends to each route of ours."""
        case, subscription = self.case.id, self.subscription.id
        revision = self.revision.id
        edit = {"subject": "Taken over", "description": "Taken over"}
        upload = {"thread_model": "crm.case", "thread_id": case}
        return {
            ("/my/cases", "GET"): ("/my/cases", None),
            ("/my/cases/page/<int:page>", "GET"): ("/my/cases/page/1", None),
            ("/my/cases/<int:case_id>", "GET"): (f"/my/cases/{case}", None),
            ("/my/cases/<int:case_id>/edit", "POST"): (f"/my/cases/{case}/edit", edit),
            ("/my/cases/new", "GET"): ("/my/cases/new", None),
            ("/my/cases/new", "POST"): (
                "/my/cases/new",
                {"subject": "Spy", "line_id": self.subscription.line_ids.id},
            ),
            ("/my/offer", "GET"): ("/my/offer", None),
            ("/my/offer", "POST"): ("/my/offer", {"subject": "Spy"}),
            ("/my/subscriptions", "GET"): ("/my/subscriptions", None),
            ("/my/subscriptions/page/<int:page>", "GET"): (
                "/my/subscriptions/page/1",
                None,
            ),
            ("/my/subscriptions/<int:subscription_id>", "GET"): (
                f"/my/subscriptions/{subscription}",
                None,
            ),
            ("/my/subscriptions/<int:subscription_id>/payment_method", "POST"): (
                f"/my/subscriptions/{subscription}/payment_method",
                {"token_id": "1"},
            ),
            ("/my/revisions/<int:revision_id>", "GET"): (
                f"/my/revisions/{revision}",
                None,
            ),
            ("/my/revisions/<int:revision_id>/letter", "GET"): (
                f"/my/revisions/{revision}/letter",
                None,
            ),
            ("/my/revisions/<int:revision_id>/answer", "POST"): (
                f"/my/revisions/{revision}/answer",
                {"answer": "accepted"},
            ),
            ("/my/hours", "GET"): ("/my/hours", None),
            ("/mail/attachment/upload", "POST"): ("/mail/attachment/upload", upload),
        }

    def _our_routes(self):
        """(rule, method) of every route that an addon of ours serves."""
        http = self.env["ir.http"]
        rules = http._generate_routing_rules(
            sorted(self.registry._init_modules), http._get_converters()
        )
        for url, endpoint in rules:
            if endpoint.original_endpoint.__module__.startswith(OURS):
                for method in endpoint.routing["methods"] or ["GET"]:
                    yield url, method

    def test_po_08_every_route_has_its_fixture(self):
        portal = {
            route
            for route in self._our_routes()
            if route[0].startswith(("/my/", "/mail/"))
        }
        self.assertEqual(portal, set(self._requests()))

    def test_po_08_no_route_shows_or_changes_a_foreign_record(self):
        before = self.case.name
        for user in self.as_strangers():
            csrf = self.csrf() if user else ""
            for (rule, method), (url, data) in self._requests().items():
                with self.subTest(route=rule, method=method):
                    if method == "POST":
                        files = (
                            {"ufile": ("a.txt", b"text")}
                            if rule.startswith("/mail")
                            else None
                        )
                        response = self.url_open(
                            url, data=data | {"csrf_token": csrf}, files=files
                        )
                    else:
                        response = self.url_open(url)
                    self.assertLess(response.status_code, 500)
                    for secret in self.secrets:
                        self.assertNotIn(secret, response.text)
        self.assertEqual(self.case.name, before)
        self.assertFalse(self.revision.answer)
        spy = self.env["crm.case"].search([("name", "=", "Spy")])
        self.assertFalse(spy.crm_subscription_id)
        attached = [("res_model", "=", "crm.case"), ("res_id", "=", self.case.id)]
        self.assertEqual(self.env["ir.attachment"].search(attached), self.attachment)

    def test_po_08_pages_of_foreign_records_send_away(self):
        for _user in self.as_strangers():
            for path in (
                f"/my/cases/{self.case.id}",
                f"/my/cases/{self.case.id}?access_token=0",
                f"/my/subscriptions/{self.subscription.id}",
                f"/my/revisions/{self.revision.id}",
                f"/my/revisions/{self.revision.id}/letter",
                f"/my/invoices/{self.invoice.id}",
                f"/my/invoices/{self.invoice.id}?report_type=pdf&download=true",
            ):
                with self.subTest(path):
                    response = self.url_open(path, allow_redirects=False)
                    self.assertIn(response.status_code, (303, 403, 404))
                    self.assertNotIn(
                        "application/pdf", response.headers["Content-Type"]
                    )

    # ------------------------------------------------------------------ host's routes
    def test_po_08_files_and_images_answer_as_if_they_did_not_exist(self):
        for _user in self.as_strangers():
            paths = [
                f"/web/content/{self.attachment.id}",
                f"/web/content/{self.attachment.id}?access_token=0",
                f"/web/image/{self.attachment.id}",
                f"/web/content/crm.case/{self.case.id}/description",
                f"/report/pdf/account.report_invoice/{self.invoice.id}",
            ]
            for path in paths:
                with self.subTest(path):
                    response = self.url_open(path, allow_redirects=False)
                    self.assertNotEqual(response.content, PDF)
                    self.assertIn(response.status_code, (200, 303, 400, 403, 404))
                    for secret in self.secrets:
                        self.assertNotIn(secret, response.text)
                    if path.startswith("/web/content"):
                        self.assertEqual(response.status_code, 404)

    def test_po_08_discussions_of_foreign_records_are_closed(self):
        count = len(self.case.message_ids)
        for _user in self.as_strangers():
            for record in (self.case, self.subscription, self.book, self.revision):
                with self.subTest(record._name):
                    self._check_discussion(record)
        self.assertEqual(len(self.case.message_ids), count)

    def _check_discussion(self, record):
        thread = {"thread_model": record._name, "thread_id": record.id}
        opened = self.make_jsonrpc_request("/portal/chatter_init", thread)
        self.assertNotIn("mail.thread", opened)
        self.assertFalse(self._try(self.fetch, record))
        self.assertFalse(self._try(self.fetch, record, token="0" * 36))
        self.assertIsNone(self._try(self.comment, record, "Intruder"))
        guessed = {"token": "0" * 36, "hash": "0" * 64, "pid": self.contact.id}
        self.assertIsNone(self._try(self.comment, record, "Intruder", **guessed))

    def _try(self, call, *args, **kwargs):
        """What a call answers, None when the server refuses."""
        try:
            return call(*args, **kwargs)
        except (JsonRpcException, HTTPError):
            return None

    def test_po_08_messages_of_others_are_neither_edited_nor_removed(self):
        for _user in self.as_strangers():
            for route, params in (
                (
                    "/mail/message/update_content",
                    {"message_id": self.message.id, "update_data": {"body": "Forged"}},
                ),
                (
                    "/mail/message/reaction",
                    {"message_id": self.message.id, "content": "x", "action": "add"},
                ),
                ("/mail/attachment/delete", {"attachment_id": self.attachment.id}),
            ):
                with self.subTest(route):
                    self._try(self.make_jsonrpc_request, route, params)
        self.assertIn("Secret answer", self.message.body)
        self.assertFalse(self.message.sudo().reaction_ids)
        self.assertTrue(self.attachment.exists())
