from datetime import date

from odoo.tests import freeze_time, tagged

from .usage_common import UsageCase


@freeze_time("2026-03-10 12:00:00")
@tagged("post_install", "-at_install")
class TestUsageLateChange(UsageCase):
    """SU-06: a change entered late corrects usage billed already, its minimum too."""

    def commit(self, minimum=28, **values):
        """February at its minimum; the recurring line beside it lets it pause."""
        tariff = self.make_tariff([(0, 0.10)], minimum=minimum, allowance=28)
        return self.metered(tariff, lines=[{"price_unit": 1.0}], **values)

    def amend(self, subscription, kind, day, **values):
        return subscription.with_user(self.seller).amend(kind, day, values)["effect"]

    def owed(self, subscription):
        """The rows and adjustments of February's usage, in total."""
        rows = self.rows(subscription).filtered(
            lambda row: row.date_from <= date(2026, 2, 28)
        )
        return round(sum(rows.mapped("amount")), 2)

    def usage_part(self, effect, subscription):
        line = subscription.line_ids.filtered(lambda it: it.line_type == "usage")
        parts = [it["amount"] for it in effect["adjustments"] if it["line"] == line.id]
        return round(sum(parts), 2)

    def test_su_06_a_pause_entered_late_credits_the_minimum_of_its_days(self):
        subscription = self.commit()
        self.bill(subscription, date(2026, 3, 1))
        self.assertEqual(self.owed(subscription), 28.0)
        shown = subscription.preview_amend(
            "pause", "2026-02-08", {"resume_date": "2026-02-22"}
        )
        effect = self.amend(
            subscription, "pause", "2026-02-08", resume_date="2026-02-22"
        )
        self.assertEqual(shown["adjustments"], effect["adjustments"])
        self.assertEqual(self.usage_part(effect, subscription), -14.0)
        self.assertEqual(self.owed(subscription), 14.0)
        adjustment = self.rows(subscription).filtered("adjusts_id")
        self.assertEqual(adjustment.cause, "pause")
        self.assertEqual(adjustment.change_id, subscription.change_ids)
        self.assertIn("after a change", adjustment._get_label())
        invoice = self.bill(subscription, date(2026, 4, 1))
        names = invoice.invoice_line_ids.mapped("name")
        self.assertTrue(any("after a change" in name for name in names), names)

    def test_su_06_entered_late_or_in_time_a_pause_costs_the_same(self):
        late, early = self.commit(), self.commit()
        pause = {"resume_date": "2026-02-22"}
        for subscription in late, early:
            self.use(subscription, 50, at="2026-02-03T09:00:00Z")
            self.use(subscription, 700, at="2026-02-25T09:00:00Z")
        self.amend(early, "pause", "2026-02-08", **pause)
        self.bill(late + early, date(2026, 3, 1))
        self.amend(late, "pause", "2026-02-08", **pause)
        self.assertEqual(self.owed(early), 73.6)  # 750 less 14 included, at 0.10
        self.assertEqual(self.owed(late), 73.6)

    def test_su_06_an_end_entered_late_credits_the_rest_and_reopening_owes_it_again(
        self,
    ):
        subscription = self.commit()
        self.bill(subscription, date(2026, 3, 1))
        reason = self.env.ref("crm_ext_subscriptions.crm_close_reason_need")
        effect = self.amend(subscription, "close", "2026-02-14", reason_id=reason.id)
        self.assertEqual(self.usage_part(effect, subscription), -14.0)
        self.assertEqual(self.owed(subscription), 14.0)
        effect = self.amend(subscription, "reopen", "2026-02-15")
        self.assertEqual(self.usage_part(effect, subscription), 14.0)
        self.assertEqual(self.owed(subscription), 28.0)

    def test_su_06_without_prorata_a_month_that_ends_early_owes_its_whole_minimum(
        self,
    ):
        subscription = self.commit(prorata_basis="none")
        self.bill(subscription, date(2026, 3, 1))
        reason = self.env.ref("crm_ext_subscriptions.crm_close_reason_need")
        effect = self.amend(subscription, "close", "2026-02-14", reason_id=reason.id)
        self.assertEqual(self.usage_part(effect, subscription), 0)
        self.assertEqual(self.owed(subscription), 28.0)

    def test_su_06_a_tariff_entered_late_changes_the_minimum_by_days(self):
        subscription = self.commit()
        self.bill(subscription, date(2026, 3, 1))
        dearer = self.make_tariff([(0, 0.10)], minimum=56, name="More")
        line = subscription.line_ids.filtered(lambda it: it.line_type == "usage")
        effect = self.amend(
            subscription,
            "tariff",
            "2026-02-15",
            line_id=line.id,
            usage_price_id=dearer.id,
        )
        self.assertEqual(self.usage_part(effect, subscription), 14.0)
        self.assertEqual(self.owed(subscription), 42.0)

    def test_su_06_prepaid_credit_is_given_back_for_days_without_contract(self):
        subscription = self.commit()
        book = self.env["crm.usage.credit"].create(
            {
                "subscription_id": subscription.id,
                "amount": 20,
                "date_from": date(2026, 2, 1),
            }
        )
        self.bill(subscription, date(2026, 3, 1))
        self.assertEqual((self.owed(subscription), book.balance), (8.0, 0))
        self.amend(subscription, "pause", "2026-02-08", resume_date="2026-02-22")
        self.assertEqual((self.owed(subscription), book.balance), (0, 6.0))

    def test_su_06_days_billed_again_are_billed_at_the_terms_known_now(self):
        subscription = self.commit()
        self.bill(subscription, date(2026, 3, 1), post=False).unlink()
        self.amend(subscription, "pause", "2026-02-08", resume_date="2026-02-22")
        row = self.rows(subscription).filtered(lambda row: row.settlement == "open")
        row.with_user(self.accountant).action_bill_again()
        live = self.rows(subscription).filtered(lambda row: not row.cancelled)
        self.assertEqual(sum(live.mapped("amount")), 14.0)

    def test_su_06_usage_billed_before_a_transfer_is_billed_to_the_new_customer(self):
        """100 units used on 20 February are the new customer's from the 15th on."""
        tariff = self.make_tariff([(0, 0.10)])
        subscription = self.metered(tariff)
        self.use(subscription, 40, at="2026-02-10T09:00:00Z")
        self.use(subscription, 100, at="2026-02-20T09:00:00Z")
        self.bill(subscription, date(2026, 3, 1))
        waiting = self.use(subscription, 30, at="2026-03-05T09:00:00Z")
        other = self.partner.copy({"name": "Filiale"})
        effect = self.amend(subscription, "transfer", "2026-02-15", partner_id=other.id)
        self.assertEqual(self.owed(subscription), 4.0)
        self.assertEqual(effect["adjustment_total"], -10.0)
        successor = subscription.browse(effect["successor_id"])
        self.assertEqual(waiting.subscription_id, successor)
        invoices = self.bill(successor, date(2026, 4, 1))
        self.assertEqual(sum(invoices.mapped("amount_untaxed")), 13.0)
        self.assertEqual(invoices.partner_id, other)

    def test_su_06_days_billed_before_and_after_a_closing_stay_priced_apart(self):
        """Closed, billed and reopened in one month: late usage of the first days is
        priced with them, and the others wait."""
        tariff = self.make_tariff([(100, 0.10), (0, 0.05)], minimum=2.8)
        subscription = self.metered(tariff)
        self.use(subscription, 80, at="2026-02-03T09:00:00Z")
        reason = self.env.ref("crm_ext_subscriptions.crm_close_reason_need")
        self.amend(subscription, "close", "2026-02-14", reason_id=reason.id)
        first = self.bill(subscription, date(2026, 3, 1))
        self.assertEqual(first.amount_untaxed, 8.0)
        effect = self.amend(subscription, "reopen", "2026-02-15")
        self.assertEqual(effect["adjustment_total"], 0)
        self.use(subscription, 10, at="2026-02-04T09:00:00Z")
        self.use(subscription, 60, at="2026-02-20T09:00:00Z")
        second = self.bill(subscription, date(2026, 3, 2))
        self.assertEqual(sum(second.mapped("amount_untaxed")), 7.0)
        self.assertEqual(self.owed(subscription), 15.0)
