from datetime import timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .test_lead_score import NOON
from .test_score_ledger import LedgerCase, event


@tagged("post_install", "-at_install")
class TestCo17Held(LedgerCase):
    """Meetings held and calls answered give points, each once."""

    def setUp(self):
        super().setUp()
        self._publish_version(
            {
                "rule_ids": [
                    event("Met", 30, event_source="meeting", repeatable=True),
                    event("Called", 5, event_source="call"),
                ]
            }
        )
        self.lead = self._create_leads({"user_id": self.salesperson.id})

    def call(self):
        call = self.lead.activity_schedule("mail.mail_activity_data_call")
        return call.with_user(self.salesperson)

    def meeting(self, stop, **values):
        """A meeting of the calendar about the lead, an hour long."""
        return (
            self.env["calendar.event"]
            .with_user(self.salesperson)
            .create(
                {
                    "name": "Meeting",
                    "opportunity_id": self.lead.id,
                    "start": stop - timedelta(hours=1),
                    "stop": stop,
                }
                | values
            )
        )

    def collect(self, now=NOON):
        cron = self.env.ref("crm_ext_core.ir_cron_score_meetings")
        self.assertTrue(cron.active)
        with freeze_time(now), self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def events(self, source):
        return self.env["crm.score.event"].search(
            [("lead_id", "=", self.lead.id), ("source", "=", source)]
        )

    # ------------------------------------------------------------------ calls
    def test_co_17_a_call_answered_gives_points(self):
        self.call().action_feedback(feedback="Interested")
        self.assertEqual(self.lead.crm_score, 5)

    def test_co_17_a_call_that_nobody_answered_gives_none(self):
        waiting = self.lead.crm_waiting_since
        self.assertTrue(waiting)
        self.call().action_crm_no_answer(feedback="Again on Monday")
        self.assertFalse(self.events("call"))
        self.assertFalse(self.lead.crm_score)
        self.assertEqual(self.lead.crm_waiting_since, waiting, "it was no answer")
        noted = str(self.lead.message_ids[:1].body)
        self.assertIn("Nobody answered.", noted)
        self.assertIn("Again on Monday", noted)
        self.assertFalse(self.lead.activity_ids)

    # ------------------------------------------------------------------ meetings
    def test_co_17_a_meeting_ticked_as_held_gives_points_at_once(self):
        meeting = self.lead.activity_schedule("mail.mail_activity_data_meeting")
        meeting.with_user(self.salesperson).action_feedback()
        self.assertEqual(self.lead.crm_score, 30)

    def test_co_17_a_meeting_that_ended_counts_within_the_hour(self):
        held = self.meeting(NOON - timedelta(minutes=10))
        self.meeting(NOON + timedelta(days=1))
        self.collect()
        self.assertEqual(self.lead.crm_score, 30)
        self.assertEqual(self.events("meeting").ref, str(held.id))
        self.collect(NOON + timedelta(hours=1))
        self.assertEqual(self.lead.crm_score, 30, "once")

    def test_co_17_a_meeting_ticked_and_in_the_calendar_counts_once(self):
        meeting = self.meeting(NOON - timedelta(minutes=10))
        activity = self.lead.activity_schedule(
            "mail.mail_activity_data_meeting", calendar_event_id=meeting.id
        )
        with freeze_time(NOON):
            activity.with_user(self.salesperson).action_feedback()
        self.collect()
        self.assertEqual(len(self.events("meeting")), 1)
        self.assertEqual(self.lead.crm_score, 30)

    def test_co_17_a_meeting_written_down_afterwards_counts(self):
        cron = self.env.ref("crm_ext_core.ir_cron_score_meetings")
        cron.lastcall = NOON - timedelta(hours=1)
        self.meeting(NOON - timedelta(days=2))
        self.meeting(NOON - timedelta(days=60))
        self.collect()
        self.assertEqual(len(self.events("meeting")), 1, "the older one at night")

    def test_co_17_a_server_that_was_off_catches_up(self):
        cron = self.env.ref("crm_ext_core.ir_cron_score_meetings")
        cron.lastcall = NOON - timedelta(days=40)
        self.meeting(NOON - timedelta(days=30))
        self.collect()
        self.assertEqual(len(self.events("meeting")), 1)

    def test_a_lead_that_objects_and_a_guest_who_declined_count_for_nothing(self):
        guest = self.env["res.partner"].create({"name": "G", "email": "g@g.example"})
        meeting = self.meeting(
            NOON - timedelta(minutes=10), partner_ids=[(4, guest.id)]
        )
        meeting.attendee_ids.filtered(
            lambda one: one.partner_id == guest
        ).sudo().state = "declined"
        self.collect()
        self.assertFalse(self.events("meeting"))
        meeting.attendee_ids.sudo().state = "accepted"
        self.lead.crm_no_profiling = True
        self.collect()
        self.assertFalse(self.events("meeting"))

    def test_the_number_of_queries_does_not_grow_with_the_meetings(self):
        counts = []
        for number in (2, 20):
            for lead in self._create_leads(*[{}] * number):
                self.meeting(NOON - timedelta(minutes=number), opportunity_id=lead.id)
            self.env.flush_all()
            with freeze_time(NOON):
                before = self.env.cr.sql_log_count
                self.env["crm.score.event"]._cron_collect()
                counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    # ------------------------------------------------------------------ fading
    def test_co_17_a_model_says_that_fading_waits_for_the_nightly_scoring(self):
        seen = self.model.with_user(self.sales_manager)
        self.assertFalse(seen.fading_waits, "nothing fades")
        self._add_event_rule(fade="half_life", fade_days=30)
        seen = self.model.with_user(self.sales_manager)
        self.assertTrue(seen.fading_waits)
        self.env.ref("crm_ext_core.ir_cron_score").active = True
        seen.invalidate_recordset()
        self.assertFalse(seen.fading_waits)
