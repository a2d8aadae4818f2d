from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
class TestMrrLedger(SubscriptionCase):
    """What each entry writes into the ledger of moves."""

    def moves(self, subscriptions):
        rows = self.env["crm.mrr.move"].with_user(self.seller)
        found = rows.search([("subscription_id", "in", subscriptions.ids)])
        return [
            (str(row.date), row.kind, row.cause, row.amount, row.counter)
            for row in found.sorted("id")
        ]

    @freeze_time("2026-01-10 09:00:00")
    def test_a_subscription_is_new_from_its_start(self):
        subscription = self.subscribe(price=100.0)
        self.assertEqual(
            self.moves(subscription),
            [("2026-02-01", "new", "entry", 100.0, False)],
        )

    def test_a_quantity_added_later_is_an_expansion(self):
        with freeze_time("2026-01-10 09:00:00"):
            subscription = self.subscribe(price=100.0)
        with freeze_time("2026-03-15 10:00:00"):
            subscription.amend(
                "quantity", "today", {"line_id": subscription.line_ids.id, "add": 2}
            )
        self.assertEqual(
            self.moves(subscription)[1:],
            [("2026-03-15", "expansion", "quantity", 200.0, False)],
        )

    def test_the_past_as_known_stays(self):
        with freeze_time("2026-01-10 09:00:00"):
            subscription = self.subscribe(price=100.0)
        with freeze_time("2026-04-02 10:00:00"):
            subscription.amend(
                "price",
                "2026-02-01",
                {"line_id": subscription.line_ids.id, "price_unit": 80.0},
            )
        self.assertEqual(
            self.moves(subscription)[1:],
            [
                ("2026-02-01", "new", "entry", -100.0, True),
                ("2026-02-01", "new", "entry", 80.0, False),
            ],
        )
        ledger = self.env["crm.mrr.move"].with_user(self.manager)
        company = self.company.id
        before = ledger.get_mrr("2026-03-31", "2026-03-31", company)["mrr"]
        now = ledger.get_mrr("2026-03-31", None, company)["mrr"]
        self.assertEqual(round(before - now, 2), 20.0)

    def test_a_transfer_is_neither_churn_nor_new(self):
        with freeze_time("2026-01-10 09:00:00"):
            subscription = self.subscribe(price=100.0)
            other = self.env["res.partner"].create({"name": "Repreneur"})
        with freeze_time("2026-03-10 09:00:00"):
            effect = subscription.amend(
                "transfer", "2026-04-01", {"partner_id": other.id}
            )["effect"]
        successor = subscription.browse(effect["successor_id"])
        self.assertEqual(
            self.moves(subscription | successor)[1:],
            [
                ("2026-04-01", "transfer", "transfer", -100.0, False),
                ("2026-04-01", "transfer", "transfer", 100.0, False),
            ],
        )
        self.assertEqual(effect["mrr"], {"before": 100.0, "after": 100.0})

    def test_su_07_mrr_shows_before_confirming(self):
        with freeze_time("2026-01-10 09:00:00"):
            subscription = self.subscribe(lines=[{"price_unit": 10.0, "quantity": 3}])
            before = self.moves(subscription)
        with freeze_time("2026-02-12 09:00:00"):
            terms = {"line_id": subscription.line_ids.id, "add": 2}
            shown = subscription.preview_amend("quantity", "today", terms)
            self.assertEqual(shown["mrr"], {"before": 30.0, "after": 50.0})
            self.assertEqual(self.moves(subscription), before)
            effect = subscription.amend("quantity", "today", terms)["effect"]
        self.assertEqual(effect["mrr"], shown["mrr"])
        self.assertEqual(
            self.moves(subscription)[1:],
            [("2026-02-12", "expansion", "quantity", 20.0, False)],
        )

    def test_su_07_mrr_of_two_billing_days_a_month(self):
        """Each half month is a period at the line's price."""
        with freeze_time("2026-01-10 09:00:00"):
            subscription = self.subscribe(price=10.0, anchor_days="1, 15")
            terms = {"line_id": subscription.line_ids.id, "quantity": 2}
            effect = subscription.preview_amend("quantity", "2026-02-01", terms)
        self.assertEqual(effect["mrr"], {"before": 20.0, "after": 40.0})
        self.assertEqual(effect["annual_value"], {"before": 240.0, "after": 480.0})

    def test_su_13_figures_hold_the_readers_rights(self):
        """Who follows own subscriptions reads their MRR, and nobody writes it."""
        with freeze_time("2026-01-10 09:00:00"):
            self.subscribe(price=100.0)
        ledger = self.env["crm.mrr.move"]
        other = self._new_user(
            "sub_other", "crm_ext_subscriptions.group_subscriptions_user"
        )
        self.assertEqual(
            ledger.with_user(self.seller).get_mrr("2026-02-01")["mrr"], 100
        )
        self.assertEqual(ledger.with_user(self.seller).get_mrr("2026-01-31")["mrr"], 0)
        self.assertEqual(ledger.with_user(other).get_mrr("2026-02-01")["mrr"], 0)
        with self.assertRaises(AccessError):
            ledger.with_user(self.manager).search([], limit=1).amount = 1.0
        with self.assertRaises(AccessError):
            ledger.with_user(self.stranger).get_mrr("2026-02-01")

    def test_su_13_migrated_subscriptions_begin_at_their_start(self):
        """Known from the import on; new at the start in the file, not today."""
        with freeze_time("2026-06-10 09:00:00"):
            subscription = self.subscribe(
                start=date(2024, 5, 1), price=100.0, external_ref="OLD-1"
            )
        self.assertEqual(
            self.moves(subscription), [("2024-05-01", "new", "opening", 100.0, False)]
        )

    def test_another_plan_moves_only_the_difference(self):
        with freeze_time("2026-01-10 09:00:00"):
            subscription = self.subscribe(price=100.0)
        with freeze_time("2026-03-10 09:00:00"):
            effect = subscription.amend(
                "swap_plan", "2026-04-01", {"plan_id": self.yearly.id}
            )["effect"]
        successor = subscription.browse(effect["successor_id"])
        self.assertEqual(
            [row[1:4] for row in self.moves(subscription | successor)[1:]],
            [("transfer", "plan", -100.0), ("transfer", "plan", 100.0)],
        )

    def test_back_to_draft_takes_back_what_was_known(self):
        with freeze_time("2026-01-10 09:00:00"):
            subscription = self.subscribe(price=100.0)
        with freeze_time("2026-01-12 09:00:00"):
            subscription.action_draft()
        self.assertEqual(
            [row[3:] for row in self.moves(subscription)],
            [(100.0, False), (-100.0, True)],
        )
        rows = self.env["crm.mrr.move"].search(
            [("subscription_id", "=", subscription.id)]
        )
        self.assertEqual(
            rows.mapped("known_at"),
            [datetime(2026, 1, 12, 9), datetime(2026, 1, 10, 9)],
        )
        self.assertTrue(all(rows.mapped("withdrawn")))
        self.assertEqual(set(rows.mapped("date")), {date(2026, 2, 1)})
