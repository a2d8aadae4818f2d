from datetime import date

from odoo.fields import Command
from odoo.tests import tagged

from .mrr_common import MrrCase


@tagged("post_install", "-at_install")
class TestCohorts(MrrCase):
    """Customers by month of start: who is kept, and how much of the revenue."""

    def cohort(self, report, month):
        (row,) = (
            row for row in report.page["cohorts"]["rows"] if row["month"] == str(month)
        )
        return row

    def rates(self, row, measure):
        return [cell[measure]["label"].replace("\u00a0", "") for cell in row["cells"]]

    def test_customers_and_revenue_kept(self):
        for name in ("Alder", "Birch"):
            self.move(name, date(2025, 1, 5), "new", 100.0)
        self.move("Cedar", date(2025, 2, 1), "new", 100.0)
        self.move("Alder", date(2025, 3, 1), "expansion", 50.0)
        self.move("Birch", date(2025, 2, 1), "pause", -100.0)
        self.move("Birch", date(2025, 4, 1), "resume", 100.0)
        self.move("Birch", date(2025, 5, 1), "churn", -100.0)
        report = self.page(date(2025, 1, 1), date(2025, 5, 31))
        january = self.cohort(report, date(2025, 1, 1))
        self.assertEqual(january["size"], 2)
        self.assertEqual(
            self.rates(january, "customers"), ["100%", "100%", "100%", "100%", "50%"]
        )
        self.assertEqual(
            self.rates(january, "revenue"), ["100%", "50%", "75%", "125%", "75%"]
        )
        self.assertEqual(len(self.cohort(report, date(2025, 2, 1))["cells"]), 4)

    def test_a_cell_opens_its_customers(self):
        for name in ("Alder", "Birch"):
            self.move(name, date(2025, 1, 5), "new", 100.0)
        self.move("Birch", date(2025, 3, 1), "churn", -100.0)
        report = self.page(date(2025, 1, 1), date(2025, 5, 31))
        after = {
            rank: {
                line.partner_id.name: line.status
                for line in self.behind(report, "cohort", f"2025-01-01/{rank}")
            }
            for rank in (1, 2)
        }
        self.assertEqual(
            after,
            {
                1: {"Alder": "kept", "Birch": "kept"},
                2: {"Alder": "kept", "Birch": "lost"},
            },
        )

    def test_who_takes_a_contract_over_keeps_its_start(self):
        """Birch takes Alder's contract over in March: January's cohort loses nobody."""
        old, new = (self.subscribe(confirm=False) for _rank in range(2))
        self.env["crm.subscription.change"].create(
            {
                "subscription_id": old.id,
                "kind": "transfer",
                "effective_date": date(2025, 3, 1),
                "successor_id": new.id,
            }
        )
        self.move("Alder", date(2025, 1, 5), "new", 100.0, subscription_id=old.id)
        for name, amount, held in (("Alder", -100.0, old), ("Birch", 100.0, new)):
            self.move(
                name, date(2025, 3, 1), "transfer", amount, subscription_id=held.id
            )
        report = self.page(date(2025, 1, 1), date(2025, 4, 30))
        (row,) = report.page["cohorts"]["rows"]
        self.assertEqual((row["month"], row["size"]), ("2025-01-01", 1))
        self.assertEqual(self.rates(row, "customers"), ["100%"] * 4)
        self.assertEqual(self.rates(row, "revenue"), ["100%"] * 4)
        names = self.behind(report, "cohort", "2025-01-01/3").partner_id.mapped("name")
        self.assertEqual(sorted(names), ["Alder", "Birch"])

    def test_back_after_a_loss_counts_again(self):
        self.move("Alder", date(2025, 1, 5), "new", 100.0)
        self.move("Alder", date(2025, 2, 5), "churn", -100.0)
        self.move("Alder", date(2025, 4, 5), "reactivation", 100.0)
        report = self.page(date(2025, 1, 1), date(2025, 4, 30))
        row = self.cohort(report, date(2025, 1, 1))
        self.assertEqual(self.rates(row, "customers"), ["100%", "0%", "0%", "100%"])

    def test_of_one_product(self):
        self.move("Alder", date(2025, 1, 5), "new", 100.0)
        self.move(
            "Alder", date(2025, 3, 5), "expansion", 40.0, product_id=self.hosting.id
        )
        report = self.page(
            date(2025, 1, 1),
            date(2025, 4, 30),
            product_ids=[Command.set(self.hosting.ids)],
        )
        (row,) = report.page["cohorts"]["rows"]
        self.assertEqual(row["month"], "2025-03-01")
