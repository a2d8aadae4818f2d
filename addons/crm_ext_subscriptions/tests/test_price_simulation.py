import base64
import csv
import io
from datetime import date

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
@freeze_time("2025-12-15")
class TestPriceSimulation(SubscriptionCase):
    """What will this customer pay at 2 %, at 4 %? Asked by who sells, on drafts too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.index = cls.env["crm.price.index"].create(
            {"name": "Wages of engineers", "code": "ENG", "earliest_days": 20}
        )
        cls.env["crm.price.index.value"].create(
            [
                {
                    "index_id": cls.index.id,
                    "month": date(2024 + number // 12, number % 12 + 1, 1),
                    "value": value,
                }
                for number, value in enumerate([300.0] * 10 + [306.0] * 3)
            ]
        )  # 300 from January 2024, 306 from November 2024 to January 2025

    def indexed(self, confirm=False, lines=None, **clause):
        subscription = self.subscribe(
            date(2025, 1, 1),
            confirm=False,
            lines=lines or [{"price_unit": 100.0, "quantity": 2}],
        )
        self.add_clause(
            subscription,
            index_id=self.index.id,
            s0_month=date(2025, 1, 1),
            s0_value=306.0,
            **clause,
        )
        if confirm:
            subscription.action_confirm()
        return subscription

    def open(self, subscription, user=None):
        """The button on the form; the window that it opens."""
        action = subscription.with_user(user or self.seller).action_simulate_prices()
        return (
            self.env["crm.price.simulation"]
            .with_user(user or self.seller)
            .browse(action["res_id"])
        )

    def prices(self, simulation, name):
        found = simulation.price_ids.filtered(
            lambda price: price.scenario_id.name == name
        )
        return found.sorted("date")

    def test_su_08_what_will_be_paid_at_two_and_four_percent(self):
        simulation = self.open(self.indexed(confirm=True))
        self.assertTrue(simulation.is_done)
        at_two = self.prices(simulation, "+2 % a year")
        self.assertEqual(
            at_two.mapped("date"),
            [date(2026, 1, 1), date(2027, 1, 1), date(2028, 1, 1)],
        )
        # 306, then 312.1, 318.4 and 324.7 as the publisher prints them
        self.assertEqual(at_two.mapped("p1"), [101.99, 104.05, 106.11])
        self.assertEqual(at_two.mapped("p0"), [100.0, 101.99, 104.05])
        self.assertEqual(at_two[0].period_amount, 203.98)
        self.assertEqual(at_two[0].year_amount, 2447.76)
        self.assertEqual(at_two[0].effect_year, 47.76)
        self.assertEqual(self.prices(simulation, "+4 % a year")[0].p1, 103.99)
        self.assertEqual(self.prices(simulation, "Flat").mapped("p1"), [100.0] * 3)
        self.assertEqual(self.prices(simulation, "Trend of 12 months")[0].p1, 101.99)

    def test_totals_chart_and_suppositions_stand_side_by_side(self):
        lines = [
            {"price_unit": 100.0},
            {"price_unit": 50.0, "is_indexed": False},
            {"price_unit": 999.0, "line_type": "once"},
        ]
        simulation = self.open(self.indexed(lines=lines))
        (table,) = simulation.figures["tables"]
        self.assertEqual(len(table["header"]), 5)
        self.assertEqual([len(row["cells"]) for row in table["rows"]], [4] * 4)
        by_name = {one["label"]: one["data"] for one in simulation.chart["datasets"]}
        self.assertEqual(by_name["Flat"], [1800.0] * 4)
        self.assertEqual(by_name["+2 % a year"], [1800.0, 1823.88, 1848.6, 1873.32])
        self.assertEqual(len(simulation.chart["labels"]), 4)
        self.assertIn("306", simulation.summary)
        self.assertIn("+2.000 % a year", simulation.summary)

    def test_each_price_has_its_proof(self):
        price = self.prices(self.open(self.indexed()), "+2 % a year")[0]
        self.assertTrue(price.is_supposed)
        self.assertIn("312.1", price.proof)
        self.assertIn("Supposed", price.proof)
        names = [step["name"] for step in price.record["steps"]]
        self.assertEqual(names, ["ratio", "coefficient", "unit_price", "line"])

    def test_a_cap_a_floor_and_a_threshold_are_marked(self):
        simulation = self.open(self.indexed(cap_percent=3.0, threshold_percent=1.0))
        self.assertEqual(
            self.prices(simulation, "+4 % a year").mapped("limit_kind"), ["cap"] * 3
        )
        self.assertEqual(self.prices(simulation, "+4 % a year")[2].p1, 109.27)
        flat = self.prices(simulation, "Flat")
        self.assertEqual(set(flat.mapped("outcome")), {"threshold"})
        self.assertIn("Cap", simulation.summary)
        falling = self.open(self.indexed(floor_percent=-1.0))
        falling.scenario_ids = [Command.create({"kind": "yearly", "percent": -5.0})]
        falling.action_simulate()
        fallen = self.prices(falling, "-5 % a year")
        self.assertEqual(fallen.mapped("limit_kind"), ["floor"] * 3)
        self.assertEqual(fallen[0].p1, 99.0)

    def test_a_draft_follows_its_plan_s_clause(self):
        plan = self.monthly.copy({"name": "With a clause"})
        self.env["crm.index.clause"].with_user(self.manager).create(
            {
                "plan_id": plan.id,
                "index_id": self.index.id,
                "s0_rule": "date_month",
                "s1_rule": "date_month",
            }
        )
        draft = self.subscribe(date(2025, 1, 1), plan_id=plan.id, confirm=False)
        simulation = self.open(draft)
        self.assertEqual(self.prices(simulation, "+2 % a year")[0].p1, 101.99)
        self.assertFalse(draft.clause_ids)

    def test_a_plan_s_clause_on_a_price(self):
        clause = (
            self.env["crm.index.clause"]
            .with_user(self.manager)
            .create(
                {
                    "plan_id": self.yearly.id,
                    "index_id": self.index.id,
                    "s0_rule": "date_month",
                    "s1_rule": "date_month",
                }
            )
        )
        action = clause.action_simulate()
        simulation = (
            self.env["crm.price.simulation"]
            .with_user(self.manager)
            .browse(action["res_id"])
        )
        simulation.write({"price": 500.0, "base_date": date(2025, 1, 1)})
        simulation.action_simulate()
        self.assertEqual(self.prices(simulation, "+4 % a year")[0].p1, 519.93)

    def test_own_values_and_own_years(self):
        simulation = self.open(self.indexed())
        with Form(simulation) as form:
            form.years = 1
            with form.scenario_ids.new() as scenario:
                scenario.kind = "values"
                self.assertEqual(scenario.name, "Own values")
            with form.value_ids.new() as value:
                value.index_id = self.index
                value.month = date(2025, 12, 10)
                value.value = 330.0
        simulation.action_simulate()
        own = self.prices(simulation, "Own values")
        self.assertEqual((own.date, own.p1), (date(2026, 1, 1), 107.84))

    def test_nothing_is_written(self):
        subscription = self.indexed(confirm=True)
        before = (
            len(self.index.value_ids),
            subscription.line_ids.version_ids.ids,
            subscription.write_date,
        )
        self.open(subscription)
        self.index.invalidate_recordset(["value_ids"])
        after = (
            len(self.index.value_ids),
            subscription.line_ids.version_ids.ids,
            subscription.write_date,
        )
        self.assertEqual(after, before)
        self.assertFalse(subscription.revision_ids)

    def test_a_simulation_goes_on_from_the_last_revision(self):
        subscription = self.indexed(confirm=True)
        self.env["crm.price.index.value"].with_user(self.accountant).create(
            {"index_id": self.index.id, "month": date(2026, 1, 1), "value": 312.1}
        )
        self.index.with_user(self.accountant).action_verify()
        revision = (
            self.env["crm.price.revision"]
            .with_user(self.manager)
            .browse(subscription.revise_price(date(2026, 1, 1)))
        )
        revision.action_approve()
        revision.action_apply()
        simulation = self.open(subscription)
        at_two = self.prices(simulation, "+2 % a year")
        self.assertEqual(at_two[0].date, date(2027, 1, 1))
        self.assertEqual(at_two.mapped("p0")[0], 101.99)
        # S0 is the S1 of the revision applied, 312.1; S1 is 318.3
        self.assertEqual(at_two[0].p1, 104.02)

    def test_why_there_is_nothing_to_simulate(self):
        bare = self.subscribe(date(2025, 1, 1))
        simulation = self.open(bare)
        self.assertFalse(simulation.is_done)
        with self.assertRaisesRegex(UserError, "no index clause"):
            simulation.action_simulate()
        simulation = self.open(self.indexed())
        simulation.scenario_ids.unlink()
        with self.assertRaisesRegex(UserError, "at least one"):
            simulation.action_simulate()
        empty = self.env["crm.price.index"].create({"name": "Empty", "code": "EMPTY"})
        subscription = self.indexed()
        subscription.clause_ids.write({"index_id": empty.id})
        simulation = self.open(subscription)
        self.assertEqual(set(simulation.price_ids.mapped("outcome")), {"refused"})
        self.assertIn("no value yet", simulation.price_ids[0].reason)

    def test_export_as_a_workbook_and_as_csv(self):
        simulation = self.open(self.indexed())
        book = openpyxl.load_workbook(io.BytesIO(self.download(simulation, "xlsx")))
        self.assertEqual(
            book.sheetnames, ["What will be paid, untaxed", "Details", "Suppositions"]
        )
        details = list(book["Details"].values)
        self.assertEqual(len(details), 13)
        self.assertEqual(details[0][:2], ("Scenario", "Revision date"))
        self.assertEqual(details[1][3], 100)
        text = self.download(simulation, "csv").decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), delimiter=";"))
        self.assertEqual(len(rows), 13)
        self.assertIn("101.99", {row[4] for row in rows})

    def download(self, simulation, kind):
        action = getattr(simulation, f"action_export_{kind}")()
        attachment = int(action["url"].split("/")[3].split("?")[0])
        found = self.env["ir.attachment"].with_user(self.seller).browse(attachment)
        return base64.b64decode(found.datas)

    def test_only_who_reads_the_subscription_simulates_it(self):
        subscription = self.indexed()
        other = self._new_user(
            "sub_other_seller", "crm_ext_subscriptions.group_subscriptions_user"
        )
        with self.assertRaises(AccessError):
            self.open(subscription, other)
        simulation = self.open(subscription)
        with self.assertRaises(AccessError):
            simulation.with_user(other).read(["chart"])
        self.assertTrue(self.open(subscription, self.accountant).is_done)
