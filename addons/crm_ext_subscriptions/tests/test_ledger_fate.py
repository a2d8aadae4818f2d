from datetime import date

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.account_move_line import BILLING
from .ledger_common import FateCase


@tagged("post_install", "-at_install")
class TestLedgerFate(FateCase):
    # ------------------------------------------------------------------ credit notes
    def test_a_credit_note_leaves_an_explained_gap_by_default(self):
        credit_note = self.credit(self.bill_february(), post=False)
        self.assertEqual(credit_note.crm_credit_effect, "gap")
        self.assertFalse(self.rows().cancelled, "a draft decides nothing")
        credit_note.action_post()
        row = self.rows()
        self.assertEqual(
            (row.cancel_reason, row.settlement, row.settled_by),
            ("credited", "accepted", self.accountant),
        )
        self.assertFalse(self.bill_february())
        self.assertEqual(self.subscription.next_due_date, date(2026, 3, 1))
        self.assertEqual(credit_note.crm_subscription_count, 1)

    def test_a_credit_note_taken_back_makes_the_row_live_again(self):
        credit_note = self.credit(self.bill_february())
        credit_note.button_draft()
        self.assertFalse(self.rows().cancelled)
        credit_note.action_post()
        self.assertEqual(self.rows().settlement, "accepted")
        credit_note.button_draft()
        credit_note.button_cancel()
        self.assert_sound()
        self.assertFalse(self.rows().cancelled)

    def test_a_credit_note_that_bills_again_drafts_the_new_invoice(self):
        invoice = self.bill_february()
        credit_note = self.credit(invoice, "again")
        old, new = self.rows()
        self.assertEqual((old.settlement, new.renews_id), ("billed_again", old))
        self.assertEqual(
            (new.move_id.state, new.move_id.amount_untaxed), ("draft", 100)
        )
        self.assert_sound()
        with self.assertRaisesRegex(UserError, "billed again"):
            with self.env.cr.savepoint():
                credit_note.button_draft()
        new.move_id.with_user(self.accountant).unlink()
        credit_note.button_draft()
        self.assertFalse(old.cancelled)
        self.assertEqual(new.settlement, "superseded")
        self.assert_sound()

    def test_a_credit_note_that_corrects_only_leaves_the_row(self):
        self.credit(self.bill_february(), "correction")
        self.assertFalse(self.rows().cancelled)
        self.assertFalse(self.bill_february())

    def test_a_partial_credit_note_frees_nothing(self):
        credit_note = self.credit(self.bill_february(), "gap", post=False)
        credit_note.invoice_line_ids.quantity = 0.5
        credit_note.action_post()
        self.assertEqual(credit_note.amount_untaxed, 50.0)
        self.assertFalse(self.rows().cancelled)
        rest = self.credit(credit_note.reversed_entry_id, "gap", post=False)
        rest.invoice_line_ids.quantity = 0.5
        rest.action_post()
        self.assertEqual(self.rows().settlement, "accepted")

    def test_a_line_taken_off_the_credit_note_is_not_credited(self):
        invoice = self.bill(self.subscription, date(2026, 3, 1))
        credit_note = self.credit(invoice, post=False)
        kept, dropped = credit_note.invoice_line_ids
        march = dropped.crm_related_period_id
        dropped.unlink()
        credit_note.action_post()
        self.assertEqual(
            self.rows().filtered("cancelled"), kept.crm_related_period_id.sudo()
        )
        self.assertFalse(march.cancelled)

    def test_payment_shows_on_the_row(self):
        invoice = self.bill_february()
        self.env["account.payment.register"].with_user(self.accountant).with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()
        row = self.rows()
        self.assertIn(row.payment_state, ("paid", "in_payment"))
        self.assertFalse(row.cancelled)

    def test_an_adjustment_whose_draft_is_deleted_is_billed_again_once(self):
        self.bill_february()
        line = self.subscription.line_ids
        adjustment = (
            self.rows()
            .create(
                {
                    "subscription_id": self.subscription.id,
                    "line_id": line.id,
                    "kind": "adjustment",
                    "adjusts_id": self.rows().id,
                    "cause": "by hand",
                    "seq": 1,
                    "date_from": date(2026, 2, 15),
                    "date_to": date(2026, 2, 28),
                    "due_date": date(2026, 2, 15),
                    "quantity": 1.0,
                    "price_unit": 15.0,
                    "amount": 15.0,
                }
            )
            .sudo(False)
            .with_user(self.accountant)
        )
        draft = self.bill(self.subscription, date(2026, 2, 15), post=False)
        self.assertEqual(draft.amount_untaxed, 15.0)
        draft.unlink()
        self.assertEqual(adjustment.settlement, "open")
        self.assertFalse(self.bill(self.subscription, date(2026, 2, 15)))
        adjustment.action_bill_again()
        again = self.rows().filtered(lambda row: row.renews_id == adjustment.sudo())
        self.assertEqual((again.seq, again.amount, again.cause), (2, 15.0, "by hand"))
        self.assertEqual(again.move_id.amount_untaxed, 15.0)

    # ------------------------------------------------------------------ corrections
    def test_reverse_and_create_hands_the_row_over(self):
        invoice = self.bill_february()
        corrected = self.correct(invoice)
        row = self.rows()
        self.assertEqual(row.move_id, corrected)
        self.assertFalse(invoice.invoice_line_ids.crm_billing_period_id)
        for move in (invoice, invoice.reversal_move_ids, corrected):
            self.assertEqual(move.crm_subscription_count, 1)
        self.assertEqual(self.subscription.invoice_count, 3)

    def test_a_corrected_invoice_undone_then_the_old_one_deleted(self):
        """The old invoice no longer bears the row, whatever becomes of it."""
        invoice = self.bill_february()
        corrected = self.correct(invoice)
        corrected.button_cancel()
        self.assertEqual(self.rows().settlement, "open")
        invoice.button_draft()
        invoice.button_cancel()
        invoice.button_draft()
        self.assert_sound()
        invoice.posted_before = False
        invoice.with_context(force_delete=True).unlink()
        self.assert_sound()
        self.assertEqual(self.rows().settlement, "open")
        corrected.button_draft()
        self.assertFalse(self.rows().cancelled)
        self.assert_sound()

    def test_a_copy_knows_nothing_even_with_a_forged_context(self):
        invoice = self.bill_february()
        forged = {"crm_ledger": "x", "include_business_fields": True}
        for copy in (invoice.copy(), invoice.with_context(**forged).copy()):
            lines = copy.invoice_line_ids
            self.assertFalse(lines.crm_billing_period_id | lines.crm_related_period_id)
        self.assertEqual(self.rows().move_id, invoice)

    # ------------------------------------------------------------------ the guard
    def test_nobody_ties_an_invoice_line_to_the_ledger(self):
        """Neither to free a row nor to take it, by write, create or default."""
        line = self.bill_february().invoice_line_ids
        row = line.crm_billing_period_id
        other = self.bill(self.subscription, date(2026, 3, 1)).invoice_line_ids
        for name in ("crm_billing_period_id", "crm_related_period_id"):
            for value in (False, row.id):
                with self.assertRaisesRegex(AccessError, "Billed period"):
                    other.write({name: value})
            with self.assertRaisesRegex(AccessError, "Billed period"):
                line.move_id.copy(
                    {"invoice_line_ids": [Command.create({"name": "x", name: row.id})]}
                )
        self.env["ir.default"].set("account.move.line", "crm_billing_period_id", row.id)
        moves = self.env["account.move"].with_user(self.accountant)
        stolen = moves.with_context(default_crm_billing_period_id=row.id).create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "invoice_line_ids": [Command.create({"name": "x", "price_unit": 1.0})],
            }
        )
        self.assertFalse(stolen.line_ids.crm_billing_period_id)
        self.assertEqual(row.invoice_line_ids, line)

    def test_postgresql_refuses_a_row_on_two_invoice_lines(self):
        line = self.bill_february().invoice_line_ids
        other = self.bill(self.subscription, date(2026, 3, 1)).invoice_line_ids
        engine = other.with_context(crm_ledger=BILLING)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            with self.env.cr.savepoint():
                engine.crm_billing_period_id = line.crm_billing_period_id
                self.env.flush_all()

    def test_without_that_index_billing_refuses(self):
        self.env.cr.execute("DROP INDEX account_move_line_crm_period_once")
        with self.assertRaisesRegex(UserError, "Billing is stopped"):
            self.bill_february()
