from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SubscriptionCase

DAY = date(2026, 2, 1)


@tagged("post_install", "-at_install")
class TestBillingReport(SubscriptionCase):
    """2a-7: a run reports totals that add up; what failed has an owner and a retry."""

    def setUp(self):
        super().setUp()
        self.broken = self.env["product.product"].create(
            {"name": "Broken", "type": "service", "taxes_id": False}
        )
        self.fine = self.subscribe(price=100.0) + self.subscribe(price=40.0)
        self.failing = self.subscribe(
            lines=[{"product_id": self.broken.id, "price_unit": 250.0}]
        )
        self.broken.active = False
        engine = self.env["crm.subscription"].with_user(self.accountant)
        subscriptions = self.fine + self.failing
        self.batch = engine._enqueue_billing(subscriptions, DAY, DAY, True)
        self.run_batches()
        self.env.invalidate_all()

    def test_su_03_totals_of_a_run_add_up(self):
        (totals,) = self.batch.get_billing_totals()
        self.assertEqual(
            totals,
            {
                "currency": "EUR",
                "subscriptions": 2,
                "invoices": 2,
                "failed": 1,
                "ledger": 140.0,
                "untaxed": 140.0,
                "total": 168.0,
                "not_billed": 250.0,
                "difference": 0.0,
            },
        )
        self.assertIn("250.00", self.batch.crm_totals_html)
        self.broken.active = True
        self.batch.action_retry_failures()
        self.run_batches()
        self.env.invalidate_all()
        (totals,) = self.batch.get_billing_totals()
        self.assertEqual((totals["ledger"], totals["not_billed"]), (390.0, 0.0))
        self.assertEqual((totals["subscriptions"], totals["failed"]), (3, 0))

    def test_su_03_what_an_accountant_changes_since_stays_in_balance(self):
        invoice = self.fine[0].period_ids.move_id.with_user(self.accountant)
        invoice.button_draft()
        invoice.button_cancel()
        self.env.invalidate_all()
        (totals,) = self.batch.get_billing_totals()
        self.assertEqual((totals["ledger"], totals["untaxed"]), (40.0, 40.0))

    def test_su_03_a_failure_has_its_salesperson_and_opens_its_subscription(self):
        failure = self.batch.failure_ids
        self.assertEqual(failure.crm_owner_id, self.seller)
        action = failure.action_open_crm_subscriptions()
        self.assertEqual(action["res_id"], self.failing.id)
        mine = failure.search([("crm_owner_id", "=", self.seller.id)])
        self.assertEqual(mine, failure)

    def test_su_03_the_report_is_not_for_salespeople(self):
        with self.assertRaises(AccessError):
            self.batch.with_user(self.seller).get_billing_totals()
