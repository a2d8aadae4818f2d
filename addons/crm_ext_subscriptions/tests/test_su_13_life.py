from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from .mrr_common import MrrCase


@tagged("post_install", "-at_install")
class TestMrrOfSubscriptions(MrrCase):
    """Subscriptions entered by the seller, changed, and read on the page."""

    def setUp(self):
        super().setUp()
        with freeze_time("2026-01-10 09:00:00"):
            self.alder, self.birch, self.cedar = (
                self.subscribe(
                    date(2026, 2, 1),
                    price=price,
                    partner_id=self.customers[name].id,
                )
                for name, price in (("Alder", 100.0), ("Birch", 60.0), ("Cedar", 40.0))
            )

    def march(self, **values):
        return self.page(date(2026, 3, 1), date(2026, 3, 31), **values)

    def test_su_13_each_change_has_its_step(self):
        with freeze_time("2026-03-02 09:00:00"):
            line = self.alder.line_ids
            self.alder.amend("quantity", "today", {"line_id": line.id, "add": 1})
            self.birch.amend("pause", "2026-03-10", {})
            self.cedar.amend("close", "2026-03-20", self.reason())
        report = self.march()
        bridge = self.bridge(report)
        self.assertEqual(bridge["opening"], "200.00 €")
        self.assertEqual(bridge["expansion:0"], "+100.00 €")
        self.assertEqual(bridge["pause:0"], "-60.00 €")
        self.assertEqual(bridge["churn:0"], "-40.00 €")
        self.assertEqual(bridge["closing"], "200.00 €")
        self.assertEqual(self.tile(report, "churn"), "33.3 %")
        behind = self.behind(report, "churn:0")
        self.assertEqual(behind.subscription_id, self.cedar)
        lost = self.behind(report, "lost")
        self.assertEqual(lost.partner_id, self.customers["Cedar"])

    def test_su_13_a_past_change_leaves_the_board_pack_alone(self):
        """A closing of 10 March is entered on 12 May."""
        pack = {"known_on": date(2026, 4, 2)}
        with freeze_time("2026-04-02 18:00:00"):
            before = self.march(**pack).page
        with freeze_time("2026-05-12 10:00:00"):
            self.cedar.amend("close", "2026-03-10", self.reason())
        after = self.march(**pack).page
        self.assertEqual(after, before)
        self.assertEqual(self.tile(self.march(**pack), "churn"), "0.0 %")
        self.assertEqual(self.tile(self.march(), "churn"), "33.3 %")
        self.assertEqual(self.tile(self.march(), "mrr"), "160.00")

    def test_su_12_a_transfer_loses_nobody(self):
        with freeze_time("2026-03-02 09:00:00"):
            self.alder.amend(
                "transfer", "2026-03-10", {"partner_id": self.customers["Dogwood"].id}
            )
        report = self.march()
        self.assertEqual(self.tile(report, "churn"), "0.0 %")
        self.assertEqual(self.tile(report, "retention"), "100.0 %")
        statuses = {
            line.partner_id.name: line.status for line in self.behind(report, "churn")
        }
        self.assertEqual(
            statuses, {"Alder": "transferred", "Birch": "kept", "Cedar": "kept"}
        )

    def reason(self):
        reason = self.env.ref("crm_ext_subscriptions.crm_close_reason_price")
        return {"reason_id": reason.id}
