from odoo.fields import Command
from odoo.tests import tagged

from .test_lead_score import ScoreCase


@tagged("post_install", "-at_install")
class TestQualificationCompanies(ScoreCase):
    """Handing over with a team of no company, as the host's own: people of the lead's
    company only, and the lead stays in its company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.both = cls.env.company + cls.elsewhere
        cls.salesperson.company_ids = cls.both
        cls.anna = cls._new_user("test_anna", "sales_team.group_sale_salesman")
        cls.ines = cls._new_user(
            "test_ines",
            "sales_team.group_sale_salesman",
            company_id=cls.elsewhere.id,
            company_ids=[Command.set(cls.elsewhere.ids)],
        )
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Sales of all",
                "company_id": False,
                "user_id": False,
                "member_ids": [Command.set((cls.anna | cls.ines).ids)],
            }
        )
        cls.rule = cls.env["crm.qualification.rule"].create(
            {
                "name": "Call quickly",
                "threshold": 50,
                "team_id": cls.team.id,
                "keep_user": False,
            }
        )

    def hand_over(self, *companies, **values):
        """Leads of these companies reach the rule, as the salesperson enters them."""
        good = {"function": "director", "expected_revenue": 10000, "user_id": False}
        leads = self._create_leads(
            *[good | {"company_id": one.id} | values for one in companies]
        ).sudo()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(len(leads.crm_firing_ids), len(companies))
        self.assertEqual([one.company_id for one in leads], list(companies))
        return leads

    def test_co_18_each_lead_goes_to_people_of_its_company_and_stays_in_it(self):
        none = self.env["res.company"]
        leads = self.hand_over(self.env.company, self.elsewhere, self.elsewhere, none)
        self.assertEqual(
            [one.user_id for one in leads],
            [self.anna, self.ines, self.ines, self.anna],
            "least loaded, whatever the company: Anna has one, Inès two",
        )

    def test_in_turn_and_by_name(self):
        self.rule.choice = "round_robin"
        leads = self.hand_over(self.elsewhere, self.elsewhere, self.env.company)
        self.assertEqual(
            [one.user_id for one in leads], [self.ines, self.ines, self.anna]
        )
        self.rule.write({"choice": "fixed", "user_id": self.anna.id})
        leads = self.hand_over(self.elsewhere, self.env.company)
        self.assertEqual(
            [one.user_id for one in leads], [self.env["res.users"], self.anna]
        )

    def test_nobody_of_the_company(self):
        self.team.member_ids = self.anna
        lead = self.hand_over(self.elsewhere)
        self.assertFalse(lead.user_id)
        self.assertEqual(lead.team_id, self.team)
        self.assertIn("nobody yet", lead.crm_firing_ids.reason)

    def test_an_undo_leaves_the_lead_in_its_company(self):
        lead = self.hand_over(self.elsewhere, team_id=False)
        lead.crm_firing_ids.with_user(self.ines).action_undo()
        self.env.flush_all()
        self.assertFalse(lead.user_id)
        self.assertEqual(lead.company_id, self.elsewhere)

    def test_a_company_taken_from_the_team_is_given_back(self):
        self.team.member_ids = self.anna
        self.team.company_id = self.env.company
        good = {"function": "director", "expected_revenue": 10000}
        lead = self._create_leads(good | {"user_id": False, "team_id": False}).sudo()
        self.assertEqual((lead.user_id, lead.team_id), (self.anna, self.team))
        self.assertEqual(lead.company_id, self.env.company)
        lead.crm_firing_ids.with_user(self.anna).action_undo()
        self.env.flush_all()
        self.assertFalse(lead.company_id)

    def test_a_lead_that_cools_goes_to_no_team_of_another_company(self):
        away = self.env["crm.team"].create(
            {"name": "Nurturing", "company_id": self.env.company.id}
        )
        self.rule.write({"cool_below": 30, "cool_team_id": away.id})
        ours, theirs = self.hand_over(self.env.company, self.elsewhere, team_id=False)
        (ours + theirs).write({"function": "trainee", "expected_revenue": 0})
        self.env.flush_all()
        self.assertEqual(ours.team_id, away)
        self.assertFalse(theirs.team_id)
        self.assertFalse((ours + theirs).user_id)
        self.assertEqual(theirs.company_id, self.elsewhere)
