from odoo.tests import tagged

from .access_case import CrmAccessCase

OPERATIONS = ("read", "write", "create", "unlink")


@tagged("post_install", "-at_install")
class TestPo08Rpc(CrmAccessCase):
    """Programs reach no more than pages do.

    Models are enumerated from the registry: one that opens to customers fails here
    until it has a foreign record among the fixtures.
    """

    def _our_models(self):
        for name, model in self.env.registry.items():
            if name.startswith("crm.") and model._original_module.startswith(
                "crm_ext_"
            ):
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
                    self.assertEqual(
                        self.call(name, "search_count", [("id", "in", ids)]), 0
                    )
                else:
                    self.assert_refused("AccessError", name, "search_read", [], ["id"])
                self.assert_refused("AccessError", name, "read", ids, ["id"])
                self.assert_refused(
                    self._refusal(name), name, "write", ids, {"name": "x"}
                )
                self.assert_refused("AccessError", name, "unlink", ids)

    def test_po_08_rpc_needs_a_login(self):
        self.authenticate(None, None)
        for name, record in self.fixtures.items():
            with self.subTest(name):
                self.assert_refused("SessionExpired", name, "read", record.ids, ["id"])

    def test_po_08_messages_and_followers_of_foreign_records_by_rpc(self):
        self.login(self.rita)
        messages = self.case.sudo().message_ids
        self.assertEqual(
            self.call("mail.message", "search", [("id", "in", messages.ids)]), []
        )
        self.assert_refused(
            "AccessError", "mail.message", "read", messages.ids, ["body"]
        )
        self.assert_refused("AccessError", "ir.attachment", "read", self.attachment.ids)
        self.assert_refused("AccessError", "mail.followers", "search_read", [])
        self.call(
            "crm.case", "message_subscribe", self.case.ids, self.rita.partner_id.ids
        )
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
        """Ledgers refuse every change, before anybody's rights are asked."""
        ledgers = ("crm.hour.move", "crm.usage.event")
        return "UserError" if name in ledgers else "AccessError"

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
                self.assertEqual(
                    allowed - set(model._fields), set(), "a misspelt field"
                )
                for field in sorted(set(model._fields) - allowed):
                    self.assert_refused(
                        "AccessError", name, "read", record.ids[:1], [field]
                    )

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
                    "AccessError",
                    name,
                    "formatted_read_group",
                    [],
                    [field],
                    ["__count"],
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
            "AccessError",
            "crm.subscription",
            "amend",
            self.subscription.ids,
            "close",
            "today",
        )
