from datetime import date

from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
class TestSu01Entry(SubscriptionCase):
    """All that is entered once, seen in the schedule before confirming, then billed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up = cls.env["product.product"].create(
            {"name": "Set-up", "type": "service", "list_price": 250.0}
        )

    def amounts(self, subscription, limit=60):
        return [row["amount"] for row in subscription.get_schedule(limit)]

    def once(self, **values):
        return {"product_id": self.set_up.id, "line_type": "once"} | values

    def test_su_01_a_total_in_instalments_sums_to_the_cent(self):
        subscription = self.subscribe(
            price=1000.0, instalments=3, price_basis="total", confirm=False
        )
        self.assertEqual(self.amounts(subscription), [333.33, 333.33, 333.34])
        self.assertEqual(subscription.amount_total_untaxed, 1000.0)
        self.assertEqual(subscription.amount_period, 333.33)
        self.assertIn("On the last instalment", subscription.schedule_html)
        subscription.remainder_rule = "first"
        self.assertEqual(self.amounts(subscription), [333.34, 333.33, 333.33])
        self.assertIn("On the first instalment", subscription.schedule_html)
        subscription.remainder_rule = "spread"
        self.assertEqual(self.amounts(subscription), [333.33, 333.34, 333.33])
        subscription.action_confirm()
        invoice = self.bill(subscription, date(2027, 1, 1))
        self.assertEqual(invoice.amount_untaxed, 1000.0)
        self.assertEqual(
            invoice.invoice_line_ids.sorted("id").mapped("price_subtotal"),
            [333.33, 333.34, 333.33],
        )

    def test_su_01_a_total_is_split_whatever_the_days_and_the_quantity(self):
        subscription = self.subscribe(
            date(2026, 2, 17),
            instalments=7,
            anchor_days="1",
            price_basis="total",
            lines=[{"price_unit": 99.99, "quantity": 3, "discount": 5}],
        )
        amounts = self.amounts(subscription)
        self.assertEqual(round(sum(amounts), 2), 284.97)
        self.assertEqual(set(amounts[:-1]), {40.71})
        self.assertEqual(
            self.bill(subscription, date(2027, 1, 1)).amount_untaxed, 284.97
        )

    def test_su_01_a_set_up_fee_is_billed_once_on_the_first_due_date(self):
        subscription = self.subscribe(
            instalments=3, lines=[{"price_unit": 100.0}, self.once()], confirm=False
        )
        self.assertEqual(subscription.amount_period, 100.0)
        self.assertEqual(self.amounts(subscription), [350.0, 100.0, 100.0])
        self.assertEqual(subscription.amount_total_untaxed, 550.0)
        subscription.action_confirm()
        for until, untaxed in ((date(2026, 2, 1), 350.0), (date(2026, 4, 1), 200.0)):
            self.assertEqual(self.bill(subscription, until).amount_untaxed, untaxed)
        self.assertFalse(subscription.next_due_date)
        rows = subscription.period_ids.filtered(lambda row: row.kind == "one_off")
        self.assertEqual((len(rows), rows.amount), (1, 250.0))

    def test_su_01_a_fee_on_a_day_of_its_own_has_its_due_date(self):
        subscription = self.subscribe(
            instalments=2,
            lines=[{"price_unit": 100.0}, self.once(date_from=date(2026, 2, 20))],
        )
        rows = subscription.get_schedule()
        self.assertEqual([row["number"] for row in rows], [1, 0, 2])
        self.assertEqual(rows[1]["due_date"], date(2026, 2, 20))
        self.bill(subscription, date(2026, 2, 1))
        self.assertEqual(subscription.next_due_date, date(2026, 2, 20))
        fee = self.bill(subscription, date(2026, 2, 20))
        self.assertEqual(fee.amount_untaxed, 250.0)
        self.assertEqual(fee.invoice_line_ids.name, subscription.line_ids[1].name)

    def test_su_01_free_months_then_a_discount_for_some_then_the_price(self):
        subscription = self.subscribe(
            instalments=6,
            confirm=False,
            lines=[
                {
                    "price_unit": 100.0,
                    "free_periods": 2,
                    "discount": 20,
                    "discount_periods": 3,
                }
            ],
        )
        expected = [0.0, 0.0, 80.0, 80.0, 80.0, 100.0]
        rows = subscription.get_schedule()
        self.assertEqual([row["amount"] for row in rows], expected)
        self.assertEqual([row["free"] for row in rows], [True, True] + [False] * 4)
        self.assertEqual([row["discounted"] for row in rows].count(True), 3)
        self.assertIn("Free", subscription.schedule_html)
        subscription.action_confirm()
        self.assertEqual(self.amounts(subscription), expected)
        self.assertEqual(
            subscription.version_ids.mapped("reason"), ["free", "entry", "entry"]
        )
        invoice = self.bill(subscription, date(2027, 1, 1))
        self.assertEqual(invoice.amount_untaxed, 340.0)
        self.assertEqual(len(invoice.invoice_line_ids), 4)
        gap = subscription.period_ids.filtered(lambda row: not row.quantity)
        self.assertEqual(len(gap), 2, "free months are explained in the ledger")

    def test_su_01_a_trial_costs_nothing_until_its_last_day(self):
        subscription = self.subscribe(price=280.0, trial_days=14)
        row = subscription.get_schedule(1)[0]
        self.assertEqual(row["amount"], 140.0)
        self.assertEqual([line["free"] for line in row["lines"]], [True, False])
        invoice = self.bill(subscription, date(2026, 2, 1))
        self.assertEqual(invoice.amount_untaxed, 140.0)
        self.assertIn("(14/28 days)", invoice.invoice_line_ids.name)
        self.assertIn("02/15/2026", invoice.invoice_line_ids.name)

    def test_su_01_a_price_read_again_each_period(self):
        subscription = self.subscribe(
            lines=[{"price_mode": "pricelist"}, {"price_unit": 10.0}]
        )
        self.assertEqual(self.bill(subscription, date(2026, 2, 1)).amount_untaxed, 510)
        self.product.list_price = 600.0
        self.assertEqual(self.bill(subscription, date(2026, 3, 1)).amount_untaxed, 610)
        version = subscription.line_ids[0].version_ids[-1]
        self.assertEqual((version.reason, version.price_unit), ("pricelist", 600.0))
        self.assertEqual(version.date_from, date(2026, 3, 1))
        self.bill(subscription, date(2026, 4, 1))
        self.assertEqual(len(subscription.version_ids), 3, "the same price: no version")

    def test_su_01_the_schedule_shows_todays_catalogue(self):
        subscription = self.subscribe(lines=[{"price_mode": "pricelist"}])
        self.bill(subscription, date(2026, 2, 1))
        self.product.list_price = 600.0
        self.assertEqual(self.amounts(subscription, 2)[0], 500.0)
        self.assertEqual(self.amounts(subscription, 60)[-1], 600.0)

    def test_su_01_a_pricelist_by_the_day(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Dated",
                "currency_id": self.company.currency_id.id,
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "1_product",
                            "product_tmpl_id": self.product.product_tmpl_id.id,
                            "fixed_price": 450.0,
                            "date_start": "2026-03-01",
                        }
                    )
                ],
            }
        )
        subscription = self.subscribe(
            pricelist_id=pricelist.id, lines=[{"price_mode": "pricelist"}]
        )
        self.bill(subscription, date(2026, 3, 1))
        rows = subscription.period_ids.sorted("date_from")
        self.assertEqual(rows.mapped("amount"), [500.0, 450.0])

    def test_su_01_sections_and_notes_are_printed_and_never_billed(self):
        subscription = self.subscribe(
            lines=[
                {
                    "product_id": False,
                    "display_type": "line_section",
                    "name": "Hosting",
                },
                {"price_unit": 100.0},
                {"product_id": False, "display_type": "line_note", "name": "Rennes"},
            ]
        )
        self.assertEqual(subscription.amount_period, 100.0)
        self.assertEqual(len(subscription.version_ids), 1)
        invoice = self.bill(subscription, date(2026, 2, 1))
        self.assertEqual(
            invoice.invoice_line_ids.sorted("sequence").mapped("display_type"),
            ["line_section", "product", "line_note"],
        )

    def test_su_01_the_form_enters_instalments_and_a_fee(self):
        with Form(self.env["crm.subscription"].with_user(self.seller)) as form:
            form.partner_id = self.partner
            form.plan_id = self.monthly
            form.date_start = date(2026, 2, 1)
            form.instalments = 4
            form.price_basis = "total"
            with form.line_ids.new() as line:
                line.product_id = self.product
                line.price_unit = 100.10
            with form.line_ids.new() as line:
                line.product_id = self.set_up
                line.line_type = "once"
            self.assertEqual(form.amount_total_untaxed, 350.10)
            self.assertIn("On the last instalment", form.schedule_html)
        subscription = form.record
        self.assertEqual(self.amounts(subscription), [275.02, 25.02, 25.02, 25.04])

    def test_su_01_commitment_notice_and_early_fee(self):
        subscription = self.subscribe(
            instalments=24,
            minimum_months=12,
            early_fee_mode="remaining",
            notice_days=60,
            renewal_mode="silent",
        )
        self.assertEqual(subscription.minimum_until, date(2027, 1, 31))
        self.assertEqual(subscription.date_term, date(2028, 1, 31))
        self.assertEqual(subscription.notice_date, date(2027, 12, 2))
        self.assertEqual(subscription._get_early_fee(date(2026, 11, 30)), 200.0)
        self.assertEqual(subscription._get_early_fee(date(2027, 1, 31)), 0.0)
        subscription.write({"early_fee_mode": "fixed", "early_fee_amount": 150.0})
        self.assertEqual(subscription._get_early_fee(date(2026, 11, 30)), 150.0)

    def test_su_01_taxes_and_analytic_go_onto_the_invoice(self):
        plan = self.env["account.analytic.plan"].create({"name": "Sites"})
        account = self.env["account.analytic.account"].create(
            {"name": "Rennes", "plan_id": plan.id}
        )
        self.env["account.analytic.distribution.model"].create(
            {
                "partner_id": self.partner.id,
                "analytic_distribution": {str(account.id): 100},
            }
        )
        method = self.env["account.payment.method.line"].search(
            [
                ("payment_type", "=", "inbound"),
                ("company_id", "=", self.company.id),
            ],
            limit=1,
        )
        subscription = self.subscribe(preferred_payment_method_line_id=method.id)
        line = subscription.line_ids
        self.assertEqual(line.analytic_distribution, {str(account.id): 100})
        invoice = self.bill(subscription, date(2026, 2, 1))
        self.assertEqual(
            invoice.invoice_line_ids.analytic_distribution, {str(account.id): 100}
        )
        self.assertEqual(invoice.preferred_payment_method_line_id, method)

    def test_a_revision_during_a_passing_discount_outlives_it(self):
        """What ends later by itself ends with the new price in it."""
        subscription = self.subscribe(
            lines=[{"price_unit": 500.0, "discount": 10, "discount_periods": 12}],
            start=date(2014, 2, 1),
        )
        self.add_clause(subscription)
        self.verify_series()
        ids = subscription.revise_price(date(2014, 8, 1))
        revision = self.env["crm.price.revision"].browse(ids)
        revision.with_user(self.manager).action_approve()
        revision.with_user(self.manager).action_apply()
        line = subscription.line_ids
        for day, discount in ((date(2014, 8, 1), 10), (date(2015, 2, 1), 0)):
            version = line._get_version_at(day)
            self.assertEqual(
                (version.price_unit, version.discount), (revision.p1, discount)
            )
