from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .usage_common import UsageCase


@tagged("post_install", "-at_install")
class TestUsageLate(UsageCase):
    def setUp(self):
        super().setUp()
        self.subscription = self.metered(self.tariff)
        self.use(self.subscription, 900)
        self.bill(self.subscription, date(2026, 3, 1))
        (self.row,) = self.rows(self.subscription)

    def late(self, quantity=200):
        return self.use(self.subscription, quantity, at="2026-02-20T09:00:00Z")

    def adjustments(self):
        return self.rows(self.subscription).filtered("adjusts_id")

    def test_su_06_late_usage_is_billed_with_the_next_invoice(self):
        event = self.late()
        self.assertTrue(event.is_late)
        invoice = self.bill(self.subscription, date(2026, 4, 1))
        self.assertEqual(invoice.amount_untaxed, 18.0)  # 100 at 0.10, 100 at 0.08
        (adjustment,) = self.adjustments()
        self.assertEqual(adjustment.adjusts_id, self.row)
        self.assertEqual((adjustment.cause, adjustment.seq), ("late_usage", 1))
        self.assertEqual(event.billing_period_id, adjustment)
        self.assertEqual(self.row.amount + adjustment.amount, 108.0)
        self.assertEqual(
            self.subscription.line_ids._price_days(
                self.row.date_from, self.row.date_to
            ),
            108.0,
        )
        self.late(50)
        self.assertEqual(
            self.bill(self.subscription, date(2026, 5, 1)).amount_untaxed, 4.0
        )
        self.assertEqual(sorted(self.adjustments().mapped("seq")), [1, 2])

    def test_su_06_a_late_correction_is_credited(self):
        self.late(-400)
        self.use(self.subscription, 1000, at="2026-03-09T09:00:00Z")
        invoice = self.bill(self.subscription, date(2026, 4, 1))
        self.assertEqual(invoice.amount_untaxed, 60.0)

    def test_su_06_late_usage_refused_by_its_meter(self):
        self.meter.late_policy = "refuse"
        event = self.event(self.subscription, "late", at="2026-02-20T09:00:00Z")
        (answer,) = self.send(event)
        self.assertEqual((answer["status"], answer["field"]), ("refused", "at"))
        self.assertIn("02/28/2026", answer["message"])

    def test_su_06_late_usage_waits_for_a_person(self):
        self.meter.late_policy = "manual"
        bill, leave = self.late(), self.late(10)
        self.assertEqual(set((bill + leave).mapped("state")), {"late"})
        found = bill.search([("state", "=", "late"), ("id", "in", (bill + leave).ids)])
        self.assertEqual(found, bill + leave)
        self.assertFalse(self.bill(self.subscription, date(2026, 4, 1)))
        with self.assertRaises(AccessError):
            bill.with_user(self.seller).action_bill_late()
        bill.with_user(self.accountant).action_bill_late()
        leave.with_user(self.accountant).action_leave_unbilled()
        invoice = self.bill(self.subscription, date(2026, 5, 1))
        self.assertEqual(invoice.amount_untaxed, 18.0)
        self.assertEqual((bill.state, leave.state), ("billed", "left"))
        self.assertEqual(leave.decided_by, self.accountant)

    def test_su_06_late_usage_draws_on_prepaid_credit(self):
        book = self.env["crm.usage.credit"].create(
            {
                "subscription_id": self.subscription.id,
                "amount": 10,
                "date_from": date(2026, 2, 1),
            }
        )
        self.late()
        invoice = self.bill(self.subscription, date(2026, 4, 1))
        self.assertEqual((invoice.amount_untaxed, book.balance), (8.0, 0))
        self.assertEqual(
            self.subscription.line_ids._price_days(
                self.row.date_from, self.row.date_to
            ),
            98.0,
        )

    def test_usage_of_freed_days_waits_for_the_decision(self):
        self.row.move_id.with_user(self.accountant).button_draft()
        self.row.move_id.with_user(self.accountant).button_cancel()
        self.late()
        self.assertFalse(self.bill(self.subscription, date(2026, 4, 1)))
        self.row.with_user(self.accountant).action_bill_again()
        invoice = self.bill(self.subscription, date(2026, 5, 1))
        self.assertEqual(invoice.amount_untaxed, 18.0)
