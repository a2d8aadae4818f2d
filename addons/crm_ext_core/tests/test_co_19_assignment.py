from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ..tools.hooks import Expertise
from .assignment_common import AssignmentCase

MONDAY = "2026-03-02 08:00:00"


@tagged("post_install", "-at_install")
class TestCo19Assignment(AssignmentCase):
    """New leads go to the right person, who can read why."""

    def test_co_19_preview_gives_nothing_then_the_distribution_is_applied(self):
        leads = self.new_leads(5)
        preview = self.preview(leads)
        self.assertFalse(leads.user_id)
        self.assertEqual(sorted(preview.line_ids.mapped("count")), [2, 3])
        preview.action_apply()
        self.assertEqual(leads.user_id, self.yann + self.lea)
        lead = leads.filtered(lambda one: one.user_id == self.lea)[0]
        self.assertIn("the fewest open leads: 0", self.why(lead, self.lea))
        self.assertIn("Brittany", self.why(lead, self.lea))

    def test_territory(self):
        self.member_lea.crm_zip_prefixes = "35, 22"
        self.member_yann.crm_zip_prefixes = "29"
        leads = self.new_leads(3, zip="29000") + self.new_leads(1, zip="75001")
        self.assertEqual(self.give(leads), [self.yann] * 3 + [self.env["res.users"]])
        self.assertIn("covers the territory", self.why(leads[0], self.yann))
        line = self.preview(leads).line_ids
        self.assertEqual((line.obstacle, line.count), ("territory", 1))

    def test_topics_and_languages(self):
        cloud, erp = self.env["crm.tag"].create([{"name": "Nuage"}, {"name": "PGI"}])
        self.member_yann.crm_tag_ids = cloud
        self.member_lea.crm_tag_ids = erp
        leads = self.new_leads(2, tag_ids=[Command.set(erp.ids)])
        self.assertEqual(self.give(leads), [self.lea, self.lea])
        self.assertIn("(Topics: PGI); the fewest", self.why(leads[0], self.lea))
        erp.unlink()
        self.env.invalidate_all()
        self.assertIn("expertise asked for; the fewest", self.why(leads[0], self.lea))

    def test_assignment_expertise_hook(self):
        """Core has no other field in common: what addons add goes the same way."""
        self._plug_in(
            "_assignment_expertise",
            {"place": Expertise("Places", "crm_country_ids", "country_id")},
        )
        france, spain = self.env.ref("base.fr"), self.env.ref("base.es")
        self.member_yann.write(
            {"crm_country_ids": [Command.set(france.ids)], "crm_zip_prefixes": "28"}
        )
        self.member_lea.crm_zip_prefixes = "99"
        leads = self.new_leads(zip="28000", country_id=france.id)
        leads += self.new_leads(zip="28000", country_id=spain.id)
        self.assertEqual(self.give(leads), [self.yann, self.env["res.users"]])
        self.assertIn("(Places: France)", self.why(leads[0], self.yann))

    def test_a_territory_and_an_expertise_are_both_told(self):
        french = self.env.ref("base.lang_fr")
        french.active = True
        self.member_yann.write(
            {"crm_zip_prefixes": "35", "crm_lang_ids": [Command.set(french.ids)]}
        )
        self.member_lea.active = False
        lead = self.new_leads(zip="35000", lang_id=french.id)
        self.assertEqual(self.give(lead), [self.yann])
        self.assertIn(
            "covers the territory and has the expertise asked for (Languages: "
            + french.display_name,
            self.why(lead, self.yann),
        )

    def test_who_follows_the_company_keeps_it(self):
        company = self.env["res.partner"].create(
            {"name": "Moulin", "is_company": True, "user_id": self.lea.id}
        )
        contact = self.env["res.partner"].create(
            {"name": "Zoé", "parent_id": company.id, "user_id": False}
        )
        leads = self.new_leads(4, partner_id=contact.id)
        self.assertEqual(self.give(leads), [self.lea] * 4)
        self.assertIn("follows this company already", self.why(leads[0], self.lea))

    def test_a_colleagues_lead_tells_who_follows(self):
        company = self.env["res.partner"].create({"name": "Moulin", "is_company": True})
        self.new_leads(1, partner_id=company.id, user_id=self.yann.id)
        self.assertEqual(
            self.give(self.new_leads(2, partner_id=company.id)), [self.yann] * 2
        )

    def test_capacity(self):
        self.member_yann.assignment_max = 1
        self.member_lea.assignment_max = 2
        leads = self.new_leads(4)
        given = self.give(leads)
        self.assertEqual(given.count(self.yann), 1)
        self.assertEqual(given.count(self.lea), 2)
        self.assertEqual(self.preview(leads).line_ids.obstacle, "full")

    def test_two_rules_of_a_team_share_the_capacity_of_its_members(self):
        self.member_yann.assignment_max = 2
        self.member_lea.assignment_max = 3
        self.rule.domain = f"[('team_id', '=', {self.team.id}), ('zip', '=', '35000')]"
        other = f"[('team_id', '=', {self.team.id}), ('zip', '=', '29000')]"
        self.rule.copy({"name": "Finistère", "domain": other})
        leads = self.new_leads(3, zip="35000") + self.new_leads(4, zip="29000")
        preview = self.preview(leads)
        self.assertEqual((preview.given_count, preview.left_count), (5, 2))
        given = self.give(leads)
        self.assertEqual(given.count(self.yann), 2)
        self.assertEqual(given.count(self.lea), 3)

    def test_a_later_rule_counts_what_an_earlier_one_gave(self):
        self.rule.domain = f"[('team_id', '=', {self.team.id}), ('zip', '=', '35000')]"
        self.member_lea.crm_zip_prefixes = "29, 35"
        self.member_yann.crm_zip_prefixes = "29"
        other = f"[('team_id', '=', {self.team.id}), ('zip', '=', '29000')]"
        self.rule.copy({"name": "Finistère", "domain": other})
        leads = self.new_leads(2, zip="35000") + self.new_leads(4, zip="29000")
        given = self.give(leads)
        self.assertEqual(given.count(self.lea), 3)
        self.assertEqual(given.count(self.yann), 3)

    @freeze_time(MONDAY)
    def test_who_is_away_gets_nothing(self):
        self.rule.use_absence = True
        calendar = self.env["resource.calendar"].create({"name": "35 h", "tz": "UTC"})
        for user in (self.yann, self.lea):
            self.env["resource.resource"].create(
                {"name": user.name, "user_id": user.id, "calendar_id": calendar.id}
            )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "resource_id": self.yann.resource_ids.id,
                "calendar_id": calendar.id,
                "date_from": datetime(2026, 3, 1),
                "date_to": datetime(2026, 3, 8),
            }
        )
        self.assertEqual(self.give(self.new_leads(2)), [self.lea] * 2)

    def test_in_turn_goes_on_from_the_last(self):
        self.rule.method = "in_turn"
        first = self.give(self.new_leads(1))
        second = self.give(self.new_leads(1))
        self.assertEqual({*first, *second}, {self.yann, self.lea})

    def test_a_lead_taken_meanwhile_stays(self):
        lead = self.new_leads()
        preview = self.preview(lead)
        lead.user_id = self.sales_manager
        preview.action_apply()
        self.assertEqual(lead.user_id, self.sales_manager)
        self.assertFalse(lead.crm_assignment_ids)

    def test_a_thousand_leads_cost_no_more_queries_than_ten(self):
        def queries(count):
            leads = self.new_leads(count)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.give(leads)
            return self.env.cr.sql_log_count - before

        queries(1)
        few = queries(10)
        self.assertLessEqual(queries(300), few * 2.5)

    def test_only_a_manager_gives_and_others_read_their_own(self):
        lead = self.new_leads()
        previews = self.env["crm.assignment.preview"]
        for user in (self.yann, self.stranger):
            with self.assertRaises(AccessError):
                previews.with_user(user).action_open(lead.ids)
        (owner,) = self.give(lead)
        other = self.yann if owner == self.lea else self.lea
        with self.assertRaises(AccessError):
            lead.crm_assignment_ids.with_user(other).read(["reason"])

    def test_the_scheduled_action_gives_them_once(self):
        leads = self.new_leads(3)
        with self.enter_registry_test_mode():
            for _twice in range(2):
                self.env.ref("crm_ext_core.ir_cron_assign").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(len(leads.crm_assignment_ids), 3)
        self.assertTrue(all(lead.user_id for lead in leads))
