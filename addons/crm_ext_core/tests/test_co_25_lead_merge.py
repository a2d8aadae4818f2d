from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .lead_merge_common import LeadMergeCase


@tagged("post_install", "-at_install")
class TestLeadMerge(LeadMergeCase):
    def test_co_25_the_preview_shows_what_is_kept_and_what_moves(self):
        wizard = self.preview(self.one | self.two, self.one)
        rows = {row["field"]: row for row in wizard.table["rows"]}
        texts = {cell["lead"]: cell["text"] for cell in rows["phone"]["cells"]}
        self.assertEqual(texts[self.one.id], "")
        self.assertIn("99 00 12 34", texts[self.two.id])
        # the lead that stays, else the first that has it; texts all
        self.assertEqual(wizard.choices["contact_name"], self.one.id)
        self.assertEqual(wizard.choices["phone"], self.two.id)
        self.assertEqual(wizard.choices["description"], "joined")
        moves = {move["label"]: move["count"] for move in wizard.moves}
        self.assertEqual(moves["Activity"], 1)
        self.assertEqual(moves["Attachment"], 1)
        self.assertGreaterEqual(moves["Message"], 1)

    def test_co_25_values_are_chosen_and_everything_moves(self):
        wizard = self.preview(self.one | self.two, self.one)
        wizard.choices = wizard.choices | {"expected_revenue": self.two.id}
        wizard.action_merge()
        one, two = self.one, self.two
        self.assertEqual(one.expected_revenue, 9000)
        self.assertEqual(one.contact_name, "Zoé Lecoeur")
        self.assertIn("99 00 12 34", one.phone)
        for text in ("First text", "Second text"):
            self.assertIn(text, one.description)
        self.assertEqual(self.activity.res_id, one.id)
        self.assertEqual(self.attachment.res_id, one.id)
        self.assertEqual(self.message.res_id, one.id)
        self.assertEqual(self.event.lead_id, one)
        self.assertEqual(one.tag_ids, self.shared_tag | self.own_tag)
        self.assertIn(self.stranger.partner_id, one.message_partner_ids)
        # the loser is archived, neither won nor lost, and tells where it went
        self.assertFalse(two.active)
        self.assertEqual(two.won_status, "pending")
        self.assertEqual(two.crm_merged_into_id, one)
        self.assertIn("Merged into", two.message_ids[:1].body)
        self.assertIn("Audit", one.message_ids[:1].body)

    def test_co_25_what_the_winner_has_already_stays_behind(self):
        self.one.message_subscribe(self.stranger.partner_id.ids)
        merge = self.merge(self.one, self.two)
        stays = merge.reference_ids.filtered(lambda row: row.outcome == "stays")
        self.assertIn("mail.followers", stays.mapped("res_model"))
        self.assertIn("crm_tag_rel", stays.mapped("table_name"))
        followers = self.env["mail.followers"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "=", self.one.id)]
        )
        self.assertEqual(len(followers.partner_id), len(followers))

    def test_co_25_the_stay_in_the_stage_follows_the_stage_chosen(self):
        first, second = self.env["crm.stage"].create(
            [{"name": "Here", "sequence": 1}, {"name": "There", "sequence": 2}]
        )
        leads = self.one | self.two
        leads.type = "opportunity"
        self.one.stage_id, self.two.stage_id = first, second
        rule = self.env["crm.funnel.rule"].create(
            {"name": "On entry", "stage_id": second.id, "moment": "enter"}
        )
        theirs = self.two.crm_passage_ids
        merge = self.merge(self.one, self.two, {"stage_id": self.two.id})
        self.assertEqual(self._get_place(self.one), second)
        self.assertEqual(theirs.lead_id, self.two, "its past stays its own")
        self.assertFalse(rule.firing_ids, "nobody moved the card")
        merge.action_undo()
        self.assertEqual(self.one.stage_id, first)
        self.assertEqual(self._get_place(self.one), first)

    def _get_place(self, lead):
        self.env.invalidate_all()
        return lead.crm_passage_ids.filtered(lambda stay: not stay.left_at).stage_id

    def test_co_25_undo_puts_everything_back(self):
        before = self.snapshot(self.one | self.two)
        merge = self.merge(self.one, self.two)
        self.assertNotEqual(before, self.snapshot(self.one | self.two))
        merge.action_undo()
        self.assertEqual(before, self.snapshot(self.one | self.two))
        self.assertEqual(merge.state, "undone")
        self.assertTrue(self.two.active)
        self.assertFalse(merge.newer_count)
        with self.assertRaisesRegex(UserError, "already"):
            merge.action_undo()

    def test_co_25_undo_keeps_what_was_changed_since_and_says_so(self):
        merge = self.merge(self.one, self.two)
        self.one.with_user(self.salesperson).phone = "+33 2 99 77 77 77"
        third = self._lead(user_id=self.salesperson.id)
        self.attachment.res_id = third.id
        self.activity.unlink()
        merge.action_undo()
        self.assertEqual(self.one.phone, "+33 2 99 77 77 77")
        self.assertEqual(self.attachment.res_id, third.id)
        self.assertEqual(self.message.res_id, self.two.id)
        newer = merge.reference_ids.filtered(lambda row: row.outcome == "newer")
        self.assertLessEqual({"phone", "res_id"}, set(newer.mapped("field_name")))
        self.assertIn("newer value", self.one.message_ids[:1].body)

    def test_co_25_after_a_day_it_stays_merged(self):
        merge = self.merge(self.one, self.two)
        merge.sudo().date = fields.Datetime.now() - timedelta(hours=25)
        with self.assertRaisesRegex(UserError, "24 hours"):
            merge.action_undo()

    def test_co_25_only_who_may_write_all_leads_merges_and_undoes(self):
        self.two.user_id = self.handler
        with self.assertRaises(AccessError):
            self.preview(self.one | self.two, self.one)
        self.two.user_id = self.salesperson
        merge = self.merge(self.one, self.two)
        with self.assertRaises(AccessError):
            merge.with_user(self.handler).action_undo()

    def test_co_25_a_lead_is_merged_away_once(self):
        merge = self.merge(self.one, self.two)
        third = self._lead(user_id=self.salesperson.id)
        with self.assertRaisesRegex(UserError, "merged already"):
            self.merge(third, self.two)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self.env["crm.lead.merge.line"].create(
                {"merge_id": merge.id, "lead_id": self.two.id}
            )
        # undone, it may be merged again
        merge.action_undo()
        self.assertTrue(self.merge(third, self.two))

    def test_co_25_the_later_merge_is_undone_first(self):
        third = self._lead(user_id=self.salesperson.id)
        first = self.merge(self.one, self.two)
        second = self.merge(third, self.one)
        self.assertEqual(self.attachment.res_id, third.id)
        with self.assertRaisesRegex(UserError, "undo that merge first"):
            first.action_undo()
        second.action_undo()
        first.action_undo()
        self.assertEqual(self.attachment.res_id, self.two.id)

    def test_co_25_the_contact_is_left_alone(self):
        contact = self.env["res.partner"].create(
            {"name": "Zoé Lecoeur", "email": "old@vinouze.example"}
        )
        self.one.partner_id = contact
        self.two.email_from = "new@vinouze.example"
        self.merge(self.one, self.two, {"email_from": self.two.id})
        self.assertEqual(self.one.email_from, "new@vinouze.example")
        self.assertEqual(contact.email, "old@vinouze.example")

    def test_co_25_an_objection_to_profiling_is_never_lost(self):
        self.two.crm_no_profiling = True
        self.merge(self.one, self.two)
        self.assertTrue(self.one.crm_no_profiling)

    def test_co_25_from_the_queue_and_gone_from_it(self):
        self._search()
        pair = self._pair(self.one, self.two).with_user(self.salesperson)
        action = pair.action_merge()
        wizard = self.env[action["res_model"]].with_user(self.salesperson)
        wizard.browse(action["res_id"]).action_merge()
        self.env.cr.precommit.run()
        self.assertFalse(pair.exists())

    def test_co_25_leads_of_two_companies_are_not_merged(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.salesperson.company_ids += elsewhere
        self.one.company_id = self.env.company
        third = self._lead(user_id=self.salesperson.id, team_id=False)
        third.company_id = elsewhere
        with self.assertRaisesRegex(UserError, "different companies"):
            self.merge(self.one, third)
