from datetime import date

from odoo.tests import tagged

from .common import PDF, CrmPortalCase

OURS = "odoo.addons.crm_ext_"
OPERATIONS = ("read", "write", "create", "unlink")


@tagged("post_install", "-at_install")
class TestPo08Access(CrmPortalCase):
    """A stranger and a passer-by reach nothing of a customer, by any road.

    Roads are enumerated from the registry: a new route, or a new model open to customers,
    fails here until it has its fixture.
    """

    def setUp(self):
        super().setUp()
        self.book = self._new_book(10)
        self.case = self._new_case(description="<p>Secret furnace</p>")
        self._log(self.case, 1.5)
        self.case.action_close()
        self.answer(self.case, "Secret answer")
        self.message = self.case.message_ids[0]
        self.attachment = self.env["ir.attachment"].create({
            "name": "secret.pdf",
            "raw": PDF,
            "res_model": "crm.case",
            "res_id": self.case.id,
        })
        self.subscription = self.subscribe(start=date(2021, 11, 1))
        self.invoice = self.bill(self.subscription, date(2021, 11, 1))
        self.revision = self.revise(self.subscription)
        self.revision.with_user(self.accountant).action_approve()
        # one foreign record of each model that customers may read
        self.fixtures = {
            "crm.case": self.case,
            "crm.hour.book": self.book,
            "crm.hour.move": self.book.move_ids[0],
            "crm.subscription": self.subscription,
            "crm.subscription.line": self.subscription.line_ids,
            "crm.billing.period": self.subscription.period_ids,
            "crm.price.revision": self.revision,
        }
        self.secrets = (
            self.case.number,
            "Secret furnace",
            "Secret answer",
            self.book.name,
            self.subscription.name,
            self.invoice.name,
        )

    def as_strangers(self):
        """The rival customer, then nobody at all."""
        for user in (self.rita, None):
            self.authenticate(user and user.login, user and user.login)
            with self.subTest(user=user and user.login or "public"):
                yield user

    # ------------------------------------------------------------------ routes
    def _requests(self):
        """(rule, method): what a stranger sends to each route of ours."""
        case, subscription = self.case.id, self.subscription.id
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
            ("/my/subscriptions", "GET"): ("/my/subscriptions", None),
            ("/my/subscriptions/page/<int:page>", "GET"): (
                "/my/subscriptions/page/1",
                None,
            ),
            ("/my/subscriptions/<int:subscription_id>", "GET"): (
                f"/my/subscriptions/{subscription}",
                None,
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
            route for route in self._our_routes() if route[0].startswith(("/my/", "/mail/"))
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
                            {"ufile": ("a.txt", b"text")} if rule.startswith("/mail") else None
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
        spy = self.env["crm.case"].search([("name", "=", "Spy")])
        self.assertFalse(spy.subscription_id)
        attached = [("res_model", "=", "crm.case"), ("res_id", "=", self.case.id)]
        self.assertEqual(self.env["ir.attachment"].search(attached), self.attachment)

    def test_po_08_pages_of_foreign_records_send_away(self):
        for user in self.as_strangers():
            for path in (
                f"/my/cases/{self.case.id}",
                f"/my/cases/{self.case.id}?access_token=0",
                f"/my/subscriptions/{self.subscription.id}",
                f"/my/invoices/{self.invoice.id}",
                f"/my/invoices/{self.invoice.id}?report_type=pdf&download=true",
            ):
                with self.subTest(path):
                    response = self.url_open(path, allow_redirects=False)
                    self.assertIn(response.status_code, (303, 403, 404))
                    self.assertNotIn("application/pdf", response.headers["Content-Type"])

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
        fetched = self._try(lambda: self.fetch(record))
        self.assertFalse(fetched)
        self.assertIsNone(self._try(lambda: self.comment(record, "Intruder")))
        guessed = {"token": "0" * 36, "hash": "0" * 64, "pid": self.contact.id}
        self.assertIsNone(self._try(lambda: self.comment(record, "Intruder", **guessed)))
        self.assertFalse(self._try(lambda: self.fetch(record, token="0" * 36)))

    def _try(self, call):
        """What a call answers, None when the server refuses."""
        try:
            return call()
        except Exception:  # any refusal is a refusal
            return None

    def test_po_08_messages_of_others_are_neither_edited_nor_downloaded(self):
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
                    self._try(lambda: self.make_jsonrpc_request(route, params))  # noqa: B023
        self.assertIn("Secret answer", self.message.body)
        self.assertFalse(self.message.sudo().reaction_ids)
        self.assertTrue(self.attachment.exists())

    # ------------------------------------------------------------------ RPC
    def _our_models(self):
        for name, model in self.env.registry.items():
            if name.startswith("crm.") and model._original_module.startswith("crm_ext_"):
                if not model._abstract:
                    yield name

    def test_po_08_customers_read_the_models_with_a_fixture_and_write_none(self):
        for name in self._our_models():
            with self.subTest(name):
                for user in (self.claire, self.env.ref("base.public_user")):
                    model = self.env[name].with_user(user)
                    allowed = {op for op in OPERATIONS if model.has_access(op)}
                    may_read = user == self.claire and name in self.fixtures
                    self.assertEqual(allowed, {"read"} if may_read else set())

    def test_po_08_rpc_gives_nothing_of_any_model_to_a_stranger(self):
        self.login(self.rita)
        for name in self._our_models():
            with self.subTest(name):
                record = self.fixtures.get(name)
                ids = record.ids if record else [1]
                if record:
                    self.assertEqual(self.call(name, "search_read", [], ["id"]), [])
                    self.assertEqual(self.call(name, "search_count", [("id", "in", ids)]), 0)
                else:
                    self.assert_refused("AccessError", name, "search_read", [], ["id"])
                self.assert_refused("AccessError", name, "read", ids, ["id"])
                self.assert_refused(self._refusal(name), name, "write", ids, {"name": "x"})
                self.assert_refused("AccessError", name, "unlink", ids)

    def test_po_08_rpc_needs_a_login(self):
        self.authenticate(None, None)
        for name, record in self.fixtures.items():
            with self.subTest(name):
                self.assert_refused("SessionExpired", name, "read", record.ids, ["id"])

    def test_po_08_messages_and_followers_of_foreign_records_by_rpc(self):
        self.login(self.rita)
        messages = self.case.sudo().message_ids
        self.assertEqual(self.call("mail.message", "search", [("id", "in", messages.ids)]), [])
        self.assert_refused("AccessError", "mail.message", "read", messages.ids, ["body"])
        self.assert_refused("AccessError", "ir.attachment", "read", self.attachment.ids)
        self.assert_refused("AccessError", "mail.followers", "search_read", [])
        self.call("crm.case", "message_subscribe", self.case.ids, self.rita.partner_id.ids)
        self.assertNotIn(self.rita.partner_id, self.case.sudo().message_partner_ids)
        for method, args in (
            ("message_post", [self.case.id]),
            ("action_close", [self.case.ids]),
            ("action_reopen", [self.case.ids]),
            ("action_pick", [self.case.ids]),
            ("get_portal_url", [self.case.ids]),
        ):
            with self.subTest(method):
                self.assert_refused("AccessError", "crm.case", method, *args)

    def _refusal(self, name):
        """Hour moves refuse every change, before anybody's rights are asked."""
        return "UserError" if name == "crm.hour.move" else "AccessError"

    # ------------------------------------------------------------------ own records
    def test_po_08_internal_fields_of_own_records_are_closed_by_rpc(self):
        self.login(self.claire)
        for name, record in self.fixtures.items():
            with self.subTest(name):
                model = self.env[name]
                allowed = model._portal_fields | {
                    "id",
                    "display_name",
                    "create_date",
                    "write_date",
                }
                (read,) = self.call(name, "read", record.ids[:1])
                self.assertEqual(set(read), allowed)
                self.assertEqual(allowed - set(model._fields), set(), "a misspelt field")
                for field in sorted(set(model._fields) - allowed):
                    self.assert_refused("AccessError", name, "read", record.ids[:1], [field])

    def test_po_08_internal_fields_neither_filter_nor_group_nor_sort(self):
        self.login(self.claire)
        for name, field in (
            ("crm.case", "access_token"),
            ("crm.case", "email_from"),
            ("crm.subscription", "internal_note"),
            ("crm.hour.book", "overdraft"),
        ):
            with self.subTest(field):
                domain = [(field, "ilike", "a")]
                self.assert_refused("AccessError", name, "search_count", domain)
                self.assert_refused(
                    "AccessError", name, "formatted_read_group", [], [field], ["__count"]
                )
                self.assert_refused("AccessError", name, "search", [], order=field)

    def test_po_08_a_customer_changes_nothing_by_rpc(self):
        self.login(self.claire)
        for name, record in self.fixtures.items():
            with self.subTest(name):
                refusal = self._refusal(name)
                self.assert_refused(refusal, name, "write", record.ids, {"name": "x"})
                self.assert_refused("AccessError", name, "unlink", record.ids)
        self.assert_refused("AccessError", "crm.case", "action_reopen", self.case.ids)
        still_open = self._new_case()
        self.assert_refused("AccessError", "crm.case", "action_close", still_open.ids)
        self.assert_refused(
            "AccessError", "crm.subscription", "action_close", self.subscription.ids
        )
