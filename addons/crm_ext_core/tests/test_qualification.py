from datetime import date

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_lead_score import NOON, ScoreCase


@tagged("post_install", "-at_install")
class TestQualification(ScoreCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._new_user("test_anna", "sales_team.group_sale_salesman")
        cls.bob = cls._new_user("test_bob", "sales_team.group_sale_salesman")
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Field sales",
                "member_ids": [(6, 0, (cls.anna | cls.bob).ids)],
            }
        )
        cls.rule = cls.env["crm.qualification.rule"].create(
            {
                "name": "Call quickly",
                "threshold": 50,
                "team_id": cls.team.id,
                "keep_user": False,
                "activity_days": 2,
            }
        )
        cls.good = {"function": "director", "expected_revenue": 10000}

    def test_co_18_a_lead_that_reaches_the_rule_is_handed_over_with_the_reason(self):
        lead = self._create_leads({"function": "director"})
        self.assertFalse(lead.sudo().crm_firing_ids)
        with freeze_time(NOON):
            lead.with_user(self.salesperson).expected_revenue = 10000
        lead = lead.sudo()
        self.assertEqual((lead.team_id, lead.user_id), (self.team, self.anna))
        activity = lead.activity_ids
        self.assertEqual(
            (activity.user_id, activity.date_deadline), (self.anna, date(2026, 6, 17))
        )
        reason = lead.crm_firing_ids.reason
        for words in (
            "Call quickly",
            "55",
            "50",
            "+40 Big project",
            "Field sales",
            "test_anna",
        ):
            self.assertIn(words, reason)
        self.assertIn("Call quickly", "".join(lead.message_ids.mapped("body")))
        arch = lead.get_view(view_type="form")["arch"]
        self.assertIn("crm_firing_ids", arch)

    def test_co_18_once_only(self):
        lead = self._create_leads(self.good)
        lead.sudo().activity_ids.unlink()
        lead.sudo().write({"function": "trainee", "user_id": self.bob.id})
        lead.sudo().function = "director"
        self.model.action_recompute()
        self.run_batches()
        self.assertEqual(len(lead.sudo().crm_firing_ids), 1)
        self.assertFalse(lead.sudo().activity_ids)
        self.assertEqual(lead.sudo().user_id, self.bob)

    def test_co_18_the_database_refuses_a_second_handover(self):
        lead = self._create_leads(self.good).sudo()
        firing = lead.crm_firing_ids
        again = firing._claim(self.rule, lead, NOON)
        self.assertFalse(again)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            firing.copy()

    def test_co_18_many_leads_are_shared_out_and_cost_no_more_each(self):
        leads = self._create_leads(*[self.good] * 6).sudo()
        counts = {user: len(group) for user, group in leads.grouped("user_id").items()}
        self.assertEqual(counts, {self.anna: 3, self.bob: 3})
        self.assertEqual(len(leads.activity_ids), 6)
        self.assertEqual(len(leads.crm_firing_ids), 6)

    def test_co_18_in_turn(self):
        self.rule.choice = "round_robin"
        first = self._create_leads(self.good).sudo()
        second = self._create_leads(self.good).sudo()
        third = self._create_leads(self.good).sudo()
        self.assertEqual(first.user_id | second.user_id, self.anna | self.bob)
        self.assertEqual(third.user_id, first.user_id)

    def test_co_18_always_the_same_person(self):
        self.rule.write({"choice": "fixed", "user_id": self.bob.id})
        leads = self._create_leads(*[self.good] * 3).sudo()
        self.assertEqual(leads.user_id, self.bob)

    def test_co_18_the_salesperson_in_charge_stays_when_the_rule_says_so(self):
        self.rule.keep_user = True
        lead = self._create_leads({**self.good, "user_id": self.salesperson.id}).sudo()
        self.assertEqual((lead.user_id, lead.team_id), (self.salesperson, self.team))
        self.assertEqual(lead.activity_ids.user_id, self.salesperson)

    def test_co_18_a_member_whose_assignment_is_paused_gets_nothing(self):
        members = self.team.crm_team_member_ids
        members.filtered(lambda m: m.user_id == self.anna).assignment_optout = True
        leads = self._create_leads(*[self.good] * 2).sudo()
        self.assertEqual(leads.user_id, self.bob)

    def test_co_18_a_team_without_members_gets_the_lead_all_the_same(self):
        self.rule.team_id = self.env["crm.team"].create(
            {"name": "Empty", "user_id": False}
        )
        lead = self._create_leads({**self.good, "user_id": False}).sudo()
        self.assertEqual(lead.team_id, self.rule.team_id)
        self.assertEqual(len(lead.activity_ids), 1)
        self.assertIn("nobody yet", lead.crm_firing_ids.reason)

    def test_co_18_only_open_leads_in_the_rules_domain(self):
        self.rule.domain = "[('city', '=', 'Rennes')]"
        rennes, brest = self._create_leads(
            {**self.good, "city": "Rennes"}, {**self.good, "city": "Brest"}
        )
        self.assertTrue(rennes.sudo().crm_firing_ids)
        self.assertFalse(brest.sudo().crm_firing_ids)
        brest.sudo().city = "Rennes"
        self.assertTrue(
            brest.sudo().crm_firing_ids, "the rule's own fields are watched too"
        )
        lost = self._create_leads({"function": "director", "city": "Rennes"})
        lost.action_set_lost()
        lost.sudo().expected_revenue = 10000
        self.assertFalse(lost.sudo().crm_firing_ids)

    def test_the_rule_shipped_is_off(self):
        data = self.env.ref("crm_ext_core.qualification_rule_default")
        self.assertFalse(data.active)

    def test_a_deferred_import_is_scored_and_handed_over_in_one_go(self):
        leads = self.env["crm.lead"].with_user(self.salesperson)
        created = leads.with_context(crm_score_defer=True).create(
            [{"name": f"Row {i}", **self.good} for i in range(4)]
        )
        self.assertFalse(created.sudo().crm_firing_ids)
        created.with_context(crm_score_defer=False)._refresh_crm_score()
        self.assertEqual(len(created.sudo().crm_firing_ids), 4)

    def test_co_18_a_handover_is_undone_by_hand_and_not_done_again(self):
        mine = {**self.good, "user_id": self.salesperson.id}
        lead = self._create_leads(mine)
        before = self.env["crm.team"].create({"name": "Before"})
        other = self._create_leads({"user_id": self.salesperson.id})
        other.sudo().team_id = before
        other.expected_revenue, other.function = 10000, "director"
        firing = other.sudo().crm_firing_ids
        self.assertEqual(firing.team_id, self.team)
        with self.assertRaises(AccessError):
            firing.with_user(self.stranger).action_undo()
        firing.with_user(self.sales_manager).action_undo()
        other = other.sudo()
        self.assertEqual((other.team_id, other.user_id), (before, self.salesperson))
        self.assertFalse(other.activity_ids)
        self.assertEqual(firing.closed_by_id, self.sales_manager)
        self.assertIn("undone", "".join(other.message_ids.mapped("body")))
        other.function = "director of all"
        self.assertEqual(other.team_id, before, "the rule does not take it again")
        with self.assertRaises(UserError):
            firing.with_user(self.sales_manager).action_undo()
        self.assertTrue(lead.sudo().crm_firing_ids, "others stay")

    def test_co_18_who_has_the_lead_since_keeps_it(self):
        """Neither the undo of an old handover nor its cooling takes it away."""
        self.rule.cool_below = 30
        undone, cooled = self._create_leads(self.good, self.good).sudo()
        for lead in (undone, cooled):
            other = (self.anna | self.bob) - lead.user_id
            lead.with_user(self.sales_manager).user_id = other
        keepers = (undone | cooled).mapped("user_id")
        undone.crm_firing_ids.with_user(self.sales_manager).action_undo()
        cooled.write({"function": "trainee", "expected_revenue": 0})
        self.assertEqual((undone | cooled).mapped("user_id"), keepers)
        self.assertEqual((undone | cooled).team_id, self.team)
        firings = (undone | cooled).crm_firing_ids
        self.assertEqual(firings.mapped("closed_why"), ["moved", "moved"])
        self.assertFalse((undone | cooled).activity_ids)

    def test_co_18_who_objects_to_profiling_is_not_handed_over(self):
        """Not under a new lead of the same address either: nothing is written first
        and excluded afterwards."""
        person = self.env["res.partner"].create(
            {"name": "P", "email": "p@objects.example", "crm_no_profiling": True}
        )
        mail = {"email_from": person.email}
        lead = self._create_leads(self.good | mail)
        later = self._create_leads(self.good | {"function": "trainee"})
        later.write(mail)
        later.function = "director"
        for one in (lead, later):
            self.assertTrue(one.crm_no_profiling)
            self.assertFalse(one.sudo().crm_firing_ids)
            self.assertFalse(one.sudo().activity_ids)

    def test_co_18_a_grade_can_be_asked_for(self):
        self.rule.write({"threshold": 1, "fit_least": "A", "engagement_least": "3"})
        fits = self._create_leads(self.good)
        self.assertEqual(fits.crm_score_grade, "A4")
        self.assertFalse(fits.sudo().crm_firing_ids)
        self.rule.engagement_least = False
        fits._refresh_crm_score()
        self.assertTrue(fits.sudo().crm_firing_ids)

    def test_co_18_a_lead_that_cools_goes_back_to_nurturing(self):
        nurturing = self.env["crm.team"].create({"name": "Nurturing"})
        self.rule.write({"cool_below": 30, "cool_team_id": nurturing.id})
        lead = self._create_leads(self.good).sudo()
        self.assertEqual(lead.team_id, self.team)
        lead.function = "trainee"
        self.assertEqual(lead.team_id, self.team, "40 is not below 30")
        lead.expected_revenue = 0
        self.assertEqual(
            (lead.team_id, lead.user_id), (nurturing, self.env["res.users"])
        )
        self.assertEqual(lead.crm_firing_ids.closed_why, "cooled")
        self.assertFalse(lead.activity_ids)
        self.assertIn("below 30", "".join(lead.message_ids.mapped("body")))
