from datetime import date

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
@freeze_time("2026-02-15")
class TestChangeLife(SubscriptionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env.ref("crm_ext_subscriptions.crm_close_reason_price")

    def amend(self, subscription, kind, day, **values):
        return subscription.with_user(self.seller).amend(kind, day, values)["effect"]

    def close(self, subscription, last, **values):
        values.setdefault("reason_id", self.reason.id)
        return self.amend(subscription, "close", last, **values)

    def assert_days_once(self, subscription, last):
        for line in subscription.line_ids:
            rows = line.sudo().period_ids.filtered(
                lambda row: row.kind == "recurring" and not row.cancelled
            )
            days = sum((row.date_to - row.date_from).days + 1 for row in rows)
            first = line._get_first_day()
            self.assertEqual(days, (last - first).days + 1)

    def test_a_pause_credits_what_was_billed_and_resumes_by_itself(self):
        subscription = self.subscribe(price=28.0)
        self.bill(subscription, date(2026, 2, 1))
        effect = self.amend(
            subscription, "pause", "2026-02-15", resume_date="2026-03-11"
        )
        self.assertEqual(effect["adjustment_total"], -14.0)
        self.assertEqual(effect["annual_value"], {"before": 336.0, "after": 0.0})
        self.assertEqual(subscription.state, "paused")
        invoice = self.bill(subscription, date(2026, 3, 1))
        self.assertAlmostEqual(invoice.amount_untaxed, -14 + 18.97)
        with freeze_time("2026-03-11"):
            self.env["crm.subscription"]._cron_sync_states()
            self.assertEqual(subscription.state, "running")
        self.assert_days_once(subscription, date(2026, 3, 31))

    def test_a_pause_that_begins_later_shows_on_its_day(self):
        subscription = self.subscribe()
        self.bill(subscription, date(2026, 2, 1))
        self.amend(subscription, "pause", "next")
        self.assertEqual(subscription.state, "running")
        with freeze_time("2026-03-01"):
            self.env["crm.subscription"]._cron_sync_states()
        self.assertEqual(subscription.state, "paused")

    def test_resumed_from_a_day_and_never_lost(self):
        subscription = self.subscribe(price=31.0)
        self.amend(subscription, "pause", "2026-02-15")
        with self.assertRaisesRegex(UserError, "paused on that day already"):
            self.amend(subscription, "pause", "2026-02-20")
        self.amend(subscription, "resume", "2026-03-02")
        invoice = self.bill(subscription, date(2026, 3, 1))
        self.assertEqual(invoice.amount_untaxed, 15.5 + 30.0)
        self.assert_days_once(subscription, date(2026, 3, 31))
        with self.assertRaisesRegex(UserError, "not paused"):
            self.amend(subscription, "resume", "2026-03-10")

    def test_closed_at_a_past_date_credits_and_then_is_closed(self):
        subscription = self.subscribe(price=28.0)
        self.bill(subscription, date(2026, 2, 1))
        effect = self.close(subscription, "2026-02-07", note="by mail")
        self.assertEqual(effect["adjustment_total"], -21.0)
        self.assertEqual(subscription.date_end, date(2026, 2, 7))
        self.assertEqual(subscription.close_reason_id, self.reason)
        self.assertEqual(subscription.state, "running", "the credit is not made yet")
        credit = self.bill(subscription, date(2026, 2, 15))
        self.assertEqual(credit.move_type, "out_refund")
        self.assertEqual(credit.amount_untaxed, 21.0)
        self.assertEqual(subscription.state, "closed")
        self.assertFalse(self.bill(subscription, date(2027, 1, 1)))

    def test_closed_later_bills_until_then(self):
        subscription = self.subscribe(price=31.0, invoicing="arrears")
        self.close(subscription, "2026-03-10")
        invoices = self.bill(subscription, date(2026, 3, 31))
        self.assertEqual(sum(invoices.mapped("amount_untaxed")), 41.0)
        self.assertFalse(subscription.next_due_date)
        with freeze_time("2026-03-11"):
            self.env["crm.subscription"]._cron_sync_states()
        self.assertEqual(subscription.state, "closed")
        self.assert_days_once(subscription, date(2026, 3, 10))

    def test_within_the_minimum_term_the_agreed_amount_is_billed_once(self):
        subscription = self.subscribe(
            price=28.0,
            minimum_months=12,
            early_fee_mode="fixed",
            early_fee_amount=150.0,
        )
        self.bill(subscription, date(2026, 2, 1))
        shown = subscription.preview_amend(
            "close", "2026-02-28", {"reason_id": self.reason.id, "waive": True}
        )
        self.assertEqual(shown["next_invoice"]["after"], 0.0)
        effect = self.close(subscription, "2026-02-28")
        self.assertEqual(effect["next_invoice"], {"before": 28.0, "after": 150.0})
        invoice = self.bill(subscription, date(2026, 2, 28))
        self.assertEqual(invoice.amount_untaxed, 150.0)
        self.assertIn("Early termination", invoice.invoice_line_ids.name)
        self.assertFalse(self.bill(subscription, date(2026, 12, 31)))

    def test_a_subscription_by_consumption_alone_pays_it_too(self):
        meter = self.env["crm.usage.meter"].create({"name": "Calls", "code": "calls"})
        subscription = self.subscribe(
            lines=[{"line_type": "usage", "meter_id": meter.id, "price_unit": 0.5}],
            minimum_months=12,
            early_fee_mode="fixed",
            early_fee_amount=75.0,
        )
        self.close(subscription, "2026-02-28")
        invoice = self.bill(subscription, date(2026, 2, 28))
        self.assertEqual(invoice.amount_untaxed, 75.0)

    def test_reopened_the_days_between_are_an_explained_gap(self):
        subscription = self.subscribe(price=28.0, date_end=date(2026, 12, 31))
        self.bill(subscription, date(2026, 2, 1))
        self.close(subscription, "2026-02-07")
        self.bill(subscription, date(2026, 2, 15))
        self.assertEqual(subscription.state, "closed")
        effect = self.amend(subscription, "reopen", "2026-02-15")
        self.assertEqual(effect["adjustment_total"], 14.0)
        self.assertEqual(subscription.state, "running")
        self.assertEqual(subscription.date_end, date(2026, 12, 31))
        self.assertFalse(subscription.close_reason_id)
        invoice = self.bill(subscription, date(2026, 3, 1))
        self.assertEqual(invoice.amount_untaxed, 14.0 + 28.0)
        self.assert_days_once(subscription, date(2026, 3, 31))

    def test_reopened_after_a_cut_period_in_arrears(self):
        subscription = self.subscribe(price=31.0, invoicing="arrears")
        self.close(subscription, "2026-03-10")
        self.bill(subscription, date(2026, 3, 10))
        self.amend(subscription, "reopen", "2026-03-20")
        self.bill(subscription, date(2026, 4, 30))
        self.assert_days_once(subscription, date(2026, 4, 30))
        rows = subscription.sudo().period_ids.sorted("date_from")
        self.assertEqual(rows.mapped("amount"), [31.0, 10.0, 0.0, 12.0, 31.0])

    def test_reopened_after_its_own_end_the_days_between_are_not_due(self):
        ends = {"date": {"date_end": date(2026, 2, 28)}, "number": {"instalments": 1}}
        for name, end in ends.items():
            for prorata in ("calendar", "none"):
                with self.subTest(end=name, prorata=prorata):
                    subscription = self.subscribe(
                        price=31.0, prorata_basis=prorata, **end
                    )
                    self.bill(subscription, date(2026, 2, 1))
                    with freeze_time("2026-04-11"):
                        effect = self.amend(subscription, "reopen", "2026-05-11")
                        self.assertEqual(effect["adjustment_total"], 0)
                        self.bill(subscription, date(2026, 5, 11))
                    rows = subscription.sudo().period_ids.sorted("date_from")
                    may = 21.0 if prorata == "calendar" else 31.0
                    self.assertEqual(sum(rows.mapped("amount")), 31.0 + may)
                    self.assert_days_once(subscription, date(2026, 5, 31))

    def test_renewed_for_the_length_of_the_contract(self):
        subscription = self.subscribe(
            date_end=date(2026, 2, 28), renewal_interval=3, renewal_unit="month"
        )
        self.bill(subscription, date(2026, 2, 1))
        self.assertFalse(subscription.next_due_date)
        effect = self.amend(subscription, "renew", "next")
        self.assertEqual(subscription.date_end, date(2026, 5, 31))
        self.assertEqual(effect["next_invoice"], {"before": 0.0, "after": 100.0})
        self.assertEqual(subscription.next_due_date, date(2026, 3, 1))
        instalments = self.subscribe(instalments=12)
        self.amend(instalments, "renew", "next")
        self.assertEqual(instalments.instalments, 24)
        with self.assertRaisesRegex(UserError, "no term"):
            self.amend(self.subscribe(), "renew", "next")

    def test_transferred_it_nets_to_zero(self):
        other = self.partner.create({"name": "Filiale", "is_company": True})
        subscription = self.subscribe(price=33.33, client_order_ref="PO-1")
        self.bill(subscription, date(2026, 2, 1))
        effect = self.amend(subscription, "transfer", "2026-02-10", partner_id=other.id)
        self.assertEqual(effect["annual_value"]["before"], 399.96)
        self.assertEqual(effect["annual_value"]["after"], 399.96)
        successor = self.env["crm.subscription"].browse(effect["successor_id"])
        self.assertEqual(successor.predecessor_id, subscription)
        self.assertEqual(successor.partner_id, other)
        self.assertFalse(successor.client_order_ref)
        credit = self.bill(subscription, date(2026, 2, 15))
        debit = self.bill(successor.with_user(self.seller), date(2026, 2, 15))
        self.assertEqual(debit.partner_id, other)
        self.assertEqual(debit.amount_untaxed, credit.amount_untaxed)
        self.assertEqual(subscription.state, "closed")
        self.assertFalse(subscription.close_reason_id.is_loss)
        self.assertEqual(self.bill(successor, date(2026, 3, 1)).amount_untaxed, 33.33)

    def test_another_plan_from_a_day_on(self):
        subscription = self.subscribe(price=28.0)
        self.bill(subscription, date(2026, 2, 1))
        effect = self.amend(
            subscription, "swap_plan", "2026-02-15", plan_id=self.yearly.id
        )
        self.assertEqual(effect["annual_value"], {"before": 336.0, "after": 336.0})
        self.assertEqual(effect["adjustment_total"], -14.0)
        successor = self.env["crm.subscription"].browse(effect["successor_id"])
        self.assertEqual(successor.unit, "year")
        self.assertEqual(self.bill(successor, date(2026, 2, 15)).amount_untaxed, 336.0)

    def test_a_preview_of_a_transfer_uses_up_no_number(self):
        subscription = self.subscribe()
        values = {"partner_id": self.partner.copy().id}
        subscription.preview_amend("transfer", "2026-02-10", values)
        number = int(subscription.name.split("/")[-1])
        self.assertEqual(self.subscribe().name.split("/")[-1], f"{number + 1:04d}")

    def test_the_dates_of_a_closing(self):
        subscription = self.subscribe(date_end=date(2026, 3, 31))
        with self.assertRaisesRegex(UserError, "before the start"):
            self.close(subscription, "2026-01-31")
        with self.assertRaisesRegex(UserError, "ends on"):
            self.close(subscription, "2026-04-30")
        with self.assertRaisesRegex(UserError, "reason_id"):
            self.amend(subscription, "close", "2026-03-01")

    def test_what_ends_today_ends_on_the_day_of_the_company(self):
        """After midnight in Paris, whoever bills elsewhere."""
        self.env.company.partner_id.tz = "Europe/Paris"
        subscription = self.subscribe()
        with freeze_time("2026-03-31 22:30:00"):
            self.close(subscription, "today")
            self.assertEqual(subscription.date_end, date(2026, 4, 1))
            self.bill(subscription, subscription.date_end)
            self.assertEqual(subscription.state, "closed")

    def test_back_to_draft_no_more_after_a_change(self):
        subscription = self.subscribe()
        self.amend(subscription, "pause", "next")
        with self.assertRaisesRegex(UserError, "changed"):
            subscription.action_draft()
