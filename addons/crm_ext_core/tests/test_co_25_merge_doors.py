from odoo.exceptions import UserError
from odoo.tests import tagged

from .lead_merge_common import LeadMergeCase


@tagged("post_install", "-at_install")
class TestMergeDoors(LeadMergeCase):
    """Whatever window or job of the host merges leads, nothing is deleted, and it can
    be undone."""

    def of_user(self, model, leads, **context):
        model = self.env[model].with_user(self.salesperson)
        context |= {"active_ids": leads.ids, "active_model": "crm.lead"}
        return model.with_context(**context)

    def merge_by_list(self, leads, **values):
        """The host's own window, as an RPC client may still use it."""
        wizard = self.of_user("crm.merge.opportunity", leads).create(values)
        winner = self.env["crm.lead"].browse(wizard.action_merge()["res_id"])
        self.forget(wizard)
        return winner

    def forget(self, wizard):
        """A window is no part of what an undo puts back."""
        wizard.with_user(self.env.user).unlink()

    def undo(self, winner):
        merge = winner.crm_merge_ids[:1].with_user(self.salesperson)
        merge.action_undo()
        return merge

    def open_conversion(self, lead):
        lead = lead.with_user(self.salesperson)
        action = lead.action_crm_convert()
        wizard = lead.env[action["res_model"]].browse(action["res_id"])
        return wizard.with_context(**action["context"])

    # ------------------------------------------------------------------ conversion
    def test_co_25_the_conversion_merges_and_the_undo_puts_all_back(self):
        (self.one | self.two).type = "opportunity"
        new = self._lead(
            type="lead",
            email_from="zoe@cidre.example",
            user_id=self.salesperson.id,
            description="<p>Third text</p>",
        )
        self._end_transaction()
        leads = self.one | self.two | new
        before = self.snapshot(leads)
        wizard = self.open_conversion(new)
        self.assertEqual(wizard.name, "merge", "the host proposes it")
        self.assertEqual(wizard.duplicated_lead_ids, leads)
        kept = {row["field"]: row["kept"] for row in wizard.crm_merge_table["rows"]}
        self.assertEqual(kept["description"], "joined")
        self.assertEqual(kept["phone"], self.two.id)
        action = wizard.action_apply()
        self.forget(wizard)
        winner = leads.filtered("active")
        self.assertEqual(action["res_id"], winner.id)
        self.assertEqual(len(winner), 1)
        self.assertEqual(winner.type, "opportunity")
        self.assertEqual((leads - winner).crm_merged_into_id, winner)
        for text in ("First text", "Second text", "Third text"):
            self.assertIn(text, winner.description)
        self.assertEqual(self.attachment.res_id, winner.id)
        self.undo(winner)
        self._end_transaction()
        self.assertEqual(before, self.snapshot(leads))

    def test_co_25_a_lost_opportunity_reopened_by_it_is_lost_again(self):
        reason = self.env["crm.lost.reason"].create({"name": "Too far"})
        self.one.type = "opportunity"
        self.two.type = "lead"
        self.one.action_set_lost(lost_reason_id=reason.id)
        wizard = self.open_conversion(self.two)
        wizard.write({"name": "merge", "user_id": self.handler.id})
        wizard.action_apply()
        self.assertTrue(self.one.active)
        self.assertEqual(self.one.user_id, self.handler)
        self.assertEqual(self.two.crm_merged_into_id, self.one)
        self.one.crm_merge_ids.with_user(self.sales_manager).action_undo()
        self.assertEqual(self.one.user_id, self.salesperson)
        self.assertFalse(self.one.active)
        self.assertEqual(self.one.won_status, "lost")
        self.assertEqual(self.one.lost_reason_id, reason)
        self.assertTrue(self.two.active)

    def test_co_25_two_leads_merged_and_converted_the_one_that_stays_is(self):
        (self.one | self.two).type = "lead"
        wizard = self.open_conversion(self.two)
        self.assertEqual(wizard.name, "merge")
        wizard.action_apply()
        winner = (self.one | self.two).filtered("active")
        gone = (self.one | self.two) - winner
        self.assertEqual(winner.type, "opportunity")
        self.undo(winner)
        self.assertTrue(gone.active)
        self.assertEqual(gone.type, "lead")
        self.assertEqual(winner.type, "opportunity", "the conversion is another act")

    def test_co_25_what_was_merged_away_is_proposed_no_more(self):
        self.merge(self.one, self.two)
        self.one.type = "opportunity"
        found = self.env["crm.lead"]._get_lead_duplicates(
            email="zoe@cidre.example", include_lost=True
        )
        self.assertEqual(found, self.one)

    def test_co_25_a_lead_of_another_company_is_not_proposed(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.salesperson.company_ids += elsewhere
        self.one.company_id = self.env.company
        self.two.write({"team_id": False, "company_id": elsewhere.id})
        lead = self.one.with_context(
            allowed_company_ids=(self.env.company | elsewhere).ids
        )
        self.assertEqual(self.open_conversion(lead).duplicated_lead_ids, self.one)

    # ------------------------------------------------------------------ list
    def test_co_25_the_hosts_own_window_merges_our_way(self):
        self.two.priority = "3"
        self.one.write({"street": "1 rue du Port", "zip": "35000"})
        self.two.write(
            {"street": "2 quai Est", "street2": "B", "zip": "29000", "city": "Brest"}
        )
        self._end_transaction()
        before = self.snapshot(self.one | self.two)
        winner = self.merge_by_list(self.one | self.two)
        self.assertEqual(winner.priority, "3")
        self.assertEqual((winner.street, winner.zip), ("2 quai Est", "29000"))
        self.assertEqual((winner.street2, winner.city), ("B", "Brest"))
        self.assertEqual(self.event.lead_id, winner)
        self.undo(winner)
        self._end_transaction()
        self.assertEqual(before, self.snapshot(self.one | self.two))

    def test_co_25_given_to_a_colleague_by_the_merge_and_taken_back(self):
        winner = self.merge_by_list(self.one | self.two, user_id=self.handler.id)
        self.assertEqual(winner.user_id, self.handler)
        self.assertFalse(winner.with_user(self.salesperson).has_access("read"))
        winner.crm_merge_ids.with_user(self.sales_manager).action_undo()
        self.assertEqual(self.one.user_id, self.salesperson)

    def test_co_25_no_more_at_once_than_the_host_allows(self):
        more = self.env["crm.lead"].concat(
            *[self._lead(user_id=self.salesperson.id) for _number in range(4)]
        )
        with self.assertRaisesRegex(UserError, "At most 5"):
            self.merge_by_list(self.one | self.two | more)

    # ------------------------------------------------------------------ assignment
    def test_co_25_the_hosts_assignment_merges_our_way(self):
        (self.one | self.two).write({"user_id": False, "team_id": False})
        team = self.env["crm.team"].create(
            {"name": "Fairs", "use_leads": True, "assignment_domain": "[]"}
        )
        self.env["crm.team.member"].create(
            {
                "crm_team_id": team.id,
                "user_id": self.salesperson.id,
                "assignment_max": 30,
            }
        )
        team._allocate_leads()
        leads = self.one | self.two
        winner = leads.filtered("active")
        self.assertEqual(winner.team_id, team)
        self.assertEqual((leads - winner).crm_merged_into_id, winner)
        winner.crm_merge_ids.with_user(self.sales_manager).action_undo()
        self.assertTrue(all(leads.mapped("active")))

    # ------------------------------------------------------------------ ledgers
    def test_co_25_it_is_not_handed_over_again(self):
        team = self.env["crm.team"].create({"name": "Fairs"})
        rule = self.env["crm.qualification.rule"].create(
            {"name": "Ready", "team_id": team.id}
        )
        firing = self.env["crm.qualification.firing"]._claim(
            rule, self.two, "2026-06-01 10:00:00"
        )
        self.merge_by_list(self.one | self.two)
        winner = (self.one | self.two).filtered("active")
        self.assertEqual(firing.lead_id, winner)
