from datetime import date

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
class TestBilling(SubscriptionCase):
    def wizard(self, until, mode="post", user=None):
        wizards = self.env["crm.bill.due"].with_user(user or self.accountant)
        return wizards.create({"date": until, "invoice_date": until, "mode": mode})

    def mine(self, records):
        return records.filtered(lambda sub: sub.partner_id == self.partner)

    def test_su_04_fixed_amount_by_a_native_invoice(self):
        subscription = self.subscribe(client_order_ref="PO-77")
        subscription.with_user(self.manager).payment_term_id = self.env.ref(
            "account.account_payment_term_30days"
        )
        invoice = self.bill(subscription, date(2026, 2, 1))
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(invoice.move_type, "out_invoice")
        self.assertEqual(invoice.journal_id.type, "sale")
        self.assertEqual(invoice.amount_untaxed, 100.0)
        self.assertEqual(invoice.amount_tax, 20.0)
        self.assertEqual(invoice.ref, "PO-77")
        self.assertEqual(invoice.invoice_origin, subscription.name)
        self.assertEqual(invoice.invoice_date_due, date(2026, 3, 3))
        line = invoice.invoice_line_ids
        self.assertTrue(line.account_id.code.startswith("70"))
        self.assertIn("02/01/2026 - 02/28/2026", line.name)
        self.assertEqual(subscription.next_due_date, date(2026, 3, 1))
        self.assertEqual(subscription.invoice_count, 1)

    def test_su_04_each_period_once(self):
        subscription = self.subscribe()
        self.bill(subscription, date(2026, 2, 15))
        self.assertFalse(self.bill(subscription, date(2026, 2, 28)))
        invoice = self.bill(subscription, date(2026, 4, 1))
        self.assertEqual(len(invoice.invoice_line_ids), 2)
        rows = subscription.period_ids.sorted("date_from")
        self.assertEqual(
            rows.mapped("date_to"),
            [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)],
        )
        self.assertEqual(sum(rows.mapped("amount")), 300.0)

    def test_fiscal_position_decides_on_the_tax(self):
        export = self.env["account.fiscal.position"].create({"name": "Export"})
        exempt = self.product.taxes_id.copy({"amount": 0.0, "name": "Export, exempt"})
        exempt.fiscal_position_ids = export
        exempt.original_tax_ids = self.product.taxes_id
        partner = self.partner.copy({"property_account_position_id": export.id})
        invoice = self.bill(self.subscribe(partner_id=partner.id), date(2026, 2, 1))
        self.assertEqual(invoice.fiscal_position_id, export)
        self.assertEqual(invoice.invoice_line_ids.tax_ids, exempt)
        self.assertEqual(invoice.amount_tax, 0.0)

    def test_a_short_first_period_is_billed_by_days(self):
        subscription = self.subscribe(date(2026, 2, 17), price=280.0, anchor_day=1)
        invoice = self.bill(subscription, date(2026, 2, 17))
        self.assertEqual(invoice.amount_untaxed, 120.0)
        self.assertIn("12/28", invoice.invoice_line_ids.name)
        self.assertEqual(subscription.period_ids.amount, 120.0)

    def test_a_price_keeps_all_its_decimals_on_the_invoice(self):
        lines = [{"price_unit": 36.082659, "quantity": 12}]
        invoice = self.bill(self.subscribe(lines=lines), date(2026, 2, 1))
        self.assertEqual(invoice.amount_untaxed, 432.99)

    def test_su_03_what_is_due_is_shown_with_totals_and_exceptions_apart(self):
        known = self.wizard(date(2026, 3, 1)).amount_untaxed
        fine = self.subscribe()
        archived = self.product.create({"name": "Old", "active": False})
        blocked = self.subscribe(lines=[{"product_id": archived.id, "price_unit": 5}])
        wizard = self.wizard(date(2026, 3, 1))
        self.assertEqual(self.mine(wizard.subscription_ids), fine)
        self.assertIn(blocked, wizard.blocked_ids)
        apart = wizard.blocked_ids.filtered(lambda sub: sub == blocked)
        self.assertIn("Archived product", apart.billing_problem)
        before = self.wizard(date(2026, 1, 31))
        self.assertFalse(self.mine(before.subscription_ids))
        self.assertEqual(wizard.amount_untaxed - known, 200.0)

    def test_su_03_one_run_bills_all_and_running_again_bills_nothing(self):
        subscriptions = self.subscribe() + self.subscribe(price=50.0)
        action = self.wizard(date(2026, 2, 1)).action_bill()
        self.run_batches()
        run = (
            self.env["crm.batch.run"]
            .with_user(self.accountant)
            .browse(action["res_id"])
        )
        self.assertEqual(run.state, "done")
        moves = self.invoices(subscriptions)
        self.assertEqual(len(moves), 2)
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        self.assertFalse(self.mine(self.wizard(date(2026, 2, 1)).subscription_ids))

    def test_su_03_drafts_to_check(self):
        subscription = self.subscribe()
        self.wizard(date(2026, 2, 1), mode="draft").action_bill()
        self.run_batches()
        self.assertEqual(self.invoices(subscription).state, "draft")

    def test_su_03_one_failing_subscription_does_not_stop_the_others(self):
        other = self.product.create({"name": "Other"})
        first, last = self.subscribe(), self.subscribe()
        failing = self.subscribe(lines=[{"product_id": other.id, "price_unit": 1.0}])
        engine = self.env["crm.subscription"].with_user(self.accountant)
        day = date(2026, 2, 1)
        run = engine._enqueue_billing(first + failing + last, day, day, True)
        other.active = False  # between the screen and the run
        self.run_batches()
        self.assertEqual(run.state, "failed")
        self.assertIn("Archived product", run.failure_ids.reason)
        self.assertIn(failing.name, run.failure_ids.name)
        self.assertEqual(len(self.invoices(first + last)), 2)
        self.assertFalse(failing.period_ids)

    def test_only_accountants_bill(self):
        subscription = self.subscribe()
        for user in (self.seller, self.stranger):
            with self.assertRaises(AccessError):
                subscription.with_user(user).bill_until("2026-02-01")
        with self.assertRaises(AccessError):
            self.env["crm.subscription"].with_user(self.seller)._enqueue_billing(
                subscription, date(2026, 2, 1), date(2026, 2, 1), True
            )

    def test_the_cron_is_off_until_switched_on_and_bills_drafts(self):
        cron = self.env.ref("crm_ext_subscriptions.ir_cron_bill_due")
        self.assertFalse(cron.active)
        settings = self.env["res.config.settings"].create({"crm_billing_cron": True})
        settings.set_values()
        self.assertTrue(cron.active)
        subscription = self.subscribe(fields.Date.today())
        self.env["crm.subscription"]._cron_bill_due()
        self.run_batches()
        self.assertEqual(self.invoices(subscription).state, "draft")

    def test_bill_now_opens_the_posted_invoice(self):
        subscription = self.subscribe(fields.Date.today())
        action = subscription.with_user(self.accountant).action_bill_now()
        invoice = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(invoice.crm_subscription_count, 1)
        opened = invoice.with_user(self.accountant).action_view_crm_subscriptions()
        self.assertEqual(opened["res_id"], subscription.id)

    def test_invoices_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.partner.lang = "fr_FR"
        invoice = self.bill(self.subscribe(), date(2026, 2, 1))
        self.assertIn("01/02/2026 - 28/02/2026", invoice.invoice_line_ids.name)

    def test_queries_do_not_grow_with_the_number_of_lines_due(self):
        few = self.subscribe()
        many = self.subscribe(lines=[{"price_unit": 1.0}] * 10)
        self.env.flush_all()
        counts = []
        for subscription in (few, many):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            subscription._prepare_due_rows(date(2026, 12, 31))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_zero_quantity_is_covered_and_makes_no_invoice(self):
        subscription = self.subscribe(lines=[{"quantity": 0, "price_unit": 10.0}])
        self.assertFalse(self.bill(subscription, date(2026, 2, 1)))
        self.assertEqual(subscription.period_ids.amount, 0.0)
        self.assertEqual(subscription.next_due_date, date(2026, 3, 1))

    def test_terms_printed_on_the_invoice(self):
        subscription = self.subscribe(note="<p>Our terms</p>")
        invoice = self.bill(subscription, date(2026, 2, 1))
        self.assertIn("Our terms", invoice.narration)
        self.assertEqual(invoice.invoice_user_id, self.seller)
