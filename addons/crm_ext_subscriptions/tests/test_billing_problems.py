from datetime import date

from psycopg2.errors import ForeignKeyViolation

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SubscriptionCase

DAY = date(2026, 2, 1)


@tagged("post_install", "-at_install")
class TestBillingProblems(SubscriptionCase):
    """One failing subscription never stops the others: the reason in words that name
    the fix, and the retry works after it."""

    def setUp(self):
        super().setUp()
        self.income = self.company.income_account_id or self.env[
            "account.account"
        ].search([("account_type", "=", "income")], limit=1)
        self.product.property_account_income_id = self.income
        self.product.taxes_id = False
        self.fine = self.subscribe() + self.subscribe(price=50.0)

    def sell(self, **values):
        """A subscription of its own product, which a test then breaks."""
        product = self.env["product.product"].create(
            {
                "name": "Fragile",
                "type": "service",
                "taxes_id": False,
                "property_account_income_id": self.income.id,
                **values,
            }
        )
        return self.subscribe(lines=[{"product_id": product.id, "price_unit": 10.0}])

    def run_of(self, failing, until=DAY):
        engine = self.env["crm.subscription"].with_user(self.accountant)
        both = self.fine[0] + failing + self.fine[1]
        return engine._enqueue_billing(both, until, until, True)

    def assert_apart_then_billed(self, failing, reason, fix, run=None):
        run = run or self.run_of(failing)
        self.run_batches()
        self.assertEqual(run.state, "failed")
        self.assertEqual(len(run.failure_ids), 1)
        self.assertIn(failing.name, run.failure_ids.name)
        self.assertRegex(run.failure_ids.reason, reason)
        self.assertEqual(len(self.invoices(self.fine)), 2, "the others went on")
        self.assertFalse(failing.period_ids)
        wizard = self.env["crm.bill.due"].with_user(self.accountant)
        screen = wizard.create({"date": DAY, "invoice_date": DAY})
        self.assertIn(failing, screen.blocked_ids)
        fix()
        self.env.invalidate_all()
        run.action_retry_failures()
        self.run_batches()
        self.assertEqual(run.state, "done", run.failure_ids.mapped("reason"))
        self.assertEqual(self.invoices(failing).state, "posted")

    def test_su_03_archived_product(self):
        failing = self.sell()
        product = failing.sudo().line_ids.product_id
        product.active = False
        self.assert_apart_then_billed(
            failing, "Archived product: Fragile", product.action_unarchive
        )

    def test_su_03_no_journal(self):
        failing = self.sell()
        journal = failing.journal_id
        failing.sudo().journal_id = False
        self.assert_apart_then_billed(
            failing,
            "No sales journal",
            lambda: failing.sudo().write({"journal_id": journal.id}),
        )

    def test_su_03_inactive_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.set_rate(dollar)
        failing = self.subscribe(currency_id=dollar.id)
        dollar.active = False
        self.assert_apart_then_billed(
            failing, "Inactive currency: USD", lambda: dollar.write({"active": True})
        )

    def test_su_03_currency_without_a_rate(self):
        franc = self.env.ref("base.CHF")
        franc.active = True
        self.set_rate(franc)
        failing = self.subscribe(currency_id=franc.id)
        franc.rate_ids.unlink()
        self.assert_apart_then_billed(
            failing,
            "Currency without a rate: CHF. Enter its rate",
            lambda: self.set_rate(franc),
        )

    def set_rate(self, currency):
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": date(2020, 1, 1), "rate": 1.1}
        )

    def test_su_03_archived_tax(self):
        tax = self.company.account_sale_tax_id.copy({"name": "Old VAT"})
        failing = self.sell(taxes_id=[Command.set(tax.ids)])
        tax.active = False
        self.assert_apart_then_billed(
            failing, "Archived tax: Old VAT", lambda: tax.write({"active": True})
        )
        self.assertEqual(self.invoices(failing).invoice_line_ids.tax_ids, tax)

    def test_su_03_a_tax_in_use_cannot_be_deleted(self):
        """Deleted, it would vanish from the line and the invoice lose its VAT."""
        tax = self.company.account_sale_tax_id.copy({"name": "Old VAT"})
        self.sell(taxes_id=[Command.set(tax.ids)])
        with mute_logger("odoo.sql_db"), self.assertRaises(ForeignKeyViolation):
            with self.env.cr.savepoint():
                tax.unlink()
                self.env.flush_all()

    def test_su_03_missing_account(self):
        failing = self.sell(property_account_income_id=False)
        product = failing.sudo().line_ids.product_id
        product.property_account_income_id = False
        self.company.sudo().income_account_id = False
        failing.journal_id.sudo().default_account_id = False
        self.assert_apart_then_billed(
            failing,
            "No usable income account for Fragile",
            lambda: product.write({"property_account_income_id": self.income.id}),
        )

    def test_su_03_archived_account(self):
        account = self.income.copy({"name": "Old sales", "code": "706999"})
        failing = self.sell(property_account_income_id=account.id)
        account.active = False
        self.assert_apart_then_billed(
            failing,
            "No usable income account",
            lambda: account.write({"active": True}),
        )

    def test_su_03_closed_period(self):
        tax = self.company.account_sale_tax_id
        failing = self.sell(taxes_id=[Command.set(tax.ids)])
        self.company.sudo().tax_lock_date = date(2026, 2, 28)
        self.assert_apart_then_billed(
            failing,
            "The accounts are closed: .*02/28/2026",
            lambda: self.company.sudo().write({"tax_lock_date": date(2026, 1, 31)}),
        )

    def test_su_03_a_catch_up_of_more_than_two_periods_waits_for_approval(self):
        failing = self.subscribe(date(2025, 12, 1))
        two = self.subscribe(date(2026, 1, 1))
        self.fine += two
        run = self.run_of(failing)
        self.run_batches()
        self.assertEqual(run.state, "failed")
        self.assertRegex(run.failure_ids.reason, "3 periods are due at once")
        with self.assertRaises(AccessError):
            failing.with_user(self.seller).action_approve_catch_up()
        with self.assertRaises(AccessError):
            failing.with_user(self.manager).catch_up_approved_until = DAY
        approving = failing.with_user(self.accountant)
        approving.with_context(crm_bill_until=DAY).action_approve_catch_up()
        run.action_retry_failures()
        self.run_batches()
        self.assertEqual(run.state, "done")
        invoice = self.invoices(failing)
        self.assertEqual(len(invoice.invoice_line_ids), 3)
        self.assertEqual(invoice.invoice_date, DAY)
        self.assertIn("12/01/2025 - 12/31/2025", invoice.invoice_line_ids[0].name)
        approved = failing.with_user(self.accountant).with_context(crm_bill_until=DAY)
        self.assertFalse(approved.needs_catch_up)

    def test_two_due_periods_pass(self):
        two = self.subscribe(date(2026, 1, 1))
        wizard = self.env["crm.bill.due"].with_user(self.accountant)
        screen = wizard.create({"date": DAY, "invoice_date": DAY})
        self.assertIn(two, screen.subscription_ids)
        self.assertEqual(two.with_context(crm_bill_until=DAY).due_amount, 200.0)

    def test_the_number_of_queries_does_not_grow(self):
        some = self.fine
        many = some
        for _time in range(8):
            many += self.subscribe()
        self.env.flush_all()
        counts = []
        for subscriptions in (some, many):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            subscriptions.with_context(crm_bill_until=DAY).mapped("billing_problem")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
