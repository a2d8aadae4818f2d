from datetime import date

from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .usage_common import UsageCase


@tagged("post_install", "-at_install")
class TestUsageBilling(UsageCase):
    def test_su_06_usage_is_priced_by_tiers_and_invoiced_once_in_arrears(self):
        subscription = self.metered(self.tariff)
        self.use(subscription, 4000)
        self.use(subscription, 2000, at="2026-02-28T22:30:00Z")
        self.use(subscription, 7, at="2026-02-28T23:30:00Z")  # March in Paris
        self.assertEqual(subscription.next_due_date, date(2026, 3, 1))
        self.assertFalse(self.bill(subscription, date(2026, 2, 28)))
        invoice = self.bill(subscription, date(2026, 3, 1))
        self.assertEqual(invoice.amount_untaxed, 470.0)
        (row,) = self.rows(subscription)
        self.assertEqual(
            (row.date_from, row.date_to, row.amount, row.usage_event_count),
            (date(2026, 2, 1), date(2026, 2, 28), 470.0, 2),
        )
        name = invoice.invoice_line_ids.name
        self.assertIn("Usage: 6,000 Units", name)
        symbol = subscription.currency_id.symbol
        self.assertIn(f"4,000 at 0.08 {symbol} = 320.00 {symbol}", name)
        self.assertFalse(self.bill(subscription, date(2026, 3, 15)))
        april = self.bill(subscription, date(2026, 4, 1))
        self.assertEqual(april.amount_untaxed, 0.7)

    def test_su_06_without_tariff_each_unit_costs_the_lines_price(self):
        subscription = self.metered()
        self.use(subscription, 30)
        line = self.bill(subscription, date(2026, 3, 1)).invoice_line_ids
        self.assertEqual((line.quantity, line.price_unit), (30, 0.5))
        self.assertEqual(line.price_subtotal, 15.0)

    def test_su_06_with_a_line_in_advance_on_one_invoice(self):
        subscription = self.metered(self.tariff, lines=[{"price_unit": 100.0}])
        self.bill(subscription, date(2026, 2, 1))
        self.use(subscription, 1000)
        invoice = self.bill(subscription, date(2026, 3, 1))
        self.assertEqual(
            sorted(invoice.invoice_line_ids.mapped("price_subtotal")), [100.0, 100.0]
        )

    def test_su_06_no_usage_writes_a_row_that_says_so(self):
        subscription = self.metered(self.tariff)
        self.assertFalse(self.bill(subscription, date(2026, 3, 1)))
        (row,) = self.rows(subscription)
        self.assertEqual((row.quantity, row.amount), (0, 0))
        self.assertEqual(row.usage_summary, "Usage: 0 Units")
        self.assertEqual(subscription.next_due_date, date(2026, 4, 1))

    def test_su_06_allowance_and_minimum_commitment(self):
        tariff = self.make_tariff(allowance=500, minimum=40)
        subscription = self.metered(tariff)
        invoice = self.bill(subscription, date(2026, 3, 1))
        self.assertEqual(invoice.amount_untaxed, 40.0)
        self.use(subscription, 1300, at="2026-03-10T09:00:00Z")
        invoice = self.bill(subscription, date(2026, 4, 1))
        self.assertEqual(invoice.amount_untaxed, 80.0)
        self.assertIn("500 included", invoice.invoice_line_ids.name)

    def test_su_06_a_short_first_period_has_a_smaller_minimum(self):
        tariff = self.make_tariff(minimum=56)
        values = {"anchor_days": "1"} if self.has_anchors() else {"anchor_day": 1}
        subscription = self.metered(tariff, start=date(2026, 2, 15), **values)
        invoice = self.bill(subscription, date(2026, 3, 1))
        self.assertEqual(invoice.amount_untaxed, 28.0)

    def has_anchors(self):
        return "anchor_days" in self.env["crm.subscription"]._fields

    def test_su_06_each_aggregation(self):
        expected = {"sum": 60, "max": 30, "last": 10, "unique": 2}
        for aggregation, quantity in expected.items():
            meter = self.meter.create(
                {"name": aggregation, "code": aggregation, "aggregation": aggregation}
            )
            subscription = self.metered(meter=meter)
            for day, units, who in ((5, 20, "a"), (6, 30, "b"), (9, 10, "a")):
                self.use(
                    subscription,
                    units,
                    at=f"2026-02-{day:02}T09:00:00Z",
                    meter=aggregation,
                    unit_key=who,
                )
            invoice = self.bill(subscription, date(2026, 3, 1))
            self.assertEqual(invoice.invoice_line_ids.quantity, quantity, aggregation)

    def test_su_06_a_price_change_on_the_way_splits_the_period(self):
        subscription = self.metered()
        line = subscription.line_ids
        self.env["crm.subscription.line.version"].create(
            {
                "line_id": line.id,
                "date_from": date(2026, 2, 15),
                "quantity": 1,
                "price_unit": 0.6,
                "reason": "revision",
            }
        )
        self.use(subscription, 100, at="2026-02-14T09:00:00Z")
        self.use(subscription, 100, at="2026-02-15T09:00:00Z")
        invoice = self.bill(subscription, date(2026, 3, 1))
        self.assertEqual(invoice.amount_untaxed, 110.0)
        self.assertEqual(
            self.rows(subscription).mapped(lambda row: (row.amount, row.days)),
            [(50.0, 14), (60.0, 14)],
        )
        self.assertEqual(line._price_days(date(2026, 2, 1), date(2026, 2, 28)), 110.0)
        self.assertEqual(line._price_days(date(2026, 2, 15), date(2026, 2, 28)), 60.0)

    def test_su_06_a_pause_owes_no_minimum(self):
        tariff = self.make_tariff(minimum=28)
        subscription = self.metered(tariff, lines=[{"price_unit": 1.0}])
        pause = {"resume_date": date(2026, 2, 22)}
        subscription.amend("pause", date(2026, 2, 8), pause)
        self.bill(subscription, date(2026, 3, 1))
        rows = self.rows(subscription)
        self.assertEqual(rows.mapped("days"), [7, 14, 7])
        self.assertEqual(sum(rows.mapped("amount")), 14.0)

    # ------------------------------------------------------------------ credit
    def credit(self, subscription, **values):
        return (
            self.env["crm.usage.credit"]
            .with_user(self.accountant)
            .create(
                {
                    "subscription_id": subscription.id,
                    "amount": 100.0,
                    "date_from": date(2026, 2, 1),
                    **values,
                }
            )
        )

    def test_su_06_prepaid_credit_is_drawn_down_to_zero_and_no_further(self):
        subscription = self.metered(self.tariff)
        later = self.credit(subscription, amount=30.0)
        first = self.credit(subscription, amount=60.0, date_to=date(2026, 12, 31))
        self.use(subscription, 700)
        self.assertFalse(self.bill(subscription, date(2026, 3, 1)))
        self.assertEqual((first.balance, later.balance), (0, 20))
        self.use(subscription, 500, at="2026-03-03T09:00:00Z")
        invoice = self.bill(subscription, date(2026, 4, 1))
        self.assertEqual(invoice.amount_untaxed, 30.0)
        self.assertEqual((first.balance, later.balance), (0, 0))
        self.assertEqual(sum((first + later).draw_ids.mapped("quantity")), 90.0)
        self.assertIn("Prepaid credit: -20.00", invoice.invoice_line_ids.name)

    def test_su_06_prepaid_units_and_expiry(self):
        subscription = self.metered(self.tariff)
        self.credit(subscription, amount=5, date_to=date(2026, 2, 1))
        units = {"kind": "units", "meter_id": self.meter.id, "units": 800}
        book = self.credit(subscription, **units)
        self.use(subscription, 500, at="2026-03-03T09:00:00Z")
        self.bill(subscription, date(2026, 3, 1))
        self.bill(subscription, date(2026, 4, 1))
        self.assertEqual(book.balance, 300)
        self.use(subscription, 500, at="2026-04-03T09:00:00Z")
        invoice = self.bill(subscription, date(2026, 5, 1))
        self.assertEqual((book.balance, invoice.amount_untaxed), (0, 20.0))

    def test_postgresql_refuses_a_credit_below_zero(self):
        subscription = self.metered(self.tariff)
        book = self.credit(subscription)
        self.bill(subscription, date(2026, 3, 1))
        draw = {
            "credit_id": book.id,
            "billing_period_id": self.rows(subscription).id,
            "quantity": 100.01,
        }
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            with self.env.cr.savepoint():
                self.env["crm.usage.credit.draw"].create(draw)
        with self.assertRaisesRegex(UserError, "by the billing alone"):
            book.drawn = 1

    # ------------------------------------------------------------------ freed rows
    def test_su_06_a_freed_row_is_billed_again_with_its_usage(self):
        subscription = self.metered(self.tariff)
        book = self.credit(subscription, amount=20.0)
        self.use(subscription, 1000)
        self.bill(subscription, date(2026, 3, 1), post=False).unlink()
        row = self.rows(subscription)
        self.assertEqual((row.settlement, row.usage_event_count), ("open", 1))
        row.with_user(self.accountant).action_bill_again()
        old, new = self.rows(subscription).sorted("id")
        self.assertEqual((old.usage_event_count, new.usage_event_count), (0, 1))
        self.assertEqual((new.amount, new.move_id.amount_untaxed), (80.0, 80.0))
        self.assertEqual(book.balance, 0)
        self.assertEqual(book.draw_ids.billing_period_id, new)
        self.assertIn("1,000 at", new.move_id.invoice_line_ids.name)

    def test_the_list_of_usage_opens_from_the_row(self):
        subscription = self.metered(self.tariff)
        event = self.use(subscription, 1000)
        self.bill(subscription, date(2026, 3, 1))
        action = self.rows(subscription).action_view_usage()
        self.assertEqual(self.env["crm.usage.event"].search(action["domain"]), event)

    def test_su_06_the_invoice_opens_and_prints_its_usage(self):
        subscription = self.metered(self.tariff)
        event = self.use(subscription, 1000, at="2026-02-11T23:30:00Z")
        invoice = self.bill(subscription, date(2026, 3, 1))
        self.assertEqual(invoice.crm_usage_event_count, 1)
        action = invoice.action_view_crm_usage()
        self.assertEqual(self.env["crm.usage.event"].search(action["domain"]), event)
        report = "crm_ext_subscriptions.report_usage_statement"
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.accountant)
            ._render_qweb_html(report, invoice.ids)
        )
        page = html.decode()
        self.assertIn("02/12/2026 12:30:00", page)  # the meter's day
        self.assertIn("Usage: 1,000 Units", page)
        row = self.rows(subscription)
        days = row._get_usage_list(0)
        self.assertEqual([day["quantity"] for day in days], ["1,000"])

    def test_a_tariff_in_use_stays_as_it_is(self):
        self.metered(self.tariff)
        tariff = self.tariff.with_user(self.manager)
        for change in (
            lambda: tariff.write({"minimum": 5}),
            lambda: tariff.tier_ids[0].write({"price_unit": 9}),
            tariff.unlink,
        ):
            with self.assertRaisesRegex(UserError, "Duplicate it"):
                change()
        tariff.copy().minimum = 5

    def test_wrong_terms_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "Tiers"):
            self.make_tariff(tiers=((10, 1), (20, 1)))
        with self.assertRaisesRegex(ValidationError, "Free units"):
            self.make_tariff(allowance=-1)
        with self.assertRaisesRegex(ValidationError, "Meter"):
            self.subscribe(lines=[{"line_type": "usage"}])
        with self.assertRaisesRegex(UserError, "confirmed"):
            line = self.metered(self.tariff).line_ids
            line.usage_price_id = self.make_tariff()
