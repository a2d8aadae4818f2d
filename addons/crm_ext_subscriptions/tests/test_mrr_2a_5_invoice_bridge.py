from datetime import date

from odoo.fields import Command
from odoo.tests import tagged

from .bridge_common import BridgeCase

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)


@tagged("post_install", "-at_install")
class TestInvoiceBridgeTiming(BridgeCase):
    """Which days the invoices of a month bear, worked out by hand."""

    def test_a_month_billed_in_the_month_needs_no_step(self):
        self.bill(self.subscribe(), FEBRUARY)
        self.assert_bridge({"mrr": 100.0, "invoiced": 100.0})

    def test_a_year_in_advance(self):
        """28 of 365 days: 92.05 of 1,200, and 1,107.95 for later days."""
        subscription = self.subscribe(price=1200.0, plan_id=self.yearly.id)
        self.bill(subscription, FEBRUARY)
        self.assert_bridge(
            {"mrr": 100.0, "day_count": -7.95, "ahead": 1107.95, "invoiced": 1200.0}
        )
        self.assert_bridge({"mrr": 100.0, "day_count": 1.92, "before": -101.92}, MARCH)

    def test_the_chart_stands_in_order_and_for_the_months_asked(self):
        subscription = self.subscribe(price=1200.0, plan_id=self.yearly.id)
        self.bill(subscription, FEBRUARY)
        bridge = self.open_bridge()
        bridge.write({"date_from": MARCH, "date_to": MARCH})
        action = bridge.action_open_chart()
        lines = self.env[action["res_model"]].with_user(self.accountant)
        domain = [*action["domain"], ("amount", "!=", 0)]
        groups = lines.formatted_read_group(domain, ["step"], ["amount:sum"])
        self.assertEqual(
            [(group["step"], group["amount:sum"]) for group in groups],
            [("mrr", 100.0), ("day_count", 1.92), ("before", -101.92)],
        )

    def test_a_year_of_months_is_the_year(self):
        """Twelve months of MRR are the price of the year: no step is left."""
        subscription = self.subscribe(price=1200.0, plan_id=self.yearly.id)
        self.bill(subscription, FEBRUARY)
        self.assert_bridge(
            {"mrr": 1200.0, "invoiced": 1200.0}, FEBRUARY, date(2027, 1, 1)
        )

    def test_arrears_billed_in_the_next_month(self):
        subscription = self.subscribe(invoicing="arrears", plan_id=False)
        self.assert_bridge({"mrr": 100.0, "due": -100.0})
        self.bill(subscription, date(2026, 3, 5))
        self.assert_bridge({"mrr": 100.0, "after": -100.0})
        self.assert_bridge(
            {"mrr": 100.0, "due": -100.0, "behind": 100.0, "invoiced": 100.0}, MARCH
        )

    def test_arrears_of_a_quarter_are_not_due_yet(self):
        self.subscribe(price=300.0, plan_id=False, unit="quarter", invoicing="arrears")
        # 28 and 31 of 89 days of 300
        self.assert_bridge({"mrr": 100.0, "day_count": -5.62, "later": -94.38})
        self.assert_bridge({"mrr": 100.0, "day_count": 4.49, "later": -104.49}, MARCH)
        self.assert_bridge({"mrr": 300.0, "due": -300.0}, FEBRUARY, date(2026, 4, 1))

    def test_prorata_of_a_first_month(self):
        """Half of February: the MRR counts its days alone, as the prorata does."""
        subscription = self.subscribe(date(2026, 2, 15), plan_id=False, anchor_days="1")
        self.bill(subscription, date(2026, 2, 15))
        self.assert_bridge({"mrr": 50.0, "invoiced": 50.0})

    def test_a_month_of_30_days_counts_otherwise(self):
        """From 15 February to 14 March: 16 of 30 days until the month's end."""
        subscription = self.subscribe(
            date(2026, 2, 15), plan_id=False, prorata_basis="30_360"
        )
        self.bill(subscription, date(2026, 2, 15))
        self.assert_bridge(
            {"mrr": 50.0, "day_count": 3.33, "ahead": 46.67, "invoiced": 100.0}
        )

    def test_weeks_make_more_days_than_months(self):
        """52 weeks count for 12 months: 4.33 a month; 4 of them in February."""
        subscription = self.subscribe(price=10.0, plan_id=False, unit="week")
        for day in (1, 8, 15, 22):
            self.bill(subscription, date(2026, 2, day))
        self.assert_bridge({"mrr": 43.33, "day_count": -3.33, "invoiced": 40.0})

    def test_without_prorata_a_started_month_is_a_full_one(self):
        subscription = self.subscribe(
            date(2026, 2, 15), plan_id=False, anchor_days="1", prorata_basis="none"
        )
        self.bill(subscription, date(2026, 2, 15))
        self.assert_bridge({"mrr": 50.0, "day_count": 50.0, "invoiced": 100.0})

    def test_instalments_sum_to_the_total(self):
        """1,000 in 3: 333.33, 333.33, 333.34; the last cent is no mystery."""
        subscription = self.subscribe(
            price=1000.0, plan_id=False, instalments=3, price_basis="total"
        )
        for month in (2, 3, 4):
            self.bill(subscription, date(2026, month, 1))
        self.assert_bridge(
            {"mrr": 999.99, "rounding": 0.01, "invoiced": 1000.0},
            FEBRUARY,
            date(2026, 4, 1),
        )

    def test_days_billed_before_the_start_here(self):
        subscription = self.subscribe(confirm=False)
        ledger = self.env["crm.billing.period"]
        subscription.action_confirm()
        ledger._open_ledger([(subscription.line_ids, date(2026, 2, 28))])
        self.assert_bridge({"mrr": 100.0, "opening": -100.0})

    def test_what_is_on_a_draft_or_on_nothing(self):
        subscription = self.subscribe()
        self.assert_bridge({"mrr": 100.0, "due": -100.0})
        self.bill(subscription, FEBRUARY, post=False)
        self.assert_bridge({"mrr": 100.0, "draft": -100.0})


@tagged("post_install", "-at_install")
class TestInvoiceBridgeTerms(BridgeCase):
    """What is in the MRR and what is not, and what changes owe."""

    def test_a_trial_and_a_pause_are_out_of_both(self):
        subscription = self.subscribe(trial_days=14)
        self.bill(subscription, FEBRUARY)
        bridge = self.assert_bridge({"mrr": 50.0, "invoiced": 50.0})
        free = bridge.line_ids.filtered(lambda line: line.step == "free")
        self.assertEqual(self.open_items(free).memo, 50.0)

    def test_a_discount_is_in_the_mrr_already(self):
        subscription = self.subscribe(lines=[{"price_unit": 100.0, "discount": 20.0}])
        self.bill(subscription, FEBRUARY)
        bridge = self.assert_bridge({"mrr": 80.0, "invoiced": 80.0})
        line = bridge.line_ids.filtered(lambda line: line.step == "discount")
        self.assertEqual(self.open_items(line).memo, 20.0)

    def test_a_supplement_comes_a_month_later(self):
        """One more from 15 February, entered after February was billed."""
        subscription = self.subscribe()
        self.bill(subscription, FEBRUARY)
        line = subscription.line_ids
        subscription.amend("quantity", "2026-02-15", {"line_id": line.id, "add": 1})
        self.assert_bridge({"mrr": 150.0, "changed": -50.0, "invoiced": 100.0})
        self.bill(subscription, MARCH)
        self.assert_bridge({"mrr": 150.0, "changed": -50.0, "invoiced": 100.0})
        self.assert_bridge({"mrr": 200.0, "adjusted": 50.0, "invoiced": 250.0}, MARCH)
        self.assert_bridge({"mrr": 350.0, "invoiced": 350.0}, FEBRUARY, MARCH)

    def test_a_transfer_moves_days_to_another_subscription(self):
        """The half that is owed to the old customer waits for his credit note."""
        subscription = self.subscribe(price=280.0)
        self.bill(subscription, FEBRUARY)
        other = self.partner.create({"name": "Filiale", "is_company": True})
        answer = subscription.amend("transfer", "2026-02-15", {"partner_id": other.id})
        successor = subscription.browse(answer["effect"]["successor_id"])
        self.bill(subscription + successor, date(2026, 2, 15))
        self.assert_bridge({"mrr": 280.0, "changed": 140.0, "invoiced": 420.0})

    def test_an_early_end_costs_its_fee(self):
        subscription = self.subscribe(
            minimum_months=12, early_fee_mode="fixed", early_fee_amount=75.0
        )
        self.bill(subscription, FEBRUARY)
        reason = self.env.ref("crm_ext_subscriptions.crm_close_reason_need")
        subscription.amend("close", "2026-02-28", {"reason_id": reason.id})
        self.bill(subscription, date(2026, 2, 28))
        self.assert_bridge({"mrr": 100.0, "one_off": 75.0, "invoiced": 175.0})

    def test_a_price_with_its_tax_counts_without(self):
        tax = self.company.account_sale_tax_id.copy(
            {"name": "TTC", "price_include_override": "tax_included"}
        )
        subscription = self.subscribe(
            lines=[{"price_unit": 100.0, "tax_ids": [Command.set(tax.ids)]}]
        )
        self.bill(subscription, FEBRUARY)
        self.assert_bridge({"mrr": 83.33, "invoiced": 83.33})

    def test_what_is_billed_once(self):
        subscription = self.subscribe(
            lines=[{"price_unit": 100.0}, {"price_unit": 30.0, "line_type": "once"}]
        )
        self.bill(subscription, FEBRUARY)
        self.assert_bridge({"mrr": 100.0, "one_off": 30.0, "invoiced": 130.0})

    def test_another_currency(self):
        """100 CHF at 1.05 in the MRR (1 February), 1.10 on the invoice, 1.12 at the
        month's end."""
        self.set_rates("CHF", {1: 1.05, 10: 1.10, 28: 1.12})
        pricelist = self.env["product.pricelist"].create(
            {"name": "CHF", "currency_id": self.env.ref("base.CHF").id}
        )
        subscription = self.subscribe(pricelist_id=pricelist.id)
        self.assertEqual(subscription.currency_id.name, "CHF")
        self.bill(subscription, date(2026, 2, 10))
        self.assert_bridge({"mrr": 105.0, "currency": 5.0, "invoiced": 110.0})

    def set_rates(self, name, rates):
        currency = self.env.ref(f"base.{name}")
        currency.active = True
        self.env["res.currency.rate"].create(
            [
                {
                    "currency_id": currency.id,
                    "company_id": self.company.id,
                    "name": date(2026, 2, day),
                    "inverse_company_rate": rate,
                }
                for day, rate in rates.items()
            ]
        )
