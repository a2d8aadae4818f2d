from odoo.tests import tagged

from .import_common import ImportCase


@tagged("post_install", "-at_install")
class TestCo15Import(ImportCase):
    """An import enters by the same rules as the other doors of leads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["crm.team"].create({"name": "Fair", "sequence": 0})
        cls.env["crm.team.member"].create(
            {"crm_team_id": cls.team.id, "user_id": cls.salesperson.id}
        )
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "By mail",
                "email_from": "a@alpha.example",
                "user_id": cls.salesperson.id,
            }
        )

    def import_two(self):
        run = self.import_file(
            self.table("ALPHA;a@alpha.example;Un;1500", "ALPHA;b@alpha.example;Deux;2")
        )
        return run.row_ids.sorted("number")

    def leads(self, mail="a@alpha.example"):
        return self.env["crm.lead"].search([("email_normalized", "=", mail)])

    def test_co_15_a_row_of_who_has_an_open_lead_is_told_there(self):
        rows = self.import_two()
        self.assertEqual(self.leads(), self.lead)
        self.assertEqual(rows[0].lead_id, self.lead)
        self.assertEqual(rows[0].contact_id.email, "a@alpha.example")
        self.assertIn("1500", self.lead.message_ids[0].body)
        self.assertEqual(rows[1].lead_id, self.leads("b@alpha.example"))

    def test_a_colleague_s_lead_is_told_and_not_shown(self):
        self.lead.user_id = self.sales_manager
        rows = self.import_two()
        self.assertEqual(self.leads(), self.lead)
        self.assertFalse(rows[0].lead_id)
        self.assertIn("1500", self.lead.message_ids[0].body)

    def test_the_team_may_want_a_new_lead_each_time(self):
        self.team.crm_duplicate_rule = "new"
        rows = self.import_two()
        self.assertEqual(len(self.leads()), 2)
        self.assertNotEqual(rows[0].lead_id, self.lead)
