import base64
from datetime import date
from pathlib import Path

from odoo.tests import tagged

from .usage_common import UsageCase

SAMPLE = Path(__file__).parent / "samples/migration/oca_contract.csv"


@tagged("post_install", "-at_install")
class TestMigrationOca(UsageCase):
    """A file that the query of docs/migration-oca-contract.md made of four contracts
    of OCA's contract 19.0.1.2.1, three invoices each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.default_code = "OCA-MAINT"
        cls.partner.ref = "C42"
        cls.town = cls.partner.copy({"name": "Commune de Plouzané", "ref": "M7"})
        cls.fed = (
            cls.env["crm.subscription.import"]
            .with_user(cls.manager)
            .create(
                {
                    "kind": "subscription",
                    "filename": SAMPLE.name,
                    "file": base64.b64encode(SAMPLE.read_bytes()),
                }
            )
        )
        cls.fed.action_start()
        cls.run_batches(cls)

    def found(self, reference):
        return self.env["crm.subscription"].search([("external_ref", "=", reference)])

    def test_every_row_comes_in(self):
        self.assertFalse(self.fed.reject_ids.mapped("reason"))
        self.assertEqual(self.fed.created_count, 8)

    def test_lines_sections_prices_and_discounts(self):
        subscription = self.found("CT-001")
        lines = subscription.line_ids
        self.assertEqual(lines[0].display_type, "line_section")
        self.assertEqual(lines[1:].mapped("price_unit"), [450.0, 11.7])
        self.assertEqual(lines.mapped("discount"), [0.0, 0.0, 5.0])
        self.assertEqual(subscription.invoicing, "advance")

    def test_quarters_in_arrears_and_a_line_that_ends(self):
        subscription = self.found("OCA-2")
        self.assertEqual(subscription.partner_id, self.town)
        self.assertEqual((subscription.unit, subscription.interval), ("quarter", 1))
        self.assertEqual(subscription.invoicing, "arrears")
        self.assertTrue(subscription.version_ids.filtered(lambda it: it.stop))

    def test_months_to_their_last_day(self):
        subscription = self.found("CT-003-monthlylastday1post-paid")
        self.assertEqual(subscription.anchor_days, "1")

    def test_nothing_until_the_last_invoice_is_billed_again(self):
        for reference, day, amount in (
            ("CT-001", date(2025, 4, 1), 450.0 + 35 * 11.7 * 0.95),
            ("OCA-2", date(2025, 12, 31), 580.0),
        ):
            subscription = self.found(reference)
            opening = subscription.period_ids
            self.assertEqual(set(opening.mapped("is_opening")), {True})
            invoice = self.bill(subscription, day)
            self.assertAlmostEqual(invoice.amount_untaxed, amount, 1)
