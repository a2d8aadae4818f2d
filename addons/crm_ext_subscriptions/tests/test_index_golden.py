from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .golden_common import GoldenCase, golden


@tagged("post_install", "-at_install")
class TestIndexGolden(GoldenCase):
    """The golden file through real subscriptions: revised, applied, billed."""

    def test_the_file_has_twenty_clauses_and_more(self):
        vectors = golden()
        self.assertGreaterEqual(len(vectors), 20)
        self.assertEqual(len({vector["id"] for vector in vectors}), len(vectors))

    def test_each_clause_revised_and_invoiced(self):
        for vector in golden():
            with self.subTest(vector["id"], what=vector["what"]):
                self.run_vector(vector)

    def run_vector(self, vector):
        series, clause = self.make_clause(vector)
        self.store(vector, series)
        subscription = clause.subscription_id
        for expected in vector["revisions"]:
            day = date.fromisoformat(expected["date"])
            if expected.get("refused"):
                with self.assertRaisesRegex(UserError, expected["says"]):
                    subscription.revise_price(day)
            else:
                self.check_revision(subscription, day, expected)

    def store(self, vector, series):
        """As the accountant: taken in by vintage, then confirmed."""
        values = self.env["crm.price.index.value"].with_user(self.accountant)
        rows = self.to_rows(vector, series)
        by_code = {index.code: index for index in series.values()}
        for row in rows:
            index = by_code[row["series"]]
            period = row["period"]
            if "Q" in period:
                year, quarter = period.split("-Q")
                period = f"{year}-{int(quarter) * 3 - 2:02d}"
            values.create(
                {
                    "index_id": index.id,
                    "month": f"{period}-01",
                    "value": float(row["value"]),
                    "published_on": row["published_on"],
                    "vintage": row["vintage"] or "entered",
                    "status": (
                        "provisional" if row["vintage"] == "provisional" else "final"
                    ),
                }
            )
        for index in series.values():
            if index.value_ids:
                index.with_user(self.accountant).action_verify()

    def check_revision(self, subscription, day, expected):
        revision = (
            self.env["crm.price.revision"]
            .with_user(self.manager)
            .browse(subscription.revise_price(day))
        )
        self.assertEqual(revision.p1, float(expected["p1"]))
        self.assertEqual(revision.limit_kind or "", expected.get("limit", ""))
        self.assertEqual(revision.provisional, expected.get("provisional", False))
        for name in ("s0", "s1"):
            if name in expected:
                self.assertEqual(revision[name], float(expected[name]))
        if "link" in expected:
            self.assertEqual(revision.link or "", expected["link"])
        if "warns" in expected:
            self.assertIn(expected["warns"], revision.warnings)
        self.assertTrue(revision.replay()["same"])
        if revision.limit_kind == "threshold":
            revision.action_cancel()
        else:
            revision.action_approve()
            revision.action_apply()
            self.check_invoice(revision, day, expected)

    def check_invoice(self, revision, day, expected):
        """The yearly period that begins on the day is billed at the new price."""
        subscription = revision.subscription_id
        invoices = self.bill(subscription, day)
        line = invoices.invoice_line_ids.filtered(
            lambda line: line.crm_billing_period_id.date_from == day
        )
        row = line.crm_billing_period_id
        # a revision amid a period is billed by days there, in full from the next one
        if row.days == row.whole_days:
            self.assertEqual(line.price_subtotal, float(expected["line"]))
