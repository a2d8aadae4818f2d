from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .segment_common import SegmentCase


@tagged("post_install", "-at_install")
class TestSegmentMembers(SegmentCase):
    """CO-20: who joined, who left; refreshed by difference, frozen, by hand."""

    def setUp(self):
        super().setUp()
        self.rich = self._segment(("turnover", {"keys": ["5"]}), name="Rich")
        self.rich._refresh_members()

    def _members(self, segment, model="res.partner"):
        members = self.env["crm.segment.member"].search(
            [
                ("segment_id", "=", segment.id),
                ("res_model", "=", model),
                ("left_at", "=", False),
            ]
        )
        return self.env[model].browse(members.mapped("res_id")).sorted("id")

    def _age(self, segment, **delta):
        """Let the past of the segment be older than what comes now."""
        past = timedelta(**delta)
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE crm_segment_member SET added_at = added_at - %(past)s
                WHERE segment_id = %(segment)s;
               UPDATE crm_segment SET first_refreshed_at = first_refreshed_at - %(past)s
                WHERE id = %(segment)s""",
            {"past": past, "segment": segment.id},
        )
        self.env.invalidate_all()

    def test_co_20_who_joined_and_who_left(self):
        self.assertEqual(self._members(self.rich), self.firm | self.anne)
        self.assertEqual(self._members(self.rich, "crm.lead"), self.lead)
        self._age(self.rich, days=40)
        self.firm.crm_turnover_band = "0"
        self.abroad.crm_turnover_band = "5"
        moves = self.rich._refresh_members()
        self.assertEqual(moves[self.rich], (1, 3))
        self.assertEqual(self._members(self.rich), self.abroad)
        self.assertEqual((self.rich.joined_count, self.rich.left_count), (1, 3))
        shown = self.env["crm.segment.member"].search(
            self.rich.action_open_moves()["domain"] + [("left_at", "!=", False)]
        )
        self.assertIn("Anne", " ".join(shown.mapped("record_name")))

    def test_co_20_only_what_changed_gives_the_same_members(self):
        since = fields.Datetime.now() - timedelta(hours=1)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET write_date = %s WHERE id IN %s",
            [since - timedelta(days=1), tuple(self.people.ids)],
        )
        self.rich.sudo().watermark = since
        self.env.invalidate_all()
        # a person moves with the company: the company alone was written
        self.shop.crm_turnover_band = "5"
        self.env.flush_all()
        found = self.rich.sudo()._find_changed("res.partner", since, 100)
        self.assertEqual(
            self.people & self.env["res.partner"].browse(found), self.shop | self.yann
        )
        before = self.rich.full_refreshed_at
        self.rich._refresh_members(full=False)
        self.assertEqual(self.rich.full_refreshed_at, before)
        quick = self._members(self.rich)
        self.assertEqual(quick, self.firm | self.shop | self.anne | self.yann)
        self.assertEqual(self.rich._refresh_members()[self.rich], (0, 0))

    def test_co_20_a_criterion_of_the_record_itself_is_refreshed_too(self):
        """Only one date tells what changed then: the record's own."""
        lines = self._lines([("town", {"text": "Quimper"})])
        town = (
            self.env["crm.segment"]
            .with_user(self.marketing)
            .create({"name": "Quimper", "res_model": "all", "criterion_ids": lines})
        )
        town._refresh_members()
        since = fields.Datetime.now() - timedelta(hours=1)
        town.sudo().watermark = since
        self.firm.city = "Quimper"
        self.env.flush_all()
        found = town.sudo()._find_changed("res.partner", since, 1000)
        self.assertIn(self.firm.id, found)
        town._refresh_members(full=False)
        self.assertIn(self.firm, self._members(town))

    def _looked_at(self, model, domain):
        """A segment of these records whose last refresh saw all that stands; since
        then nothing in the database was written."""
        segment = (
            self.env["crm.segment"]
            .with_user(self.marketing)
            .create({"name": "Own", "res_model": model, "domain": str(domain)})
        )
        segment._refresh_members()
        self._forget_changes(segment)
        return segment.sudo()

    def _forget_changes(self, segment):
        since = fields.Datetime.now() - timedelta(hours=1)
        self.env.flush_all()
        for table, date in (
            ("res_partner", "write_date"),
            ("crm_lead", "write_date"),
            ("crm_lead", "crm_score_date"),
            ("mail_activity", "write_date"),
        ):
            # pylint: disable=sql-injection  # names that stand above
            self.env.cr.execute(
                f"UPDATE {table} SET {date} = {date} - interval '2 days'"
            )
        segment.sudo().watermark = since
        self.env.invalidate_all()
        return since

    def test_co_20_what_points_to_a_record_is_a_change_of_it(self):
        """A new task or opportunity does not write the contact it is about."""
        town = [("city", "=", "Segville")]
        idle = self._looked_at("res.partner", [*town, ("activity_ids", "=", False)])
        self.assertIn(self.shop, self._members(idle))
        todo = self.shop.activity_schedule("mail.mail_activity_data_todo")
        idle._refresh_members(full=False)
        self.assertNotIn(self.shop, self._members(idle))
        since = self._forget_changes(idle)
        before = idle.full_refreshed_at
        todo.action_done()
        self.assertIn(self.shop.id, idle._find_changed("res.partner", since, 1000))
        idle._refresh_members(full=False)
        self.assertEqual(idle.full_refreshed_at, before)
        self.assertEqual(idle._refresh_members()[idle], (0, 0))
        asked = self._looked_at(
            "res.partner", [*town, ("opportunity_ids", "!=", False)]
        )
        self.env["crm.lead"].create(
            {"name": "New", "partner_id": self.shop.id, "type": "opportunity"}
        )
        asked._refresh_members(full=False)
        self.assertIn(self.shop, self._members(asked))

    def test_co_20_tags_that_a_merge_moves_are_a_change(self):
        kept, gone = self.env["crm.tag"].create([{"name": "Fair"}, {"name": "Fairs"}])
        self.cold.tag_ids = gone
        tagged = self._looked_at("crm.lead", [("tag_ids", "in", kept.ids)])
        (kept | gone).with_user(self.sales_manager)._crm_merge(kept)
        tagged._refresh_members(full=False)
        self.assertEqual(self._members(tagged, "crm.lead"), self.cold)

    def test_co_20_leads_that_are_merged_are_a_change(self):
        tag = self.env["crm.tag"].create({"name": "Fair"})
        winner, loser = leads = self.env["crm.lead"].create(
            [self._lead(name, tag_ids=tag.ids) for name in ("Stays", "Goes")]
        )
        tagged = self._looked_at("crm.lead", [("tag_ids", "in", tag.ids)])
        merges = self.env["crm.lead.merge"].with_user(self.sales_manager)
        merge = merges._merge(winner, loser, {})
        tagged._refresh_members(full=False)
        self.assertEqual(self._members(tagged, "crm.lead"), winner)
        self._forget_changes(tagged)
        merge.action_undo()
        tagged._refresh_members(full=False)
        self.assertEqual(self._members(tagged, "crm.lead"), leads)

    def test_co_20_a_refresh_goes_back_to_the_reading_before_the_last(self):
        """What committed while the last one worked is dated after that reading."""
        own = self._segment(("turnover", {"keys": ["5"]})).sudo()
        readings = [datetime(2026, 3, 1, hour) for hour in (8, 9, 10)]
        seen = []
        with patch.object(
            self.registry["crm.segment"], "_read_watermark", lambda _own: readings[0]
        ):
            while readings:
                own._refresh_members(full=False)
                seen.append(own.watermark and own.watermark.hour)
                readings.pop(0)
        self.assertEqual(seen, [False, 8, 9])

    def test_edited_criteria_are_refreshed_in_full(self):
        self.rich.criterion_ids.value = {"keys": ["0"]}
        since = fields.Datetime.now() + timedelta(hours=1)
        self.assertIsNone(self.rich.sudo()._find_changed("res.partner", since, 100))

    def test_co_20_the_refresh_is_a_batch_run(self):
        self.rich.criterion_ids.value = {"keys": ["0"]}
        action = self.rich.action_refresh()
        run = self.env["crm.batch.run"].browse(action["res_id"])
        self.run_batches()
        self.assertEqual(run.state, "done")
        self.assertEqual(self._members(self.rich), self.shop | self.yann)

    def test_the_hourly_cron_refreshes_all_dynamic_segments(self):
        self.firm.crm_turnover_band = "0"
        self.env["crm.segment"]._cron_refresh()
        self.run_batches()
        self.assertFalse(self._members(self.rich))

    def test_co_20_frozen_as_of_a_date(self):
        with self.assertRaises(UserError):
            self.rich._freeze_as_of(fields.Datetime.now() - timedelta(days=9))
        self._age(self.rich, days=20)
        self.firm.crm_turnover_band = "0"
        self.rich._refresh_members()
        wizard = (
            self.env["crm.segment.freeze"]
            .with_user(self.marketing)
            .create(
                {
                    "segment_id": self.rich.id,
                    "instant": fields.Datetime.now() - timedelta(days=10),
                }
            )
        )
        wizard.action_freeze()
        self.assertEqual(self.rich.kind, "frozen")
        self.assertEqual(self._held(self.rich)[0], self.firm | self.anne)

    def test_co_20_static_by_hand(self):
        segment = (
            self.env["crm.segment"]
            .with_user(self.marketing)
            .create({"name": "Chosen", "kind": "static", "res_model": "all"})
        )
        wizard = (
            self.env["crm.segment.add"]
            .with_user(self.marketing)
            .with_context(
                active_model="res.partner", active_ids=(self.anne | self.shop).ids
            )
            .create({"segment_id": segment.id})
        )
        wizard.action_add()
        wizard.action_add()  # twice is once
        self.assertEqual(segment._get_records("res.partner"), self.anne | self.shop)
        segment._remove_records(self.shop)
        self.assertEqual(segment._get_records("res.partner"), self.anne)
        self.assertIn(segment, self.anne.with_user(self.marketing).crm_segment_ids)
        with self.assertRaises(UserError):
            self.rich._add_records(self.shop)
        with self.assertRaises(AccessError):
            segment.with_user(self.salesperson)._add_records(self.shop)

    def test_co_20_by_hand_from_what_the_criteria_found(self):
        self.rich.action_make_static()
        self.assertEqual((self.rich.kind, self.rich.frozen_at), ("static", False))
        self.rich._add_records(self.shop)
        self.assertEqual(self._held(self.rich)[0], self.firm | self.anne | self.shop)
        empty = (
            self.env["crm.segment"].with_user(self.marketing).create({"name": "New"})
        )
        empty.action_make_static()
        self.assertFalse(empty._get_records())

    def test_a_segment_is_a_filter_of_contacts_and_leads(self):
        people = self.env["res.partner"].with_user(self.marketing)
        self.assertEqual(
            people.search([("crm_segment_ids", "=", self.rich.id)]),
            self.firm | self.anne,
        )
        self.assertEqual(
            self.people & people.search([("crm_segment_ids", "not in", self.rich.ids)]),
            self.shop | self.abroad | self.yann,
        )

    def test_another_company_has_no_members_here(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.firm.company_id = other
        self.rich._refresh_members()
        self.assertFalse(self._members(self.rich) & self.firm)
