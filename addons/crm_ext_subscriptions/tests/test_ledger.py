from datetime import date

from psycopg2.errors import CheckViolation, ExclusionViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
class TestLedger(SubscriptionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subscription = cls.subscribe(cls)
        cls.ledger = cls.env["crm.billing.period"]

    def bill_february(self, post=True):
        return self.bill(self.subscription, date(2026, 2, 1), post)

    def row_values(self, **values):
        return {
            "subscription_id": self.subscription.id,
            "line_id": self.subscription.line_ids.id,
            "date_from": date(2026, 2, 1),
            "date_to": date(2026, 2, 28),
            "quantity": 1.0,
        } | values

    def assert_refused(self, error, *vals_list):
        with mute_logger("odoo.sql_db"), self.assertRaises(error):
            with self.env.cr.savepoint():
                self.ledger.create(list(vals_list))

    def test_postgresql_refuses_a_day_billed_twice(self):
        self.bill_february()
        overlapping = self.row_values(
            date_from=date(2026, 2, 28), date_to=date(2026, 3, 5)
        )
        self.assert_refused(ExclusionViolation, overlapping)
        self.ledger.create(
            self.row_values(date_from=date(2026, 3, 1), date_to=date(2026, 3, 1))
        )

    def test_rows_have_days_in_order(self):
        self.assert_refused(CheckViolation, self.row_values(date_from=False))
        self.assert_refused(CheckViolation, self.row_values(date_to=date(2026, 1, 1)))

    def test_a_one_off_is_billed_once_and_an_adjustment_named_once(self):
        one_off = self.row_values(kind="one_off")
        self.assert_refused(UniqueViolation, one_off, one_off)
        self.bill_february()
        adjustment = self.row_values(kind="adjustment", cause="index", seq=1)
        self.assert_refused(CheckViolation, adjustment)
        adjustment["adjusts_id"] = self.subscription.period_ids.id
        self.assert_refused(UniqueViolation, adjustment, adjustment)

    def test_nobody_writes_the_ledger(self):
        self.bill_february()
        row = self.subscription.period_ids
        for user in (self.seller, self.manager, self.accountant):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"cancelled": True})
            with self.assertRaises(AccessError):
                row.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.ledger.with_user(user).create(self.row_values())

    def test_without_the_constraint_billing_refuses_and_the_audit_is_red(self):
        audit = self.env["crm.audit.result"]
        audit._check_all()
        self.assertEqual(self.find_result("guard").state, "green")
        self.env.cr.execute(
            "ALTER TABLE crm_billing_period "
            "DROP CONSTRAINT crm_billing_period_no_overlap"
        )
        with self.assertRaisesRegex(UserError, "btree_gist"):
            self.bill_february()
        self.assertFalse(self.subscription.period_ids)
        audit._check_all()
        self.assertEqual(self.find_result("guard").state, "red")

    def find_result(self, check):
        return self.env["crm.audit.result"].search([("code", "=", f"billing_{check}")])

    def test_a_run_that_did_not_see_the_others_rows_is_refused(self):
        """The ledger is stale for this run: what PostgreSQL knows decides."""
        vals = self.subscription._prepare_due_rows(date(2026, 2, 1))
        self.bill_february()
        billing = self.subscription.with_user(self.accountant)
        self.patch(type(billing), "_prepare_due_rows", lambda *args: vals)
        with mute_logger("odoo.sql_db"), self.assertRaisesRegex(UserError, "same days"):
            with self.env.cr.savepoint():
                billing.bill_until(date(2026, 2, 1))
        self.assertEqual(len(self.subscription.period_ids), 1)

    def test_a_deleted_draft_frees_its_periods_for_a_person_to_decide(self):
        self.bill_february(post=False).unlink()
        row = self.subscription.period_ids
        self.assertTrue(row.cancelled)
        self.assertEqual((row.cancel_reason, row.settlement), ("deleted", "open"))
        self.assertEqual(self.subscription.next_due_date, date(2026, 3, 1))
        self.assertFalse(self.bill_february())
        wizard = (
            self.env["crm.bill.due"]
            .with_user(self.accountant)
            .create({"date": date(2026, 2, 1)})
        )
        self.assertIn(row, wizard.freed_ids)

    def test_a_line_removed_from_a_draft_frees_its_period_only(self):
        invoice = self.bill(self.subscription, date(2026, 3, 1), post=False)
        february = invoice.invoice_line_ids.sorted("id")[0]
        row = february.crm_billing_period_id
        february.unlink()
        self.assertEqual(self.subscription.period_ids.filtered("cancelled"), row)

    def test_a_cancelled_invoice_frees_and_a_revived_one_takes_back(self):
        invoice = self.bill_february()
        invoice.button_draft()
        self.assertFalse(self.subscription.period_ids.cancelled)
        invoice.button_cancel()
        self.assertEqual(self.subscription.period_ids.cancel_reason, "cancelled")
        invoice.button_draft()
        self.assertFalse(self.subscription.period_ids.cancelled)
        self.assertFalse(self.subscription.period_ids.settlement)

    def test_bill_again_makes_a_new_row_and_the_old_invoice_stays_cancelled(self):
        invoice = self.bill_february()
        invoice.button_cancel()
        freed = self.subscription.period_ids.with_user(self.accountant)
        action = freed.action_bill_again()
        again = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(again.amount_untaxed, 100.0)
        self.assertEqual(freed.settlement, "billed_again")
        self.assertEqual(len(self.subscription.period_ids), 2)
        with self.assertRaisesRegex(UserError, "billed again"):
            invoice.button_draft()
        with self.assertRaisesRegex(UserError, "still to decide"):
            freed.action_bill_again()

    def test_a_gap_may_be_accepted(self):
        self.bill_february(post=False).unlink()
        row = self.subscription.period_ids
        with self.assertRaises(AccessError):
            row.with_user(self.seller).action_accept_gap()
        row.with_user(self.accountant).action_accept_gap()
        self.assertEqual(
            (row.settlement, row.settled_by), ("accepted", self.accountant)
        )

    def reverse(self, invoice):
        return (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": date(2026, 2, 2)})
        )

    def test_a_credit_note_does_not_free(self):
        invoice = self.bill_february()
        self.reverse(invoice).refund_moves()
        credit_note = invoice.reversal_move_ids
        credit_note.action_post()
        self.assertFalse(credit_note.invoice_line_ids.crm_billing_period_id)
        self.assertNotEqual(self.subscription.period_ids.settlement, "open")
        self.assertFalse(self.bill_february())
        self.assertEqual(credit_note.crm_subscription_count, 1)

    def test_reverse_and_create_carries_the_periods(self):
        invoice = self.bill_february()
        action = self.reverse(invoice).modify_moves()
        corrected = self.env["account.move"].browse(action["res_id"])
        row = self.subscription.period_ids
        self.assertEqual(corrected.invoice_line_ids.crm_billing_period_id.id, row.id)
        self.assertEqual(row.move_id.id, corrected.id)
        self.assertFalse(
            invoice.reversal_move_ids.invoice_line_ids.crm_billing_period_id
        )
        corrected.with_user(self.accountant).unlink()
        self.assertTrue(row.cancelled)

    def test_a_duplicate_bears_nothing(self):
        invoice = self.bill_february()
        copy = invoice.copy()
        self.assertFalse(copy.invoice_line_ids.crm_billing_period_id)
        copy.unlink()
        self.assertFalse(self.subscription.period_ids.cancelled)

    def test_the_audit_finds_gaps_and_rows_without_invoice(self):
        self.bill_february()
        audit = self.env["crm.audit.result"]
        audit._check_all()
        for check in ("gaps", "bearers"):
            self.assertEqual(self.find_result(check).state, "green")
        stray = self.ledger.create(
            self.row_values(date_from=date(2026, 4, 1), date_to=date(2026, 4, 30))
        )
        audit._check_all()
        for check in ("gaps", "bearers"):
            self.assertEqual(self.find_result(check).state, "red")
            self.assertEqual(self.find_result(check).res_ids, stray.ids)

    def test_invoices_do_not_hang_on_our_tables(self):
        """Uninstalling drops our tables: the invoice lines must only lose a pointer."""
        self.env.cr.execute(
            """SELECT confrelid::regclass::text, confdeltype FROM pg_constraint
                WHERE contype = 'f' AND conrelid IN ('account_move'::regclass,
                      'account_move_line'::regclass)
                  AND confrelid::regclass::text LIKE 'crm\\_%'"""
        )
        pointers = dict(self.env.cr.fetchall())
        self.assertEqual(pointers.get("crm_billing_period"), "n")
        self.assertNotIn("c", pointers.values())
