from datetime import date, datetime

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .usage_common import UsageCase


@tagged("post_install", "-at_install")
class TestUsageIntake(UsageCase):
    def setUp(self):
        super().setUp()
        self.subscription = self.metered(self.tariff)

    def refused(self, event, field, words, user=None):
        (answer,) = self.send(event, user=user)
        self.assertEqual((answer["status"], answer["id"]), ("refused", 0))
        self.assertEqual(answer["field"], field)
        self.assertIn(words, answer["message"])

    def test_su_06_recorded_by_the_api_in_utc(self):
        event = self.event(
            self.subscription, "k1", "12.5", at="2026-03-01T00:30:00+01:00"
        )
        (answer,) = self.send(event)
        self.assertEqual((answer["status"], answer["message"]), ("created", ""))
        stored = self.env["crm.usage.event"].browse(answer["id"])
        self.assertEqual(stored.at, datetime(2026, 2, 28, 23, 30))
        self.assertEqual(stored.day, date(2026, 3, 1))
        self.assertEqual((stored.quantity, stored.source), (12.5, "api"))
        self.assertEqual(stored.create_uid, self.robot)
        self.assertEqual(stored.state, "waiting")

    def test_su_06_the_same_key_and_value_gives_the_first_answer_again(self):
        event = self.event(self.subscription, "k1")
        (first,) = self.send(event)
        (again,) = self.send(event | {"at": "2026-02-10T10:00:00+01:00"})
        self.assertEqual((again["status"], again["id"]), ("replayed", first["id"]))
        twice = self.event(self.subscription, "k2")
        answers = self.send(twice, twice)
        self.assertEqual([it["status"] for it in answers], ["created", "replayed"])
        self.assertEqual(answers[0]["id"], answers[1]["id"])
        self.assertEqual(self.subscription.usage_event_count, 2)

    def test_su_06_the_same_key_with_another_value_is_refused(self):
        event = self.event(self.subscription, "k1")
        self.send(event)
        self.refused(event | {"quantity": 101}, "key", "k1 was recorded already")
        self.refused(event | {"at": "2026-02-11T09:00:00Z"}, "key", "another value")
        other = self.event(self.subscription, "k2")
        answers = self.send(other, other | {"quantity": 7})
        self.assertEqual([it["status"] for it in answers], ["created", "refused"])

    def test_postgresql_keeps_one_event_a_key(self):
        event = self.use(self.subscription, 5)
        self.env.flush_all()
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    """INSERT INTO crm_usage_event (meter_id, line_id, subscription_id,
                           company_id, at, day, quantity, key, source)
                       SELECT meter_id, line_id, subscription_id, company_id, at, day,
                           99, key, source FROM crm_usage_event WHERE id = %s""",
                    [event.id],
                )

    def test_su_06_one_refused_does_not_stop_the_others(self):
        good = self.event(self.subscription, "good")
        answers = self.send(good, good | {"key": "bad", "quantity": "x"})
        self.assertEqual([it["status"] for it in answers], ["created", "refused"])

    def test_su_06_wrong_usage_is_refused_with_the_field(self):
        event = self.event(self.subscription, "k1")
        self.refused(event | {"meter": "water"}, "meter", "water does not exist")
        self.refused(event | {"subscription": "SUB?"}, "subscription", "SUB?")
        self.refused(event | {"at": "2026-01-31T12:00:00Z"}, "at", "outside")
        self.refused(event | {"at": "2026-02-10 09:00:00"}, "at", "offset")
        self.refused(event | {"line_id": 10**9}, "line_id", "does not exist")
        draft = self.metered(self.tariff, confirm=False)
        self.refused(self.event(draft, "k"), "subscription", "not confirmed")
        closed = self.metered(self.tariff)
        reason = self.env["crm.close.reason"].search([], limit=1)
        closed.amend("close", date(2026, 2, 28), {"reason_id": reason.id})
        self.refused(self.event(closed, "k", at="2026-03-01T12:00Z"), "at", "outside")
        self.bill(closed, date(2026, 3, 1))
        self.assertEqual(closed.state, "closed")
        self.refused(self.event(closed, "k"), "subscription", "closed")
        paused = self.metered(self.tariff)
        paused.amend("pause", date(2026, 2, 10))
        self.refused(self.event(paused, "k"), "at", "not in force")

    def test_su_06_a_negative_quantity_only_where_it_adds_up(self):
        self.assertEqual(self.use(self.subscription, -4).quantity, -4)
        peak = self.meter.create({"name": "Peak", "code": "peak", "aggregation": "max"})
        subscription = self.metered(meter=peak)
        event = self.event(subscription, "k1", -1) | {"meter": "peak"}
        self.refused(event, "quantity", "negative")

    def test_su_06_several_lines_of_a_meter_need_the_line(self):
        twin = {
            "line_type": "usage",
            "meter_id": self.meter.id,
            "usage_price_id": self.tariff.id,
        }
        subscription = self.metered(self.tariff, lines=[twin])
        event = self.event(subscription, "k1")
        self.refused(event, "line_id", "several lines")
        (answer,) = self.send(event | {"line_id": subscription.line_ids[0].id})
        self.assertEqual(answer["status"], "created")

    def test_su_06_who_may_record(self):
        event = self.event(self.subscription, "k1")
        for user in (self.stranger, self.seller, self.salesperson):
            with self.assertRaises(AccessError):
                self.send(event, user=user)
        for user in (self.accountant, self.manager, self.robot):
            self.send(event | {"key": user.login}, user=user)
        self.assertEqual(
            len(self.subscription.with_user(self.seller).line_ids.usage_event_ids), 3
        )

    def test_a_foreign_company_s_subscription_does_not_exist(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.robot.write({"company_ids": company.ids, "company_id": company.id})
        self.refused(self.event(self.subscription, "k1"), "meter", "does not exist")

    def test_su_06_entered_by_form_and_corrected_by_another_entry(self):
        with Form(self.env["crm.usage.event"].with_user(self.accountant)) as form:
            form.meter_id = self.meter
            form.line_id = self.subscription.line_ids
            form.at = datetime(2026, 2, 3, 8)
            form.quantity = 40
        event = form.record
        self.assertEqual((event.source, event.day), ("form", date(2026, 2, 3)))
        self.assertTrue(event.key)
        with self.assertRaisesRegex(UserError, "never changed"):
            event.quantity = 41
        with self.assertRaisesRegex(UserError, "never deleted"):
            event.sudo().unlink()
        with self.assertRaises(AccessError):
            event.unlink()

    def test_the_number_of_queries_does_not_grow_with_the_events(self):
        def count(number):
            self.env.invalidate_all()
            events = [
                self.event(self.subscription, f"{number}-{n}") for n in range(number)
            ]
            with self.assertQueryCount(20):
                start = self.env.cr.sql_log_count
                self.send(*events)
                return self.env.cr.sql_log_count - start

        count(3)
        self.assertEqual(count(10), count(1000))

    def test_what_a_meter_means_does_not_change_under_its_usage(self):
        self.use(self.subscription, 5)
        with self.assertRaisesRegex(UserError, "Aggregation"):
            self.meter.with_user(self.manager).aggregation = "max"
        self.meter.with_user(self.manager).late_policy = "refuse"
