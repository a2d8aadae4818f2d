from datetime import date

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .forecast_common import ForecastCase


@tagged("post_install", "-at_install")
class TestCo39Accuracy(ForecastCase):
    """What was forecast is kept as it was, and compared with what was won."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-01-05 09:00:00"):
            cls.sure = cls.new_lead(
                probability=50, date_deadline=date(2026, 2, 20), expected_revenue=1000
            )
            cls.weak = cls.new_lead(
                probability=10,
                date_deadline=date(2026, 2, 10),
                expected_revenue=2000,
                user_id=cls.other.id,
            )

    def take(self, day):
        with freeze_time(f"{day} 09:00:00"):
            self.env["crm.forecast.snapshot"].with_user(self.manager).action_take()
        return self.env["crm.forecast.snapshot"].search(
            [("date", "=", day), ("company_id", "=", self.company.id)]
        )

    def told(self, user, **values):
        """The comparison of a method at a horizon, as a user reads it in April."""
        wanted = {"level": "all", "method": "host", "month": date(2026, 2, 1)} | values
        with freeze_time("2026-04-01 09:00:00"):
            # made when it is read: what another user read is not this one's
            self.env.invalidate_all()
            rows = self.env["crm.forecast.accuracy"].with_user(user)
            return rows.search([(name, "=", value) for name, value in wanted.items()])

    def story(self):
        """January promises 700 for February; 1,000 are won in it."""
        snapshot = self.take("2026-01-05")
        self.close(self.sure, date(2026, 2, 18), won=True)
        self.close(self.weak, date(2026, 2, 25), won=False)
        return snapshot

    def test_co_39_a_past_forecast_stands_beside_what_was_won(self):
        self.story()
        row = self.told(self.manager, horizon=1)
        self.assertEqual((row.forecast, row.actual, row.error), (700, 1000, -300))
        self.assertEqual((row.error_percent, row.miss_percent), (-30, 30))
        self.assertTrue(row.complete)

    def test_co_39_a_salesperson_compares_own_ones(self):
        self.story()
        row = self.told(self.own, horizon=1)
        self.assertEqual((row.forecast, row.actual), (500, 1000))
        row = self.told(self.other, horizon=1)
        self.assertEqual((row.forecast, row.actual, row.miss_percent), (200, 0, 0))
        row = self.told(self.manager, horizon=1, level="user", user_id=self.own.id)
        self.assertEqual((row.forecast, row.actual), (500, 1000))

    def test_co_39_the_accuracy_of_each_method_by_months_ahead(self):
        self.story()
        with freeze_time("2026-04-01 09:00:00"):
            rows = self.env["crm.forecast.accuracy"].with_user(self.manager)
            told = rows.get_accuracy()
        one = next(
            row for row in told if (row["method"], row["months_before"]) == ("host", 1)
        )
        self.assertEqual((one["bias"], one["bias_percent"]), (-300, -30))
        self.assertEqual((one["mape"], one["months"]), (30, 1))

    def test_co_39_the_first_snapshot_of_a_month_counts(self):
        self.take("2026-01-05")
        self.sure.probability = 90
        self.take("2026-01-12")
        self.assertEqual(self.told(self.manager, horizon=1).forecast, 700)

    def test_co_39_its_lines_open_the_opportunities_of_then(self):
        self.story()
        row = self.told(self.manager, horizon=1)
        action = row.action_open_lines()
        lines = self.env["crm.forecast.line"].with_user(self.manager)
        found = lines.search(action["domain"])
        self.assertEqual(found.lead_id, self.sure + self.weak)
        self.assertEqual(sum(found.mapped("host_revenue")), row.forecast)

    def test_co_39_a_snapshot_never_changes(self):
        snapshot = self.story()
        for model, values in (
            (snapshot.line_ids[0], {"revenue": 1}),
            (snapshot, {"rate": 2}),
        ):
            with (
                self.assertRaises(CheckViolation),
                self.cr.savepoint(),
                mute_logger("odoo.sql_db"),
            ):
                model.write(values)
                model.flush_recordset()
            with (
                self.assertRaises(CheckViolation),
                self.cr.savepoint(),
                mute_logger("odoo.sql_db"),
            ):
                model.unlink()
        with self.assertRaises(AccessError):
            snapshot.line_ids[0].with_user(self.manager).write({"revenue": 1})
        self.env.invalidate_all()
        # the lead goes, what was forecast stays
        self.weak.unlink()
        self.assertEqual(sum(snapshot.line_ids.mapped("revenue")), 3000)

    def test_co_39_a_snapshot_goes_whole_when_its_time_is_over(self):
        snapshot = self.take("2026-01-05")
        self.env["crm.forecast.snapshot"]._forget(date(2026, 1, 5))
        self.assertTrue(snapshot.exists())
        self.env["crm.forecast.snapshot"]._forget(date(2026, 1, 6))
        self.assertFalse(snapshot.exists())

    def test_co_39_the_cron_keeps_one_a_week_or_a_month(self):
        def days(*moments):
            for moment in moments:
                with (
                    freeze_time(f"{moment} 02:00:00"),
                    self.enter_registry_test_mode(),
                ):
                    cron = self.env.ref("crm_ext_core.ir_cron_forecast")
                    cron.method_direct_trigger()
            return (
                self.env["crm.forecast.snapshot"]
                .search([("company_id", "=", self.company.id)], order="date")
                .mapped("date")
            )

        weekly = days("2026-01-05", "2026-01-06", "2026-01-12")
        self.assertEqual(weekly, [date(2026, 1, 5), date(2026, 1, 12)])
        self.env["ir.config_parameter"].set_param(
            "crm_ext_core.forecast_rhythm", "month"
        )
        monthly = days("2026-01-20", "2026-02-01", "2026-02-09")
        self.assertEqual(monthly[2:], [date(2026, 2, 1)])

    def test_co_39_who_sells_takes_no_snapshot(self):
        with self.assertRaises(AccessError):
            self.env["crm.forecast.snapshot"].with_user(self.own).action_take()

    def test_co_39_several_currencies_are_compared_at_the_rate_of_the_day(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        abroad = self.env["res.company"].create(
            {"name": "Forecast Inc", "currency_id": dollar.id}
        )
        self.env["res.currency.rate"].create(
            [
                {
                    "currency_id": currency.id,
                    "company_id": abroad.id,
                    "name": "2026-01-01",
                    "rate": rate,
                }
                for currency, rate in ((self.company.currency_id, 0.8), (dollar, 1))
            ]
        )
        self.manager.company_ids += abroad
        with freeze_time("2026-01-05 09:00:00"):
            self.new_lead(
                company_id=abroad.id,
                team_id=False,
                user_id=False,
                probability=50,
                date_deadline=date(2026, 2, 20),
            )
        self.take("2026-01-05")
        taken = self.env["crm.forecast.snapshot"].search(
            [("date", "=", "2026-01-05"), ("company_id", "=", abroad.id)]
        )
        self.assertEqual(taken.currency_id, dollar)
        self.assertEqual(taken.line_ids.host_revenue, 500)
        with freeze_time("2026-04-01 09:00:00"):
            row = (
                self.env["crm.forecast.accuracy"]
                .with_user(self.manager)
                .with_context(allowed_company_ids=(self.company + abroad).ids)
                .search(
                    [
                        ("level", "=", "all"),
                        ("method", "=", "host"),
                        ("horizon", "=", 1),
                        ("month", "=", date(2026, 2, 1)),
                    ]
                )
            )
        self.assertEqual(taken.rate, 0.8)
        self.assertEqual(row.currency_id, self.company.currency_id)
        self.assertAlmostEqual(row.forecast, 700 + 500 * taken.rate, places=2)
