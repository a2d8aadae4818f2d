from datetime import timedelta

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
