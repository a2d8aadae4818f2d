from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .assignment_common import AssignmentCase


@tagged("post_install", "-at_install")
class TestCo19Companies(AssignmentCase):
    """Assignment in several companies: each manager gives his own leads, to people of
    the lead's company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.ines = cls._new_user(
            "test_ines",
            "sales_team.group_sale_salesman",
            company_id=cls.elsewhere.id,
            company_ids=[Command.set(cls.elsewhere.ids)],
        )
        cls.their_team = cls.env["crm.team"].create(
            {"name": "Elsewhere's", "company_id": cls.elsewhere.id}
        )
        cls._add_member(cls.their_team, cls.ines)
        # a rule of the other company comes first, on the leads of any team
        cls.their_rule = cls.env["crm.assignment.rule"].create(
            {
                "name": "Elsewhere's",
                "team_id": cls.their_team.id,
                "use_absence": False,
                "sequence": 1,
                "domain": "[('name', 'like', 'Lead')]",
            }
        )

    @classmethod
    def _add_member(cls, team, user):
        return cls.env["crm.team.member"].create(
            {"crm_team_id": team.id, "user_id": user.id, "assignment_max": 100}
        )

    def their_leads(self, count=1, **values):
        values = {
            "company_id": self.elsewhere.id,
            "team_id": self.their_team.id,
        } | values
        return self.new_leads(count, **values)

    def all_leads_preview(self):
        self.env["crm.lead"].search(
            [("user_id", "=", False), ("name", "not like", "Lead %")]
        ).write({"active": False})
        previews = self.env["crm.assignment.preview"].with_user(self.sales_manager)
        self.env.invalidate_all()
        return previews.browse(previews.action_open()["res_id"])

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_ext_core.ir_cron_assign").method_direct_trigger()
        self.env.invalidate_all()

    def test_a_manager_gives_the_leads_of_his_companies_only(self):
        ours, theirs = self.new_leads(2), self.their_leads(3)
        preview = self.all_leads_preview()
        self.assertEqual(preview.line_ids.rule_id, self.rule)
        self.assertEqual((preview.given_count, preview.left_count), (2, 0))
        self.env.invalidate_all()
        preview.action_apply()
        self.env.invalidate_all()
        self.assertEqual(ours.user_id, self.yann + self.lea)
        self.assertFalse(theirs.user_id)

    def test_the_scheduled_action_gives_those_of_all_companies(self):
        ours, theirs = self.new_leads(2), self.their_leads(3)
        self.run_cron()
        self.assertEqual(ours.user_id, self.yann + self.lea)
        self.assertEqual(theirs.user_id, self.ines)
        self.assertEqual(theirs.company_id, self.elsewhere)

    def test_the_leads_of_strangers_are_refused(self):
        theirs = self.their_leads()
        self.env.invalidate_all()
        previews = self.env["crm.assignment.preview"].with_user(self.sales_manager)
        with self.assertRaises(AccessError):
            previews.action_open(theirs.ids)

    def test_a_preview_made_up_gives_nothing_of_strangers(self):
        ours, theirs = self.new_leads(), self.their_leads()
        made_up = [
            [rule.id, lead.id, user.id, "share", 0, []]
            for rule, lead, user in (
                (self.their_rule, theirs, self.ines),
                (self.rule, theirs, self.yann),
                (self.their_rule, ours, self.ines),
            )
        ]
        previews = self.env["crm.assignment.preview"].with_user(self.sales_manager)
        preview = previews.create({"decisions": made_up})
        self.env.invalidate_all()
        preview.action_apply()
        self.env.invalidate_all()
        self.assertFalse((ours + theirs).user_id)
        self.assertFalse((ours + theirs).crm_assignment_ids)

    def test_a_lead_that_went_to_another_company_meanwhile_stays_there(self):
        moved, lead = self.new_leads(2)
        preview = self.preview(moved + lead)
        moved.write({"team_id": self.their_team.id, "company_id": self.elsewhere.id})
        self.env.invalidate_all()
        preview.action_apply()
        self.env.invalidate_all()
        self.assertFalse(moved.user_id)
        self.assertEqual(moved.company_id, self.elsewhere)
        self.assertTrue(lead.user_id)

    # ---------------------------------------------------------- teams of no company
    def share_a_team(self):
        """One team of no company, as the host's own, with people of both."""
        self.team.company_id = False
        self.their_rule.active = False
        self._add_member(self.team, self.ines)

    def test_a_team_of_no_company_gives_each_lead_to_people_of_its_company(self):
        self.share_a_team()
        ours = self.new_leads(4)
        theirs = self.new_leads(2, company_id=self.elsewhere.id)
        shared = self.new_leads(3, company_id=False)
        self.run_cron()
        self.assertEqual(ours.user_id, self.yann + self.lea)
        self.assertEqual(theirs.user_id, self.ines)
        self.assertEqual(len(shared.filtered("user_id")), 3)
        self.assertEqual(ours.company_id, self.env.company)
        self.assertEqual(theirs.company_id, self.elsewhere)
        self.assertFalse(shared.company_id)

    def test_nobody_of_the_leads_company_is_told(self):
        self.share_a_team()
        self.member_yann.active = self.member_lea.active = False
        lead = self.new_leads()
        preview = self.preview(lead)
        self.assertEqual(preview.line_ids.obstacle, "company")
        self.run_cron()
        self.assertFalse(lead.user_id)
        self.assertEqual(lead.company_id, self.env.company)

    def test_who_follows_the_company_gets_no_lead_of_another_one(self):
        self.share_a_team()
        company = self.env["res.partner"].create(
            {"name": "Moulin", "is_company": True, "user_id": self.ines.id}
        )
        lead = self.new_leads(partner_id=company.id)
        self.assertIn(self.give(lead)[0], self.yann + self.lea)

    def test_a_lead_of_no_company_takes_that_of_its_team(self):
        self.their_rule.active = False
        lead = self.new_leads(company_id=False, team_id=False)
        self.rule.domain = f"[('id', '=', {lead.id})]"
        self.give(lead)
        self.assertTrue(lead.user_id)
        self.assertEqual(lead.company_id, self.env.company)
