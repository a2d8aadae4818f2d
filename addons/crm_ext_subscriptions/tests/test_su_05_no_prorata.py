from datetime import date

from odoo.tests import freeze_time, tagged

from .common import SubscriptionCase


@freeze_time("2026-03-25 12:00:00")
@tagged("post_install", "-at_install")
class TestNoProrata(SubscriptionCase):
    """Without prorata a period in which the contract runs costs its full price, once:
    whatever is closed and reopened within it."""

    def live(self, **values):
        return self.subscribe(date(2026, 3, 1), prorata_basis="none", **values)

    def close_on(self, subscription, day):
        reason = self.env.ref("crm_ext_subscriptions.crm_close_reason_need")
        return subscription.amend("close", day, {"reason_id": reason.id})["effect"]

    def rows_of(self, subscription):
        rows = subscription.sudo().period_ids.filtered(
            lambda row: row.kind == "recurring"
        )
        return [
            (row.date_from.day, row.date_to.day, row.days, row.whole_days, row.amount)
            for row in rows.sorted("date_from")
        ]

    def total(self, subscription):
        return round(sum(subscription.sudo().period_ids.mapped("amount")), 2)

    def test_billed_then_closed_and_reopened_in_one_period_owes_nothing(self):
        subscription = self.live()
        self.bill(subscription, date(2026, 3, 1))
        effect = self.close_on(subscription, "2026-03-10")
        self.assertEqual(effect["adjustment_total"], 0)
        effect = subscription.amend("reopen", "2026-03-20")["effect"]
        self.assertEqual(effect["adjustment_total"], 0)
        self.assertEqual(self.total(subscription), 100.0)
        self.bill(subscription, date(2026, 4, 1))
        self.assertEqual(self.total(subscription), 200.0)

    def test_closed_and_reopened_before_it_is_billed_is_shared_by_live_days(
        self,
    ):
        """10 days, 9 without contract, 12 days: 10/22, nothing, 12/22."""
        subscription = self.live(invoicing="arrears")
        self.close_on(subscription, "2026-03-10")
        subscription.amend("reopen", "2026-03-20")
        self.bill(subscription, date(2026, 3, 31))
        self.assertEqual(
            self.rows_of(subscription),
            [(1, 10, 10, 22, 45.45), (11, 19, 9, 22, 0.0), (20, 31, 12, 22, 54.55)],
        )

    def test_billed_at_its_closing_then_reopened_the_price_is_due_once(self):
        subscription = self.live(invoicing="arrears")
        self.close_on(subscription, "2026-03-10")
        self.bill(subscription, date(2026, 3, 10))
        self.assertEqual(self.total(subscription), 100.0)
        subscription.amend("reopen", "2026-03-20")
        self.bill(subscription, date(2026, 3, 31))
        self.assertEqual(self.total(subscription), 100.0)
        days = [row[:2] for row in self.rows_of(subscription)]
        self.assertEqual(days, [(1, 10), (11, 19), (20, 31)])

    def test_reopened_in_a_later_period_that_one_is_due_in_full(self):
        subscription = self.live(invoicing="arrears")
        self.close_on(subscription, "2026-03-10")
        subscription.amend("reopen", "2026-04-20")
        self.bill(subscription, date(2026, 4, 30))
        self.assertEqual(self.total(subscription), 200.0)
        self.assertEqual(self.rows_of(subscription)[-1], (20, 30, 11, 11, 100.0))

    def test_a_line_removed_before_counts_as_closed_too(self):
        """Closed on the 10th, reopened later: what was removed for the 16th, or had
        been removed on the 5th, changes nothing of what March costs."""
        removed = {"crossed": "2026-03-16", "before": "2026-03-05"}
        for name, day in removed.items():
            with self.subTest(name):
                subscription = self.live()
                self.bill(subscription, date(2026, 3, 1))
                line = subscription.line_ids
                subscription.amend("remove_line", day, {"line_id": line.id})
                self.close_on(subscription, "2026-03-10")
                owed = self.total(subscription)
                effect = subscription.amend("reopen", "2026-05-20")["effect"]
                self.assertEqual(effect["adjustment_total"], 0)
                self.assertEqual(self.total(subscription), owed)

    def test_a_pause_counts_by_days_whatever_the_prorata(self):
        subscription = self.live(invoicing="arrears")
        subscription.amend("pause", "2026-03-11", {"resume_date": "2026-03-20"})
        self.bill(subscription, date(2026, 3, 31))
        self.assertEqual(self.total(subscription), 70.97)
