from odoo.tests import tagged

from .common import CrmPortalCase


@tagged("post_install", "-at_install")
class TestPo01Requests(CrmPortalCase):
    """A customer opens a request and follows answers and state."""

    def test_po_01_open_a_request_and_read_the_answer_and_the_state(self):
        self.login(self.claire)
        response = self.send_request(
            {
                "subject": "Invoice cannot be printed",
                "description": "Since this morning.\nFor everybody.",
            }
        )
        case = self.env["crm.case"].search([("name", "=", "Invoice cannot be printed")])
        self.assertEqual(len(case), 1)
        self.assertIn(f"/my/cases/{case.id}", response.url)
        self.assertEqual(case.partner_id, self.contact)
        self.assertEqual(case.channel, "portal")
        self.assertEqual(case.stage_kind, "new")
        self.assertTrue(case.crm_queue_id, "it waits in the team's queue")

        self.answer(case)
        case.with_user(self.manager).stage_id = self.env.ref(
            "crm_ext_service.stage_waiting"
        )
        page = self.main_text(f"/my/cases/{case.id}")
        self.assertIn("Since this morning.", page)
        self.assertIn("Waiting for you", page)
        bodies = [message["body"] for message in self.fetch(case)]
        self.assertIn("Restart it, please.", str(bodies))

    def test_po_01_the_request_names_the_service_it_is_about(self):
        subscription = self.subscribe()
        self.login(self.claire)
        form = self.form_of(
            f"/my/cases/new?line_id={subscription.line_ids.id}", "/my/cases/new"
        )
        self.assertEqual(form["line_id"], str(subscription.line_ids.id))
        category = self.env.ref("crm_ext_service.category_question")
        self.send_request(
            {"subject": "How to?", "category_id": str(category.id)}, form=form
        )
        case = self.env["crm.case"].search([("name", "=", "How to?")])
        self.assertEqual(case.crm_subscription_id, subscription)
        self.assertEqual(case.product_id, self.product)
        self.assertEqual(case.category_id, category)

    def test_po_01_another_company_s_service_is_not_taken(self):
        subscription = self.subscribe()
        self.login(self.rita)
        self.send_request(
            {"subject": "Mine?", "line_id": str(subscription.line_ids.id)}
        )
        case = self.env["crm.case"].search([("name", "=", "Mine?")])
        self.assertFalse(case.crm_subscription_id)

    def test_po_01_a_form_sent_twice_opens_one_case(self):
        self.login(self.claire)
        form = self.form_of("/my/cases/new", "/my/cases/new")
        first = self.send_request({"subject": "Twice"}, form=form)
        second = self.send_request({"subject": "Twice"}, form=form)
        self.assertEqual(first.url, second.url)
        self.assertEqual(self.env["crm.case"].search_count([("name", "=", "Twice")]), 1)

    def test_po_01_a_request_without_subject_is_refused_in_words(self):
        self.login(self.claire)
        before = self.env["crm.case"].search_count([])
        response = self.send_request({"subject": "  ", "description": "Kept text"})
        self.assertIn("Write a subject.", response.text)
        self.assertIn("Kept text", response.text)
        self.assertEqual(self.env["crm.case"].search_count([]), before)

    def test_po_01_markup_in_a_request_is_text(self):
        self.login(self.claire)
        self.send_request(
            {"subject": "<b>S</b>", "description": "<script>alert(1)</script>"}
        )
        case = self.env["crm.case"].search([("name", "=", "<b>S</b>")])
        self.assertIn("&lt;script&gt;", case.description)
        body = self.url_open(f"/my/cases/{case.id}").text
        self.assertNotIn("<script>alert(1)", body)

    def test_po_01_list_searches_filters_sorts_and_pages(self):
        first = self._new_case(name="Printer is dead")
        closed = self._new_case(name="Screen is dark")
        closed.action_close()
        self.login(self.claire)
        both = self.main_text("/my/cases")
        self.assertIn(first.number, both)
        self.assertIn(closed.number, both)
        self.assertNotIn(closed.number, self.main_text("/my/cases?search=printer dead"))
        self.assertNotIn(first.number, self.main_text("/my/cases?filterby=closed"))
        ascending = self.main_text("/my/cases?sortby=number")
        self.assertLess(ascending.index(first.number), ascending.index(closed.number))
        descending = self.main_text("/my/cases?sortby=newest")
        self.assertGreater(
            descending.index(first.number), descending.index(closed.number)
        )
        self.main_text("/my/cases?sortby=bogus&filterby=bogus")
        for number in range(20):
            self._new_case(name=f"Case {number}")
        self.assertIn("Printer is dead", self.main_text("/my/cases/page/2"))

    def test_po_01_home_counts_and_always_offers_a_new_request(self):
        self.login(self.rita)
        self.assertTrue(self.page("/my").xpath("//a[@href='/my/cases/new']"))
        self._new_case()
        self.login(self.claire)
        counts = self.make_jsonrpc_request(
            "/my/counters",
            {
                "counters": [
                    "crm_case_count",
                    "crm_subscription_count",
                    "crm_answer_count",
                ]
            },
        )
        self.assertEqual(counts["crm_case_count"], 1)
        self.assertEqual(counts["crm_subscription_count"], 0)
        self.assertEqual(counts["crm_answer_count"], 0)

    def test_po_01_an_employee_without_rights_opens_the_portal(self):
        self.login(self.stranger)
        self.main_text("/my")
        counts = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["crm_case_count"]}
        )
        self.assertFalse(counts.get("crm_case_count"))
        self.assertEqual(self.url_open("/my/cases").url.rsplit("/", 1)[1], "my")
