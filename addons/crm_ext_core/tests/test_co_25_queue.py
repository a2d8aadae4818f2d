from odoo.exceptions import AccessError
from odoo.tests import tagged

from .duplicates_common import DuplicatesCase


@tagged("post_install", "-at_install")
class TestDuplicateQueue(DuplicatesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.again = cls._lead(
            user_id=cls.salesperson.id,
            name="Visit of the fair",
            contact_name="LECOEUR Zoe",
            partner_name="VINOUZE",
            phone="02 99 00 12 34",
        )
        company = cls.env["res.partner"]
        values = {"is_company": True, "zip": "35000", "city": "Rennes"}
        cls.firm = company.create({"name": "Sablière de l'Oust"} | values)
        cls.twin = company.create({"name": "SABLIERE DE L'OUST SA"} | values)
        cls.child = company.create(
            {"name": "Accounts", "parent_id": cls.firm.id, "email": "c@oust.example"}
        )
        cls.firm.email = "c@oust.example"
        cls._end_transaction()

    def test_co_25_a_manager_finds_the_search_in_the_menu(self):
        menu = self.env.ref("crm_ext_core.menu_duplicate_search")
        for user, there in ((self.sales_manager, True), (self.salesperson, False)):
            shown = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            self.assertEqual(menu.id in shown, there, user.login)

    def test_co_25_the_queue_holds_pairs_with_points_and_reasons(self):
        self._search()
        pair = self._pair(self.zoe, self.again)
        self.assertEqual(pair.likely, "same")
        self.assertIn("same name", pair.reasons)
        self.assertIn("same phone", pair.reasons)
        self.assertIn("same company name", self._pair(self.firm, self.twin).reasons)
        # a company and its contact share a mail and are two
        self.assertFalse(self._pair(self.firm, self.child))
        self.assertEqual(self.zoe.crm_duplicate_count, 1)
        action = self.firm.action_crm_open_duplicates()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, self._pair(self.firm, self.twin))

    def test_co_25_a_manager_searches_the_whole_base_once_at_a_time(self):
        search = self.env["crm.duplicate.search"]
        with self.assertRaisesRegex(AccessError, "sales administrator"):
            search.with_user(self.salesperson).action_search()
        manager = search.with_user(self.sales_manager)
        first, again = manager.action_search(), manager.action_search()
        self.assertEqual(first["res_id"], again["res_id"])
        self._run_both()
        self.assertTrue(self._pair(self.zoe, self.again))

    def test_co_25_a_pair_is_shown_to_who_may_read_both_leads(self):
        self._search()
        pair = self._pair(self.zoe, self.again)
        for user, seen in (
            (self.salesperson, False),
            (self.handler, False),
            (self.sales_manager, True),
        ):
            with self.subTest(user.login):
                self.assertEqual(
                    bool(pair.with_user(user)._filtered_access("read")), seen
                )
                self.assertEqual(self.again.with_user(user).crm_duplicate_count, seen)
        self.zoe.user_id = self.salesperson
        own = pair.with_user(self.salesperson)
        self.assertTrue(own._filtered_access("read"))
        # contacts are everybody's
        self.assertTrue(
            self._pair(self.firm, self.twin)
            .with_user(self.salesperson)
            ._filtered_access("read")
        )

    def test_co_25_not_duplicates_is_remembered(self):
        self.zoe.user_id = self.salesperson
        self._search()
        pair = self._pair(self.zoe, self.again).with_user(self.salesperson)
        pair.action_not_duplicates()
        self._search()
        self.assertEqual(
            (pair.state, pair.decided_by_id), ("different", self.salesperson)
        )
        self.assertFalse(self.again.with_user(self.salesperson).crm_duplicate_count)
        pair.action_reopen()
        self.assertEqual(pair.state, "open")
        with self.assertRaises(AccessError):
            pair.write({"state": "different"})
        self.zoe.user_id = self.handler
        with self.assertRaises(AccessError):
            pair.action_not_duplicates()

    def test_co_25_a_search_of_what_changed_finds_the_new_and_drops_the_old(self):
        self._search()
        third = self._lead(
            contact_name="Zoé Lecœur", email_from="zoe.lecoeur@vinouze.example"
        )
        self.again.write({"contact_name": "Bob Stranger", "phone": "02 99 99 99 99"})
        self.env.cr.precommit.run()
        self.env["crm.duplicate.search"]._enqueue(everything=False)
        self.run_batches()
        self.assertTrue(self._pair(self.zoe, third))
        self.assertFalse(self._pair(self.zoe, self.again))

    def test_co_25_leads_of_two_companies_are_no_pair(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.zoe.company_id = self.env.company
        self.again.write({"team_id": False, "user_id": False})
        self.again.company_id = elsewhere
        self._search()
        self.assertFalse(self._pair(self.zoe, self.again))

    def test_co_25_a_base_that_was_there_before_is_indexed_by_a_run(self):
        self.env["crm.duplicate.card"].search([]).unlink()
        self.env.cr.execute("DELETE FROM crm_duplicate_card")
        self.env["crm.duplicate.search"]._enqueue_missing()
        self._run_both()
        self.assertTrue(self._pair(self.zoe, self.again))

    def test_co_25_the_list_of_actions_offers_the_merge_with_preview(self):
        bindings = self.env["ir.actions.actions"].get_bindings("crm.lead")
        ids = {action["id"] for action in bindings["action"]}
        self.assertIn(
            self.env.ref("crm_ext_core.crm_lead_merge_preview_action").id, ids
        )
        self.assertNotIn(self.env.ref("crm.action_merge_opportunities").id, ids)
