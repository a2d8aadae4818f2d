from datetime import date

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
class TestSu01Checks(SubscriptionCase):
    """Wrong input is refused with the field named."""

    def test_su_01_a_total_needs_instalments_that_fit(self):
        self.assert_refused("total_is_split", price_basis="total")
        subscription = self.subscribe(
            price_basis="total",
            instalments=12,
            date_end=date(2026, 6, 30),
            confirm=False,
        )
        with self.assertRaisesRegex(UserError, "End: .* before its 12 instalments"):
            subscription.action_confirm()

    def test_su_01_a_line_without_a_product_is_refused(self):
        line = {"product_id": False, "name": "?"}
        self.assert_refused("product_given", lines=[line])

    def test_su_01_numbers_below_zero_are_refused_by_name(self):
        for name in ("trial_days", "minimum_months", "notice_days"):
            self.assert_refused(f"{name}_positive", **{name: -1})
        for name in ("free_periods", "discount_periods"):
            self.assert_refused(f"{name}_positive", lines=[{name: -1}])

    def assert_refused(self, constraint, **values):
        with (
            self.subTest(constraint),
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(CheckViolation, constraint),
            self.env.cr.savepoint(),
        ):
            self.subscribe(confirm=False, **values)

    def test_su_01_a_currency_without_a_rate_is_refused_by_name(self):
        currency = self.env["res.currency"].create({"name": "ZZZ", "symbol": "Z"})
        subscription = self.subscribe(currency_id=currency.id, confirm=False)
        with self.assertRaisesRegex(UserError, "Currency: ZZZ has no exchange rate"):
            subscription.action_confirm()
        self.env["res.currency.rate"].create(
            {"name": date(2026, 1, 1), "currency_id": currency.id, "rate": 2.0}
        )
        subscription.action_confirm()

    def test_su_01_a_line_outside_the_contract_is_refused_by_name(self):
        for day in (date(2026, 1, 1), date(2026, 5, 1)):
            subscription = self.subscribe(
                instalments=3,
                lines=[{"price_unit": 1.0}, {"date_from": day}],
                confirm=False,
            )
            with self.assertRaisesRegex(UserError, "From: the line begins outside"):
                subscription.action_confirm()

    def test_su_01_a_stranger_reads_no_schedule(self):
        subscription = self.subscribe()
        with self.assertRaises(AccessError):
            subscription.with_user(self.stranger).get_schedule()
        with self.assertRaises(AccessError):
            subscription.with_user(self.stranger).get_schedules()
        own = subscription.get_schedules(2)
        self.assertEqual(own[0]["rows"], subscription.get_schedule(2))

    def test_su_01_a_form_half_entered_shows_no_schedule_and_no_error(self):
        with Form(self.env["crm.subscription"].with_user(self.seller)) as form:
            form.partner_id = self.partner
            form.plan_id = self.monthly
            form.instalments = 4
            form.price_basis = "total"
            with form.line_ids.new() as line:
                line.product_id = self.product
            form.date_start = False
            self.assertFalse(form.schedule_count)
            form.instalments = 0
            form.date_start = date(2026, 2, 1)
            form.instalments = 4
            self.assertEqual(form.schedule_count, 4)
