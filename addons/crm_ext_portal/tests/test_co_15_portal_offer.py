from odoo.tests import tagged

from .common import CrmPortalCase


@tagged("post_install", "-at_install")
class TestCo15PortalOffer(CrmPortalCase):
    """CO-15: a customer asks for a quotation, by the door of all leads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        teams = cls.env["crm.team"]
        teams.search([]).crm_portal_offers = False
        cls.sales = teams.create(
            {
                "name": "Offers",
                "company_id": cls.env.company.id,
                "crm_portal_offers": True,
            }
        )
        cls.contact.commercial_partner_id.user_id = cls.salesperson

    def ask(self, form=None, **values):
        form = form or self.form_of("/my/offer", "/my/offer")
        return self.url_open("/my/offer", data=form | values)

    def leads(self, user=None):
        leads = self.env["crm.lead"].with_user(user or self.salesperson)
        return leads.search([("partner_id", "=", self.contact.id)])

    def test_co_15_a_request_becomes_a_lead_with_its_source(self):
        self.login(self.claire)
        self.assertIn("Ask for a quotation", self.main_text("/my"))
        response = self.ask(subject="Backups", description="Twenty\n<b>posts</b>")
        self.assertIn("Thank you", response.text)
        lead = self.leads()
        self.assertEqual((lead.name, lead.team_id), ("Backups", self.sales))
        self.assertEqual(lead.user_id, self.salesperson)
        self.assertEqual(
            (lead.source_id.name, lead.medium_id.name), ("Portal", "Website")
        )
        self.assertIn("&lt;b&gt;posts", lead.description)
        self.assertTrue(lead.crm_waiting_since)
        # what sales note on the lead is not the customer's business
        self.assertNotIn(self.contact, lead.message_partner_ids)

    def test_another_request_is_told_on_the_open_lead(self):
        self.login(self.claire)
        self.ask(subject="Backups")
        self.ask(subject="And a mirror")
        lead = self.leads()
        self.assertEqual(len(lead), 1)
        note = lead.message_ids[0]
        self.assertIn("And a mirror", note.body)
        self.assertEqual(note.author_id, self.contact)
        self.assertEqual(note.notified_partner_ids, self.salesperson.partner_id)

    def test_one_form_sent_twice_is_one_request_whatever_the_rule(self):
        self.sales.crm_duplicate_rule = "new"
        self.login(self.claire)
        form = self.form_of("/my/offer", "/my/offer")
        for _twice in range(2):
            self.ask(form, subject="Backups")
        self.assertEqual(len(self.leads()), 1)
        self.ask(subject="Backups")
        self.assertEqual(len(self.leads()), 2)

    def test_without_a_team_the_portal_offers_nothing(self):
        self.sales.crm_portal_offers = False
        self.login(self.claire)
        self.assertNotIn("Ask for a quotation", self.main_text("/my"))
        self.assertTrue(self.url_open("/my/offer").url.endswith("/my"))

    def test_a_subject_is_needed_and_what_was_written_stays(self):
        self.login(self.claire)
        response = self.ask(subject=" ", description="Twenty posts")
        self.assertIn("Write a subject.", response.text)
        self.assertIn("Twenty posts", response.text)
        self.assertFalse(self.leads())

    def test_customers_reach_no_lead_by_rpc(self):
        self.login(self.claire)
        self.assert_refused("AccessError", "crm.lead", "crm_receive", {"name": "X"})
        self.assert_refused("AccessError", "crm.lead", "search_read", [], ["name"])
