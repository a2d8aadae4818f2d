from datetime import date, timedelta

from odoo.tests import tagged

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
class TestSu05Prorata(SubscriptionCase):
    """Days, fractions and cents, from the terms to the invoice."""

    def change(self, line, day, reason="pricelist", **terms):
        """One more dated version, as the actions on a running contract write it."""
        # sudo: the actions write versions, no user does
        versions = self.env["crm.subscription.line.version"].sudo()
        return versions.create(line._prepare_terms_from(day, terms, reason=reason))

    def assert_ledger_is_the_price(self, subscription):
        """Each row holds the price of the versions over its days."""
        for row in subscription.sudo().period_ids:
            price = row.line_id._price_days(row.date_from, row.date_to)
            self.assertAlmostEqual(row.amount, price, places=2)

    def test_su_05_from_the_17th_the_line_says_12_of_28_days(self):
        subscription = self.subscribe(date(2026, 2, 17), price=280.0, anchor_days="1")
        invoice = self.bill(subscription, date(2026, 2, 17))
        line = invoice.invoice_line_ids
        self.assertEqual((line.price_subtotal, line.quantity), (120.0, 1.0))
        self.assertIn("02/17/2026 - 02/28/2026 (12/28 days)", line.name)
        row = subscription.period_ids
        self.assertEqual((row.days, row.whole_days), (12, 28))

    def test_su_05_months_of_30_days(self):
        subscription = self.subscribe(
            date(2026, 2, 17), price=300.0, anchor_days="1", prorata_basis="30_360"
        )
        line = self.bill(subscription, date(2026, 2, 17)).invoice_line_ids
        self.assertEqual(line.price_subtotal, 140.0)
        self.assertIn("(14/30 days)", line.name)

    def test_su_05_no_prorata(self):
        subscription = self.subscribe(
            date(2026, 2, 17), price=300.0, anchor_days="1", prorata_basis="none"
        )
        line = self.bill(subscription, date(2026, 2, 17)).invoice_line_ids
        self.assertEqual(line.price_subtotal, 300.0)
        self.assertNotIn("days)", line.name)

    def test_su_05_the_fraction_in_french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.partner.lang = "fr_FR"
        subscription = self.subscribe(date(2026, 2, 17), price=280.0, anchor_days="1")
        line = self.bill(subscription, date(2026, 2, 17)).invoice_line_ids
        self.assertIn("17/02/2026 - 28/02/2026 (12/28 jours)", line.name)

    def test_su_02_the_1st_and_the_15th_of_each_month(self):
        subscription = self.subscribe(anchor_days="1, 15", instalments=4)
        self.assertEqual(
            [row["due_date"] for row in subscription.get_schedule()],
            [date(2026, 2, 1), date(2026, 2, 15), date(2026, 3, 1), date(2026, 3, 15)],
        )
        self.bill(subscription, date(2027, 1, 1))
        self.assertEqual(sum(subscription.period_ids.mapped("amount")), 400.0)

    def test_su_05_a_known_change_splits_the_period_into_two_rows(self):
        subscription = self.subscribe(price=100.0)
        self.change(subscription.line_ids, date(2026, 2, 11), quantity=3)
        invoice = self.bill(subscription, date(2026, 2, 1))
        rows = subscription.period_ids.sorted("date_from")
        self.assertEqual(rows.mapped("days"), [10, 18])
        self.assertEqual(rows.mapped("amount"), [35.71, 192.86])
        self.assertEqual(invoice.amount_untaxed, 228.57)
        self.assertEqual(
            invoice.invoice_line_ids.sorted("id").mapped("price_subtotal"),
            [35.71, 192.86],
        )
        self.assert_ledger_is_the_price(subscription)

    def test_su_05_28_changes_in_a_month_lose_no_cent(self):
        subscription = self.subscribe(price=99.99)
        line = subscription.line_ids
        for number in range(1, 28):
            self.change(
                line, date(2026, 2, 1 + number), price_unit=99.99 + number % 2 / 10**4
            )
        invoice = self.bill(subscription, date(2026, 2, 1))
        self.assertEqual(len(subscription.period_ids), 28)
        self.assertEqual(invoice.amount_untaxed, 99.99)
        self.assert_ledger_is_the_price(subscription)

    def test_su_05_tax_included_days_are_untaxed_in_the_ledger(self):
        tax = self.company.account_sale_tax_id.copy(
            {"name": "20% included", "price_include_override": "tax_included"}
        )
        self.product.taxes_id = tax
        subscription = self.subscribe(date(2026, 2, 17), price=336.0, anchor_days="1")
        self.assertEqual(subscription.get_schedule(1)[0]["amount"], 120.0)
        invoice = self.bill(subscription, date(2026, 2, 17))
        self.assertEqual((invoice.amount_untaxed, invoice.amount_total), (120.0, 144.0))
        self.assert_ledger_is_the_price(subscription)

    def test_su_05_the_price_of_days_adds_up(self):
        subscription = self.subscribe(price=77.77)
        line = subscription.line_ids
        self.change(line, date(2026, 4, 13), quantity=2)
        first, last = date(2026, 2, 5), date(2026, 6, 20)
        days = [
            line._price_days(first + timedelta(days=n), first + timedelta(days=n))
            for n in range((last - first).days + 1)
        ]
        self.assertAlmostEqual(sum(days), line._price_days(first, last), places=2)

    def test_a_quantity_changed_during_a_trial_counts_from_its_end(self):
        subscription = self.subscribe(price=280.0, trial_days=14)
        line = subscription.line_ids
        self.change(line, date(2026, 2, 8), quantity=2)
        self.assertEqual(line._price_days(date(2026, 2, 1), date(2026, 2, 14)), 0.0)
        self.assertEqual(line._price_days(date(2026, 2, 15), date(2026, 2, 28)), 280.0)

    def test_su_05_a_line_that_begins_within_a_period(self):
        subscription = self.subscribe(
            lines=[
                {"price_unit": 100.0},
                {"price_unit": 280.0, "date_from": date(2026, 2, 15)},
            ]
        )
        rows = subscription.get_schedule(2)
        self.assertEqual([row["amount"] for row in rows], [100.0, 140.0, 380.0])
        self.bill(subscription, date(2026, 2, 1))
        self.assertEqual(subscription.next_due_date, date(2026, 2, 15))
        invoice = self.bill(subscription, date(2026, 2, 15))
        self.assertEqual(invoice.amount_untaxed, 140.0)
        self.assertIn("(14/28 days)", invoice.invoice_line_ids.name)
