from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..tools.hooks import FunnelEvent
from .funnel_common import FunnelCase


@tagged("post_install", "-at_install")
class TestFunnelEvents(FunnelCase):
    def _later(self, **delay):
        return fields.Datetime.now() + timedelta(**delay)

    def test_co_28_an_event_moves_the_card_to_the_next_stage(self):
        self._rule("event", self.new, [self._move_to(self.qualified)], event="form")
        card, elsewhere = self._card(), self._card(stage_id=self.to_pay.id)
        events = self.env["crm.score.event"].sudo()
        events._log("form", [(card.id, self._later(minutes=1), "post-1")])
        events._log("form", [(elsewhere.id, self._later(minutes=1), "post-2")])
        self.assertEqual(card.stage_id, self.qualified)
        self.assertEqual(elsewhere.stage_id, self.to_pay)

    def test_co_28_what_happened_before_the_stay_does_not_count(self):
        self._rule("event", self.new, [self._tag()], event="form")
        card = self._card()
        events = self.env["crm.score.event"].sudo()
        events._log("form", [(card.id, self._later(days=-1), "post-1")])
        self.assertFalse(card.crm_funnel_firing_ids)

    def test_co_28_who_objects_to_profiling_is_answered_all_the_same(self):
        self._rule("event", self.new, [self._tag()], event="form")
        card = self._card()
        card.sudo().crm_no_profiling = True
        events = self.env["crm.score.event"].sudo()
        events._log("form", [(card.id, self._later(minutes=1), "post-1")])
        self.assertFalse(card.sudo().crm_score_event_ids)
        self.assertEqual(card.tag_ids.name, "To bill")

    def test_co_28_a_meeting_ticked_as_held_moves_the_card(self):
        self._rule("event", self.new, [self._move_to(self.qualified)], event="meeting")
        card = self._card()
        card.activity_schedule("mail.mail_activity_data_meeting").action_feedback()
        self.assertEqual(card.stage_id, self.qualified)

    def test_co_28_a_meeting_of_the_calendar_that_is_over_moves_the_card(self):
        self._rule("event", self.new, [self._move_to(self.qualified)], event="meeting")
        card = self._card()
        card.crm_passage_ids.sudo().entered_at = self._later(days=-3)
        self.env["calendar.event"].with_user(self.salesperson).create(
            {
                "name": "Visit",
                "start": self._later(days=-2),
                "stop": self._later(days=-2, hours=1),
                "opportunity_id": card.id,
            }
        )
        self._run_on_time()
        self.assertEqual(card.stage_id, self.qualified)

    def test_funnel_event_hook(self):
        events = {"visit_held": FunnelEvent("Visit held")}
        self._plug_in("_funnel_events", events)
        self._rule("event", self.new, [self._tag()], event="visit_held")
        card = self._card()
        rules = self.env["crm.funnel.rule"].with_user(self.salesperson)
        rules._on_event("visit_held", [(card.id, self._later(minutes=1))])
        self.assertEqual(card.tag_ids.name, "To bill")

    def test_co_28_what_a_visitor_does_is_no_task_for_the_visitor(self):
        self._rule("event", self.new, [self._call()], event="form")
        alone = self.env["crm.team"].create({"name": "Nobody leads it"})
        card = self.env["crm.lead"].create(
            self._card_values(user_id=False, team_id=alone.id)
        )
        events = self.env["crm.score.event"].with_user(self.env.ref("base.public_user"))
        events.sudo()._log("form", [(card.id, self._later(minutes=1), "post-1")])
        self.assertEqual(card.crm_funnel_firing_ids.state, "done")
        self.assertEqual(card.activity_ids.user_id, self.sales_manager)

    def test_co_28_a_card_put_elsewhere_by_sql_does_not_hold_up_the_clock(self):
        self._rule("stale", self.new, [self._tag()], stale_days=5)
        strayed, old = self._card(stage_id=self.qualified.id), self._card()
        (strayed | old).sudo().date_last_stage_update = self._later(days=-6)
        self.env.flush_all()
        self.cr.execute(
            "UPDATE crm_lead SET stage_id = %s WHERE id = %s",
            [self.new.id, strayed.id],
        )
        self.env.invalidate_all()
        self._run_on_time()
        self.assertTrue(old.tag_ids)
        self.assertFalse(strayed.crm_funnel_firing_ids)

    # ------------------------------------------------------------------ stale
    def test_co_27_stale_cards_are_flagged_once_with_an_activity(self):
        self._rule("stale", self.new, [self._call(summary="Wake up")], stale_days=5)
        old, fresh = self._card(), self._card()
        old.sudo().date_last_stage_update = self._later(days=-6)
        self._run_on_time()
        self._run_on_time()
        self.assertEqual(old.sudo().activity_ids.mapped("summary"), ["Wake up"])
        self.assertFalse(fresh.crm_funnel_firing_ids)
        arch = old.get_view(
            self.env.ref("crm.view_crm_case_opportunities_filter").id, "search"
        )["arch"]
        self.assertIn("crm_stale", arch)
        self.assertEqual(old | fresh & self._find_stale(), old)
        old.stage_id = self.qualified
        self.assertFalse(self._find_stale() & old, "it moved: no longer stale")

    def test_co_27_the_hosts_rotting_is_stale_too(self):
        self.new.rotting_threshold_days = 4
        card = self._card()
        card.sudo().date_last_stage_update = self._later(days=-6)
        self.assertIn(card, self._find_stale())

    def _find_stale(self):
        fired = [
            ("moment", "=", "stale"),
            ("state", "!=", "undone"),
            ("passage_id.left_at", "=", False),
        ]
        return (
            self.env["crm.lead"]
            .with_user(self.salesperson)
            .search(
                [
                    "|",
                    ("is_rotting", "=", True),
                    ("crm_funnel_firing_ids", "any", fired),
                ]
            )
        )

    def _run_on_time(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            cron = self.env.ref("crm_ext_core.ir_cron_funnel")
            cron.method_direct_trigger()
        self.env.invalidate_all()
