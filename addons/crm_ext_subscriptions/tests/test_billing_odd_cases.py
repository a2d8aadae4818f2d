from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
class TestBillingOddCases(SubscriptionCase):
    """Companies, currencies, lock dates and invoices undone in odd orders."""

    def other_company(self):
        company = self.env["res.company"].create(
            {"name": "Elsewhere", "country_id": self.env.ref("base.us").id}
        )
        self.env["account.chart.template"].try_loading("generic_coa", company, False)
        self.seller.company_ids += company
        return company

    def assert_days_once(self, subscription, first, last):
        """The live rows tile the days from first to last, none missing, none twice."""
        rows = subscription.sudo().period_ids.filtered(lambda row: not row.cancelled)
        days = sum((row.date_to - row.date_from).days + 1 for row in rows)
        self.assertEqual(min(rows.mapped("date_from")), first)
        self.assertEqual(max(rows.mapped("date_to")), last)
        self.assertEqual(days, (last - first).days + 1)

    def reverse(self, invoice):
        return (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": invoice.date})
        )

    def test_two_companies_in_one_call_have_an_invoice_each(self):
        other = self.other_company()
        self.accountant.company_ids += other
        here = self.subscribe()
        there = self.subscribe(
            company_id=other.id, plan_id=False, lines=[{"price_unit": 70.0}]
        )
        both = (here + there).with_context(
            allowed_company_ids=[self.company.id, other.id]
        )
        invoices = self.bill(both, date(2026, 2, 1)).sudo()
        self.assertEqual(invoices.company_id, self.company + other)
        for invoice in invoices:
            self.assertEqual(invoice.journal_id.company_id, invoice.company_id)
            self.assertLessEqual(
                invoice.invoice_line_ids.tax_ids.company_id, invoice.company_id
            )
        self.assertEqual(set(invoices.mapped("amount_untaxed")), {100.0, 70.0})

    def test_another_companys_subscription_is_not_billed(self):
        other = self.other_company()
        there = self.subscribe(company_id=other.id, plan_id=False)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.bill(there, date(2026, 2, 1))

    def test_a_currency_without_cents_by_the_day(self):
        yen = self.env.ref("base.JPY")
        yen.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": yen.id, "name": date(2020, 1, 1), "rate": 160.0}
        )
        subscription = self.subscribe(
            start=date(2026, 1, 20), price=1000.0, anchor_day=1, currency_id=yen.id
        )
        invoice = self.bill(subscription, date(2026, 2, 1))
        self.assertEqual(invoice.currency_id, yen)
        first, second = subscription.period_ids.sorted("date_from")
        self.assertEqual((first.amount, second.amount), (387.0, 1000.0))
        self.assertEqual(invoice.amount_untaxed, 1387.0)

    def test_a_closed_period_asks_for_a_later_date_and_keeps_the_period(self):
        subscription = self.subscribe()
        self.company.sudo().sale_lock_date = date(2026, 2, 28)
        with self.assertRaisesRegex(UserError, "later invoice date"):
            self.bill(subscription, date(2026, 2, 1))
        billing = subscription.with_user(self.accountant)
        ids = billing.bill_until("2026-02-01", invoice_date="2026-03-01")
        invoice = self.env["account.move"].browse(ids)
        self.assertEqual((invoice.state, invoice.date), ("posted", date(2026, 3, 1)))
        self.assert_days_once(subscription, date(2026, 2, 1), date(2026, 2, 28))

    def test_a_year_in_arrears_from_the_31st_until_an_end_date(self):
        subscription = self.subscribe(
            start=date(2026, 1, 31),
            anchor_day=31,
            invoicing="arrears",
            date_end=date(2027, 1, 15),
        )
        self.assertFalse(self.bill(subscription, date(2026, 2, 26)))
        for until in (date(2026, 2, 27), date(2026, 7, 30), date(2030, 1, 1)):
            self.bill(subscription, until)
        self.assert_days_once(subscription, date(2026, 1, 31), date(2027, 1, 15))
        self.assertFalse(subscription.next_due_date)
        self.assertFalse(self.bill(subscription, date(2035, 1, 1)))

    def test_an_undone_correction_waits_for_a_person(self):
        """Reverse and create, the new invoice cancelled, then billed again."""
        subscription = self.subscribe()
        invoice = self.bill(subscription, date(2026, 2, 1))
        action = self.reverse(invoice).modify_moves()
        corrected = self.env["account.move"].browse(action["res_id"])
        corrected.with_user(self.accountant).button_cancel()
        row = subscription.period_ids
        self.assertEqual(row.settlement, "open")
        self.assertFalse(self.bill(subscription, date(2026, 2, 1)))
        row.with_user(self.accountant).action_bill_again()
        self.assert_days_once(subscription, date(2026, 2, 1), date(2026, 2, 28))
        with self.assertRaisesRegex(UserError, "billed again"):
            corrected.with_user(self.accountant).button_draft()

    def test_billed_again_and_deleted_again(self):
        subscription = self.subscribe()
        self.bill(subscription, date(2026, 2, 1), post=False).unlink()
        for _time in range(2):
            freed = subscription.period_ids.filtered(
                lambda row: row.settlement == "open"
            )
            action = freed.with_user(self.accountant).action_bill_again()
            draft = self.env["account.move"].browse(action["res_id"])
            draft.with_user(self.accountant).unlink()
        states = subscription.period_ids.sorted("id").mapped("settlement")
        self.assertEqual(states, ["billed_again", "billed_again", "open"])

    def test_tax_included_prices_leave_the_untaxed_amount_in_the_ledger(self):
        tax = self.company.account_sale_tax_id.copy(
            {"name": "20% included", "price_include_override": "tax_included"}
        )
        self.product.taxes_id = tax
        subscription = self.subscribe(price=120.0)
        invoice = self.bill(subscription, date(2026, 2, 1))
        self.assertEqual(invoice.amount_total, 120.0)
        self.assertEqual(subscription.period_ids.amount, 100.0)

    def test_less_than_nothing_is_a_credit_note(self):
        subscription = self.subscribe(price=-10.0)
        note = self.bill(subscription, date(2026, 2, 1))
        self.assertEqual((note.move_type, note.state), ("out_refund", "posted"))
        self.assertEqual((note.amount_untaxed, note.amount_tax), (10.0, 2.0))
        self.assertEqual(note.invoice_line_ids.price_unit, 10.0)
        self.assertEqual(subscription.period_ids.amount, -10.0)

    def test_a_copy_begins_anew(self):
        subscription = self.subscribe()
        self.bill(subscription, date(2026, 2, 1))
        copy = subscription.copy()
        self.assertFalse(copy.period_ids)
        copy.action_confirm()
        self.assertEqual(self.bill(copy, date(2026, 2, 1)).amount_untaxed, 100.0)

    def test_no_line_enters_a_confirmed_subscription(self):
        running = self.subscribe()
        draft = self.subscribe(confirm=False)
        with self.assertRaises(UserError):
            draft.line_ids.subscription_id = running
        with self.assertRaises(UserError):
            running.line_ids = [Command.link(draft.line_ids.id)]
        self.assertEqual(draft.line_ids.subscription_id, draft)

    def test_freed_periods_wait_for_the_constraint_too(self):
        subscription = self.subscribe()
        self.bill(subscription, date(2026, 2, 1), post=False).unlink()
        row = subscription.period_ids.with_user(self.accountant)
        self.env.cr.execute(
            "ALTER TABLE crm_billing_period "
            "DROP CONSTRAINT crm_billing_period_no_overlap"
        )
        with self.assertRaisesRegex(UserError, "btree_gist"):
            row.action_bill_again()
        self.assertEqual(row.settlement, "open")

    def test_the_cron_starts_no_run_for_what_a_person_must_settle(self):
        subscription = self.subscribe()
        self.product.active = False
        self.env["crm.subscription"]._cron_bill_due()
        units = self.env["crm.batch.unit"].search([("res_id", "=", subscription.id)])
        self.assertFalse(units.run_id.filtered(lambda run: run.kind == "billing"))
