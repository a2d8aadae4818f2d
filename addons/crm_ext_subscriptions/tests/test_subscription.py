from datetime import date

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
class TestSubscription(SubscriptionCase):
    def test_su_01_twelve_due_dates_before_confirming_and_never_a_13th(self):
        subscription = self.subscribe(instalments=12, confirm=False)
        rows = subscription.get_schedule()
        self.assertEqual(len(rows), 12)
        self.assertEqual(rows[0]["due_date"], date(2026, 2, 1))
        self.assertEqual(rows[-1]["due_date"], date(2027, 1, 1))
        self.assertEqual(subscription.schedule_count, 12)
        self.assertEqual(subscription.amount_total_untaxed, 1200.0)
        subscription.action_confirm()
        invoices = self.bill(subscription, date(2030, 1, 1))
        self.assertEqual(len(invoices.invoice_line_ids), 12)
        self.assertFalse(subscription.next_due_date)
        self.assertFalse(self.bill(subscription, date(2040, 1, 1)))

    def test_su_01_the_form_shows_the_due_dates_while_it_is_filled(self):
        with Form(self.env["crm.subscription"].with_user(self.seller)) as form:
            form.partner_id = self.partner
            form.plan_id = self.monthly
            form.date_start = date(2026, 2, 1)
            form.instalments = 3
            with form.line_ids.new() as line:
                line.product_id = self.product
                self.assertEqual(line.price_unit, 500.0)
            self.assertEqual(form.schedule_count, 3)
            self.assertIn("04/01/2026", form.schedule_html)

    def test_su_02_plan_gives_the_frequency_and_keeps_off_what_runs(self):
        plan = (
            self.env["crm.subscription.plan"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Every 2 months, in arrears, on the 31st",
                    "interval": 2,
                    "anchor_day": 31,
                    "invoicing": "arrears",
                }
            )
        )
        subscription = self.subscribe(date(2026, 1, 31), plan_id=plan.id)
        plan.interval = 6
        due = [row["due_date"] for row in subscription.get_schedule(3)]
        self.assertEqual(due, [date(2026, 3, 30), date(2026, 5, 30), date(2026, 7, 30)])

    def test_wrong_terms_are_refused(self):
        for values, label in (
            ({"interval": 0}, "interval_positive"),
            ({"instalments": -1}, "instalments_positive"),
            ({"date_end": date(2020, 1, 1)}, "date_order"),
        ):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(CheckViolation, label),
                self.env.cr.savepoint(),
            ):
                self.subscribe(confirm=False, **values)

    def test_su_02_wrong_days_of_the_month_are_refused_by_name(self):
        for days in ("32", "0", "1, x", "28, 29"):
            with (
                self.subTest(days),
                self.assertRaisesRegex(UserError, "Days of the month"),
            ):
                self.subscribe(confirm=False, anchor_days=days)
        with self.assertRaisesRegex(UserError, "Days of the month"):
            self.subscribe(confirm=False, anchor_day=40)
        with self.assertRaisesRegex(UserError, "Days of the month"):
            self.subscribe(confirm=False, anchor_days="1, 15", interval=2)

    def test_a_subscription_without_lines_is_not_confirmed(self):
        with self.assertRaisesRegex(UserError, "at least one line"):
            self.subscribe(lines=[])

    def test_confirmed_terms_are_frozen(self):
        subscription = self.subscribe()
        with self.assertRaisesRegex(UserError, "Start"):
            subscription.date_start = date(2026, 3, 1)
        with self.assertRaisesRegex(UserError, "dated versions"):
            subscription.line_ids.price_unit = 1.0
        with self.assertRaisesRegex(UserError, "dated versions"):
            subscription.line_ids.unlink()
        with self.assertRaisesRegex(UserError, "dated versions"):
            subscription.line_ids = [Command.create({"product_id": self.product.id})]
        with self.assertRaisesRegex(UserError, "Only a draft"):
            subscription.with_user(self.manager).unlink()

    def test_the_state_changes_by_the_actions_only(self):
        subscription = self.subscribe(confirm=False)
        with self.assertRaisesRegex(UserError, "buttons only"):
            subscription.state = "running"
        with self.assertRaisesRegex(UserError, "buttons only"):
            subscription.with_context(crm_state=True).write({"state": "closed"})
        with self.assertRaisesRegex(UserError, "begins as a draft"):
            self.subscribe(state="running", confirm=False)

    def test_confirming_opens_a_version_that_nobody_edits(self):
        subscription = self.subscribe(price=123.456789)
        version = subscription.version_ids
        self.assertEqual(version.date_from, date(2026, 2, 1))
        self.assertEqual(version.price_unit, 123.456789)
        self.assertEqual(version.entered_by, self.seller)
        for user in (self.seller, self.manager, self.accountant):
            with self.assertRaises(AccessError):
                version.with_user(user).price_unit = 1.0

    def test_back_to_draft_while_nothing_was_billed(self):
        subscription = self.subscribe()
        subscription.action_draft()
        self.assertFalse(subscription.version_ids)
        subscription.action_confirm()
        self.bill(subscription, date(2026, 2, 1))
        with self.assertRaisesRegex(UserError, "billed or revised"):
            subscription.action_draft()

    def test_closed_is_not_billed(self):
        subscription = self.subscribe()
        reason = self.env.ref("crm_ext_subscriptions.crm_close_reason_need")
        subscription.amend("close", "2026-02-28", {"reason_id": reason.id})
        self.assertEqual(len(self.bill(subscription, date(2026, 12, 31))), 1)
        self.assertEqual(subscription.state, "closed")
        self.assertFalse(subscription.next_due_date)
        self.assertFalse(self.bill(subscription, date(2026, 12, 31)))

    def test_own_subscriptions_for_users_all_for_managers_and_accountants(self):
        other = self._new_user(
            "sub_other", "crm_ext_subscriptions.group_subscriptions_user"
        )
        subscription = self.subscribe()
        subscriptions = self.env["crm.subscription"]
        domain = [("id", "=", subscription.id)]
        self.assertFalse(subscriptions.with_user(other).search(domain))
        for user in (self.seller, self.manager, self.accountant):
            self.assertTrue(subscriptions.with_user(user).search(domain))
        with self.assertRaises(AccessError):
            subscriptions.with_user(self.stranger).search(domain)
        with self.assertRaises(AccessError):
            subscription.with_user(self.accountant).note = "read only"

    def test_partner_counter_and_context(self):
        self.subscribe()
        hooks = self.env["crm.hooks"].with_user(self.manager)
        counter = hooks._partner_counters()["subscriptions"]
        self.assertEqual(counter.model, "crm.subscription")
        titles = {
            section.title: dict(section.rows)
            for section in hooks._customer_context(self.partner)
        }
        self.assertEqual(titles["Subscriptions"]["Running"], "1")
        self.assertEqual(titles["Subscriptions"]["Next invoice"], "02/01/2026")
