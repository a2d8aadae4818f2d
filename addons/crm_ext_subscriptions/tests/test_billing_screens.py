from datetime import date

from odoo.tests import freeze_time, tagged

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
class TestBillingScreens(SubscriptionCase):
    """The chart of the form, and the amounts of kanban columns and pivots."""

    @freeze_time("2026-03-10 12:00:00")
    def test_the_chart_shows_past_and_future_invoices_with_their_status(self):
        subscription = self.subscribe()
        self.bill(subscription, date(2026, 2, 1))
        self.bill(subscription, date(2026, 3, 1), post=False)
        points = subscription._get_chart_points()
        self.assertEqual(
            points[:3],
            [
                (date(2026, 2, 1), 100.0, "billed"),
                (date(2026, 3, 1), 100.0, "draft"),
                (date(2026, 4, 1), 100.0, "planned"),
            ],
        )
        self.assertEqual(len(points), 8)
        seen = subscription.with_user(self.seller).billing_chart
        self.assertIn('role="img"', seen)
        self.assertIn("Apr 26", seen)
        self.assertIn("To come", seen)
        freed = subscription.period_ids.filtered(
            lambda row: row.move_id.state == "draft"
        )
        freed.move_id.with_user(self.accountant).unlink()
        self.assertEqual(subscription._get_chart_points()[1][0], date(2026, 4, 1))

    def test_the_chart_before_confirming_and_after_the_last_instalment(self):
        draft = self.subscribe(instalments=3, confirm=False)
        self.assertEqual(len(draft._get_chart_points()), 3)
        ending = self.subscribe(instalments=1)
        self.bill(ending, date(2026, 2, 1))
        self.assertEqual(
            ending._get_chart_points(), [(date(2026, 2, 1), 100.0, "billed")]
        )

    def test_amounts_of_a_period_add_up_in_the_database(self):
        subscriptions = self.subscribe(lines=[{"price_unit": 12.5, "quantity": 3}])
        subscriptions += self.subscribe(lines=[{"price_unit": 80.0, "discount": 25}])
        subscriptions += self.subscribe(price=40.0, confirm=False)
        groups = self.env["crm.subscription"]._read_group(
            [("id", "in", subscriptions.ids)], ["state"], ["amount_period:sum"]
        )
        self.assertEqual(
            {state: round(float(amount), 2) for state, amount in groups},
            {"running": 97.5, "draft": 40.0},
        )
        self.assertEqual(sum(subscriptions.mapped("amount_period")), 137.5)
