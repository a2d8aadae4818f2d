from datetime import date

from odoo.tests import tagged

from .mrr_common import MrrCase


@tagged("post_install", "-at_install")
class TestChurn(MrrCase):
    """Five customers at the start of 2025, each with another fate in the year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("Alder", "Birch", "Cedar", "Dogwood"):
            cls.move(name, date(2024, 3, 1), "new", 100.0)
        cls.move("Elm", date(2024, 6, 1), "new", 200.0, product_id=cls.hosting.id)
        # Alder stays and takes hosting too
        cls.move(
            "Alder", date(2025, 2, 1), "expansion", 50.0, product_id=cls.hosting.id
        )
        cls.move("Birch", date(2025, 5, 1), "churn", -100.0, cause="close")
        cls.move("Cedar", date(2025, 6, 1), "pause", -100.0, cause="pause")
        # Dogwood's contract is taken over by Fir
        cls.move("Dogwood", date(2025, 7, 1), "transfer", -100.0, cause="transfer")
        cls.move("Fir", date(2025, 7, 1), "transfer", 100.0, cause="transfer")
        cls.move(
            "Elm",
            date(2025, 9, 1),
            "contraction",
            -80.0,
            cause="quantity",
            product_id=cls.hosting.id,
        )

    def names(self, customers):
        return sorted(customers.partner_id.mapped("name"))

    def test_su_12_lost_over_those_at_the_start(self):
        """One of five is lost; the paused and the transferred are not."""
        report = self.year()
        self.assertEqual(self.tile(report, "churn"), "20.0 %")
        start = self.behind(report, "churn")
        self.assertEqual(
            self.names(start), ["Alder", "Birch", "Cedar", "Dogwood", "Elm"]
        )
        self.assertEqual(
            {line.partner_id.name: line.status for line in start},
            {
                "Alder": "kept",
                "Birch": "lost",
                "Cedar": "paused",
                "Dogwood": "transferred",
                "Elm": "kept",
            },
        )
        lost = self.behind(report, "lost")
        self.assertEqual(self.names(lost), ["Birch"])
        self.assertEqual(lost.date_left, date(2025, 5, 1))

    def test_su_12_by_product(self):
        report = self.year()
        rows = {row["id"]: row for row in report.page["products"]}
        maintenance, hosting = rows[self.product.id], rows[self.hosting.id]
        self.assertEqual((maintenance["start"], maintenance["lost"]), (4, 1))
        self.assertEqual(maintenance["churn"], "25.0\u00a0%")
        self.assertEqual((hosting["start"], hosting["lost"]), (1, 0))
        self.assertEqual(hosting["revenue_churn"], "40.0\u00a0%")
        lost = self.behind(report, "product_lost", self.product.id)
        self.assertEqual(self.names(lost), ["Birch"])
        start = self.behind(report, "product_start", self.product.id)
        self.assertEqual(len(start), 4)

    def test_su_12_leaving_a_product_is_churn_of_that_product_alone(self):
        self.move("Alder", date(2025, 10, 1), "contraction", -100.0, cause="line")
        report = self.year()
        self.assertEqual(self.tile(report, "churn"), "20.0 %")
        lost = self.behind(report, "product_lost", self.product.id)
        self.assertEqual(self.names(lost), ["Alder", "Birch"])

    def test_su_12_on_revenue(self):
        """Of 600: 100 of churn and 80 of contraction; the expansion is no loss."""
        report = self.year()
        self.assertEqual(self.tile(report, "revenue_churn"), "30.0 %")
        behind = self.behind(report, "revenue_churn")
        self.assertEqual(sum(behind.mapped("given_up")), 180.0)
        # 600 + 50 - 100 - 80 - 100 paused, the transfer nets out
        self.assertEqual(self.tile(report, "retention"), "61.7 %")
        self.assertEqual(sum(self.behind(report, "retention").mapped("retained")), -230)

    def test_su_12_any_period_off_by_no_day(self):
        april = self.page(date(2025, 4, 1), date(2025, 4, 30))
        self.assertEqual(self.tile(april, "churn"), "0.0 %")
        may = self.page(date(2025, 5, 1), date(2025, 5, 31))
        self.assertEqual(self.tile(may, "churn"), "20.0 %")
        june = self.page(date(2025, 5, 2), date(2025, 6, 30))
        self.assertEqual(self.tile(june, "churn"), "0.0 %")

    def test_su_12_who_gives_one_contract_and_ends_the_other_later_is_lost(self):
        self.move("Dogwood", date(2025, 1, 10), "new", 30.0)
        self.move("Dogwood", date(2025, 8, 1), "churn", -30.0, cause="close")
        self.assertEqual(
            self.names(self.behind(self.year(), "lost")), ["Birch", "Dogwood"]
        )

    def test_su_12_the_paused_may_leave_and_the_heir_too(self):
        self.move("Cedar", date(2026, 1, 15), "resume", 100.0, cause="resume")
        self.move("Cedar", date(2026, 1, 15), "churn", -100.0, cause="close")
        self.move("Fir", date(2026, 2, 1), "churn", -100.0, cause="close")
        report = self.page(date(2026, 1, 1), date(2026, 12, 31))
        self.assertEqual(self.tile(report, "churn"), "50.0 %")
        self.assertEqual(self.names(self.behind(report, "lost")), ["Cedar", "Fir"])

    def test_su_12_back_again_within_the_period_is_not_lost(self):
        self.move("Birch", date(2025, 11, 1), "reactivation", 90.0, cause="reopen")
        self.assertEqual(self.tile(self.year(), "churn"), "0.0 %")

    def test_su_12_a_closing_taken_back_is_not_lost(self):
        """Birch did not leave after all: entered in June 2026, known from then on."""
        self.move(
            "Birch",
            date(2025, 5, 1),
            "churn",
            100.0,
            known=date(2026, 6, 10),
            cause="close",
            counter=True,
        )
        self.assertEqual(self.tile(self.year(), "churn"), "0.0 %")
        then = self.year(known_on=date(2026, 6, 9))
        self.assertEqual(self.tile(then, "churn"), "20.0 %")

    def test_su_12_a_close_reason_that_is_no_loss_loses_nobody(self):
        subscription = self.subscribe(confirm=False)
        change = self.env["crm.subscription.change"].create(
            {
                "subscription_id": subscription.id,
                "kind": "close",
                "effective_date": date(2025, 10, 1),
                "close_reason_id": self.env["crm.close.reason"]
                .create({"name": "Joins the group's contract", "is_loss": False})
                .id,
            }
        )
        self.move(
            "Alder",
            date(2025, 10, 1),
            "churn",
            -100.0,
            cause="close",
            change_id=change.id,
        )
        self.move(
            "Alder",
            date(2025, 10, 1),
            "churn",
            -50.0,
            cause="close",
            change_id=change.id,
            product_id=self.hosting.id,
        )
        report = self.year()
        self.assertEqual(self.tile(report, "churn"), "20.0 %")
        line = self.behind(report, "churn").filtered(
            lambda line: line.partner_id.name == "Alder"
        )
        self.assertEqual(line.status, "transferred")

    def test_su_12_free_of_charge_is_not_lost(self):
        self.move(
            "Elm",
            date(2025, 10, 1),
            "contraction",
            -120.0,
            cause="discount",
            product_id=self.hosting.id,
        )
        self.assertEqual(self.tile(self.year(), "churn"), "20.0 %")

    def test_su_12_without_customers_a_reason_is_given(self):
        report = self.page(date(2023, 1, 1), date(2023, 12, 31))
        self.assertEqual(self.tile(report, "churn"), "-")
        (tile,) = (one for one in report.page["tiles"] if one["code"] == "churn")
        self.assertEqual(tile["reason"], "No customer at the start of the period.")

    def test_su_12_the_accountant_reads_the_same(self):
        report = self.year(user=self.accountant)
        self.assertEqual(self.tile(report, "churn"), "20.0 %")
        self.assertEqual(len(self.behind(report, "churn")), 5)
