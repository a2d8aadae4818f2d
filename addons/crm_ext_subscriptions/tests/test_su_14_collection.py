from datetime import date

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .payment_common import DAY, PaymentCase


@tagged("post_install", "-at_install")
class TestSu14Collection(PaymentCase):
    """Invoices are charged to the stored payment method: once, apart from billing."""

    def test_su_14_an_invoice_due_is_charged_once(self):
        subscription = self.subscribe_with("done")
        invoice = self.bill(subscription, DAY)
        self.assertFalse(invoice.sudo().transaction_ids, "not by the billing itself")
        self.collect(DAY)
        self.collect(DAY)
        charge = self.charges_of(invoice)
        self.assertEqual(charge.state, "done")
        self.assertEqual((charge.attempt, charge.amount), (1, 120.0))
        self.assertEqual(len(invoice.sudo().transaction_ids), 1)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(invoice.amount_residual, 0)

    def test_su_14_nothing_is_charged_before_the_due_date(self):
        term = self.env.ref("account.account_payment_term_30days")
        subscription = self.subscribe_with("done", payment_term_id=term.id)
        invoice = self.bill(subscription, DAY)
        self.collect(date(2026, 3, 2))
        self.assertFalse(self.charges_of(invoice))
        self.collect(date(2026, 3, 3))
        self.assertEqual(self.charges_of(invoice).state, "done")

    def test_su_14_a_refused_charge_keeps_what_the_provider_said(self):
        subscription = self.subscribe_with("error")
        invoice = self.bill(subscription, DAY)
        self.collect(DAY)
        charge = self.charges_of(invoice)
        self.assertEqual(charge.state, "failed")
        self.assertIn("error", charge.reason)
        self.assertEqual(charge.result_date, DAY)
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertEqual(subscription.failed_charge_count, 1)
        self.collect(date(2026, 2, 2))
        self.assertEqual(len(self.charges_of(invoice)), 1, "again by rule only")

    def test_su_14_the_bank_answers_days_later(self):
        subscription = self.subscribe_with("pending")
        invoice = self.bill(subscription, DAY)
        self.collect(DAY)
        charge = self.charges_of(invoice)
        self.assertEqual(charge.state, "pending")
        self.collect(date(2026, 2, 3))
        self.assertEqual(self.charges_of(invoice), charge)
        charge.sudo().transaction_id._set_done()
        self.assertEqual(charge.state, "done")

    def test_su_14_an_invoice_paid_meanwhile_is_not_charged(self):
        subscription = self.subscribe_with("done")
        invoice = self.bill(subscription, DAY)
        planned = self.env["crm.payment.charge"]._plan(invoice, "due", DAY)
        self.env["account.payment.register"].with_user(self.accountant).with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({}).action_create_payments()
        self.collect(DAY)
        self.assertEqual(planned.state, "cancelled")
        self.assertFalse(invoice.sudo().transaction_ids)

    def test_su_14_money_taken_and_not_recorded_yet_is_not_taken_again(self):
        """The bank has said yes, the host could not make the payment so far, and a rule
        asks for another attempt."""
        subscription = self.subscribe_with("done")
        invoice = self.bill(subscription, DAY)
        charges = self.env["crm.payment.charge"]
        first = charges._plan(invoice, "due", DAY)
        self.assertTrue(first._claim())
        first._send()
        self.assertEqual((first.state, invoice.payment_state), ("done", "not_paid"))
        again = charges._plan(invoice, "retry", DAY)
        self.collect(DAY)
        self.assertEqual(again.state, "planned")
        self.run_cron("payment.cron_post_process_payment_tx", DAY)
        self.assertEqual(invoice.payment_state, "paid")
        self.collect(date(2026, 2, 2))
        self.assertEqual(again.state, "cancelled")
        self.assertEqual(len(invoice.sudo().transaction_ids), 1)

    def test_su_14_the_host_keeps_off_a_charge_until_the_bank_has_answered(self):
        """Its scheduled action would write the row that the answer is written to."""
        subscription = self.subscribe_with("pending")
        invoice = self.bill(subscription, DAY)
        charge = self.env["crm.payment.charge"]._plan(invoice, "due", DAY)
        self.assertTrue(charge._claim())
        transactions = self.env["payment.transaction"]
        waiting = [
            ("is_post_processed", "=", False),
            ("id", "in", invoice.sudo().transaction_ids.ids),
        ]
        self.assertFalse(transactions.search(waiting))
        charge._send()
        self.assertTrue(transactions.search(waiting))

    def test_su_14_what_a_person_has_declared_is_not_sent_any_more(self):
        subscription = self.subscribe_with("done")
        invoice = self.bill(subscription, DAY)
        charge = self.env["crm.payment.charge"]._plan(invoice, "due", DAY)
        self.assertTrue(charge._claim())
        charge.with_user(self.accountant).action_declare_failed()
        charge._send()
        self.assertEqual(charge.state, "failed")
        self.assertEqual(invoice.sudo().transaction_ids.state, "draft")

    def test_su_14_a_charge_without_answer_waits_for_a_person(self):
        """A kill after the provider was asked: the mark is there, the answer not."""
        subscription = self.subscribe_with("done")
        invoice = self.bill(subscription, DAY)
        charge = self.env["crm.payment.charge"]._plan(invoice, "due", DAY)
        self.assertTrue(charge._claim())
        self.collect(DAY)
        self.collect(date(2026, 2, 2))
        self.assertEqual(charge.state, "sending")
        self.assertEqual(len(invoice.sudo().transaction_ids), 1)
        with self.assertRaises(AccessError):
            charge.with_user(self.seller).action_declare_failed()
        charge.with_user(self.accountant).action_declare_failed()
        charge.with_user(self.accountant).action_retry()
        self.run_cron("ir_cron_collect", date(2030, 1, 1))
        self.assertEqual(self.charges_of(invoice)[-1].state, "done")

    def test_su_14_a_charge_without_answer_that_was_paid_is_declared_so(self):
        subscription = self.subscribe_with("done")
        invoice = self.bill(subscription, DAY)
        charge = self.env["crm.payment.charge"]._plan(invoice, "due", DAY)
        self.assertTrue(charge._claim())
        with self.assertRaises(AccessError):
            charge.with_user(self.seller).action_declare_paid()
        charge.with_user(self.accountant).action_declare_paid()
        self.assertEqual((charge.state, invoice.payment_state), ("done", "paid"))
        self.assertIn("sub_accountant", charge.reason)
        with self.assertRaisesRegex(UserError, "without an answer"):
            charge.with_user(self.accountant).action_declare_failed()

    def test_su_14_the_database_allows_one_live_charge_an_invoice(self):
        subscription = self.subscribe_with("done")
        invoice = self.bill(subscription, DAY)
        charges = self.env["crm.payment.charge"]
        charge = charges._plan(invoice, "due", DAY)
        self.assertFalse(charges._plan(invoice, "due", DAY), "one is under way")
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            charge.sudo().copy({"attempt": 2})

    def test_su_14_a_removed_payment_method_fails_in_words_with_a_retry(self):
        subscription = self.subscribe_with("done")
        other = self.subscribe_with("done")
        invoice = self.bill(subscription, DAY)
        paid = self.bill(other, DAY)
        subscription.payment_token_id.sudo().active = False
        self.collect(DAY)
        self.assertEqual(self.charges_of(paid).state, "done")
        self.assertFalse(self.charges_of(invoice))
        failure = self.env["crm.batch.failure"].search(
            [("run_id.kind", "=", "charge"), ("state", "=", "open")]
        )
        self.assertIn("removed by the customer", failure.reason)

    def test_su_14_a_charge_that_cannot_be_sent_stops_no_other(self):
        broken, good = self.subscribe_with("done"), self.subscribe_with("done")
        first, second = self.bill(broken, DAY), self.bill(good, DAY)
        charges = self.env["crm.payment.charge"]
        charges._plan(first + second, "due", DAY)
        broken.payment_token_id.sudo().provider_id = self.provider.copy(
            {"state": "disabled"}
        )
        self.collect(DAY)
        self.assertEqual(self.charges_of(first).state, "failed")
        self.assertIn("is disabled", self.charges_of(first).reason)
        self.assertEqual(self.charges_of(second).state, "done")

    def test_su_14_what_another_run_has_charged_is_no_failure(self):
        subscription = self.subscribe_with("done")
        invoice = self.bill(subscription, DAY)
        runs = self.env["crm.batch.run"].with_company(self.company)
        payload = {"day": "2026-02-01"}
        units = [{"res_id": invoice.id}]
        late = runs._enqueue("charge", units, name="Late", payload=payload)
        charges = self.env["crm.payment.charge"]
        charges._enqueue_due(self.company)
        self.assertEqual(
            runs.search([("kind", "=", "charge"), ("state", "=", "queued")]), late
        )
        charges._plan(invoice, "due", DAY)
        self.run_cron("ir_cron_collect", DAY)
        self.run_batches()
        self.assertEqual(self.charges_of(invoice).state, "done")
        self.assertEqual((late.state, len(late.failure_ids)), ("done", 0))

    def test_su_14_a_draft_or_a_credit_note_is_never_charged(self):
        subscription = self.subscribe_with("done")
        draft = self.bill(subscription, DAY, post=False)
        self.collect(DAY)
        self.assertFalse(self.charges_of(draft))
        self.assertFalse(draft.sudo().transaction_ids)

    # ------------------------------------------------------------------ rights
    def test_su_14_only_the_customers_own_payment_method_is_taken(self):
        subscription = self.subscribe()
        rival = self.env["res.partner"].create({"name": "Rival", "is_company": True})
        foreign = self.store_token(partner=rival)
        with self.assertRaisesRegex(ValidationError, "another customer"):
            subscription.with_user(self.accountant).set_payment_token(foreign.id)

    def test_su_14_sellers_neither_set_payment_methods_nor_lift_suspensions(self):
        subscription = self.subscribe_with("done")
        self.assertEqual(subscription.payment_method_label, "4242")
        with self.assertRaises(AccessError):
            subscription.set_payment_token(False)
        for vals in ({"payment_token_id": False}, {"suspended": True}):
            with self.subTest(vals), self.assertRaises(UserError):
                subscription.write(vals)
        charges = self.env["crm.payment.charge"].with_user(self.seller)
        with self.assertRaises(AccessError):
            charges.create({"subscription_id": subscription.id})

    def test_su_14_a_new_payment_method_charges_at_once_what_failed(self):
        subscription = self.subscribe_with("error")
        invoice = self.bill(subscription, DAY)
        self.collect(DAY)
        token = self.store_token("done")
        subscription.with_user(self.accountant).set_payment_token(token.id)
        charge = self.charges_of(invoice)[-1]
        self.assertEqual((charge.attempt, charge.origin), (2, "customer"))
        self.run_cron("ir_cron_collect", charge.planned_date)
        self.assertEqual(charge.state, "done")
        self.assertEqual(subscription.failed_charge_count, 0)

    def test_su_14_collection_ships_switched_off(self):
        settings = self.env["res.config.settings"]
        for field, name in (
            ("crm_collect_cron", "ir_cron_collect"),
            ("crm_dunning_cron", "ir_cron_dunning"),
        ):
            cron = self.env.ref(f"crm_ext_subscriptions.{name}")
            self.assertFalse(cron.active)
            settings.create({field: True}).execute()
            self.assertTrue(cron.active)
