import base64
import io
from datetime import date

import openpyxl

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..wizards import crm_price_simulation_book, crm_price_simulation_run
from .common import SubscriptionCase

START = date(2025, 1, 1)


@tagged("post_install", "-at_install")
@freeze_time("2025-12-15")
class TestPriceSimulationBook(SubscriptionCase):
    """Next year's revision on every contract, before anything is posted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.monthly.copy({"name": "Book, monthly"})
        cls.year_plan = cls.yearly.copy({"name": "Book, yearly"})
        cls.index = cls.env["crm.price.index"].create({"name": "E", "code": "ENG"})
        cls.env["crm.price.index.value"].create(
            [
                {"index_id": cls.index.id, "month": month, "value": value}
                for month, value in ((date(2024, 1, 1), 300.0), (START, 306.0))
            ]
        )
        cls.big = cls.env["res.partner"].create({"name": "Big", "is_company": True})

    def indexed(self, price=100.0, plan=None, clause=None, **values):
        subscription = self.subscribe(
            values.pop("start", START),
            price,
            plan_id=(plan or self.plan).id,
            **values,
        )
        self.add_clause(
            subscription,
            index_id=self.index.id,
            s0_month=START,
            s0_value=306.0,
            **(clause or {}),
        )
        return subscription

    def simulate(self, user=None, **values):
        simulation = (
            self.env["crm.price.simulation"]
            .with_user(user or self.manager)
            .create(
                {
                    "is_book": True,
                    "years": 1,
                    "plan_ids": [Command.set((self.plan | self.year_plan).ids)],
                    **values,
                }
            )
        )
        simulation.action_simulate()
        return simulation

    def at(self, rows, name):
        return rows.filtered(lambda row: row.scenario_id.name == name)

    def test_years_and_mrr_before_and_after(self):
        monthly = self.indexed(100.0)
        yearly = self.indexed(1000.0, self.year_plan)
        simulation = self.simulate()
        rows = {
            row.subscription_id: row
            for row in self.at(simulation.result_ids, "+4 % a year")
        }
        # 306 a year later at 4 % is 318.2
        self.assertEqual(
            (rows[monthly].old_year, rows[monthly].new_year), (1200, 1247.88)
        )
        self.assertEqual(rows[monthly].effect_month, 3.99)
        self.assertEqual(rows[yearly].new_year, 1039.87)
        self.assertEqual(rows[yearly].outcome, "revise")
        self.assertEqual(rows[yearly].first_date, date(2026, 1, 1))
        self.assertEqual(rows[yearly].percent, 3.987)
        flat = self.at(simulation.result_ids, "Flat")
        self.assertEqual(sum(flat.mapped("effect_year")), 0)
        curve = {one["label"]: one["data"] for one in simulation.chart["datasets"]}
        self.assertEqual(curve["+4 % a year"][0], 183.33)
        self.assertEqual(curve["+4 % a year"][-1], 190.65)
        self.assertEqual(len(simulation.chart["labels"]), 13)
        self.assertFalse((monthly | yearly).revision_ids)

    def test_a_large_book_is_a_run_with_the_same_figures(self):
        for price in (100.0, 250.0, 70.0):
            self.indexed(price)
        at_once = self.simulate()
        self.patch(crm_price_simulation_book, "AT_ONCE", 1)
        self.patch(crm_price_simulation_run, "PART", 2)
        simulation = self.simulate()
        self.assertTrue(simulation.is_running)
        self.assertFalse(simulation.is_done)
        simulation.run_id._run_now()
        self.assertEqual(simulation.run_id.state, "done")
        # whoever presses Refresh asks anew
        simulation.invalidate_recordset()
        self.assertFalse(simulation.is_running)
        self.assertEqual(simulation.figures, at_once.figures)
        self.assertEqual(simulation.chart, at_once.chart)
        self.assertEqual(
            simulation.result_ids.mapped("new_year"),
            at_once.result_ids.mapped("new_year"),
        )
        simulation.action_simulate()
        self.assertEqual(simulation.run_id.sudo().unit_count, 2)

    def test_by_plan_and_in_total(self):
        self.indexed(100.0)
        self.indexed(1000.0, self.year_plan)
        simulation = self.simulate()
        total, plans, exceptions = simulation.figures["tables"]
        self.assertEqual(total["header"][1:], plans["header"][1:])
        effect = {row["label"]: row["cells"][3]["main"] for row in total["rows"]}
        self.assertIn("7.31", effect["Effect on the MRR"])
        self.assertEqual(effect["Subscriptions revised"], "2")
        by_plan = {row["label"]: row["cells"][3]["main"] for row in plans["rows"]}
        self.assertIn("3.99", by_plan["Book, monthly"])
        self.assertIn("3.32", by_plan["Book, yearly"])
        self.assertFalse(exceptions["rows"])

    def test_customers_above_the_threshold_are_listed(self):
        self.indexed(100.0)
        self.indexed(9000.0, partner_id=self.big.id)
        simulation = self.simulate(over_percent=3.0)
        above = self.at(simulation.customer_ids.filtered("is_over"), "+4 % a year")
        self.assertEqual(above.partner_id, self.partner | self.big)
        self.assertFalse(
            self.at(simulation.customer_ids.filtered("is_over"), "+2 % a year")
        )
        simulation.write({"over_percent": 0.0, "over_amount": 1000.0})
        simulation.action_simulate()
        above = simulation.customer_ids.filtered("is_over")
        self.assertEqual(above.partner_id, self.big)
        action = simulation.action_view_customers()
        self.assertEqual(action["context"], {"search_default_over": 1})
        self.assertIn(("simulation_id", "=", simulation.id), action["domain"])

    def test_exceptions_stand_apart_with_why(self):
        no_clause = self.subscribe(START, plan_id=self.plan.id)
        never = self.indexed()
        never.line_ids.is_indexed = False
        # starts in May: twelve months of index for eight of contract
        refused = self.indexed(
            start=date(2025, 5, 1),
            clause={"anniversary": date(2026, 1, 1)},
        )
        later = self.indexed(clause={"frequency": 24})
        waiting = self.indexed(clause={"threshold_percent": 9.0})
        simulation = self.simulate()
        outcomes = {
            row.subscription_id: row.outcome
            for row in self.at(simulation.result_ids, "+4 % a year")
        }
        self.assertEqual(
            outcomes,
            {
                no_clause: "no_clause",
                never: "never",
                refused: "refused",
                later: "not_due",
                waiting: "threshold",
            },
        )
        reasons = simulation.result_ids.filtered(
            lambda row: row.outcome == "refused"
        ).mapped("reason")
        self.assertIn("L112-1", reasons[0])
        found = simulation.env["crm.price.simulation.result"].search(
            simulation.action_view_exceptions()["domain"]
        )
        self.assertEqual(len(found), 16)
        self.assertIn("Not revised", simulation.summary)

    def test_the_scope(self):
        one = self.indexed()
        other = self.indexed(partner_id=self.big.id, plan=self.year_plan)
        for scope, expected in (
            ({"plan_ids": [Command.set(self.year_plan.ids)]}, other),
            ({"partner_ids": [Command.set(self.big.ids)]}, other),
            ({"index_ids": [Command.set(self.index.ids)]}, one | other),
            ({"user_ids": [Command.set(self.seller.ids)]}, one | other),
            ({"user_ids": [Command.set(self.manager.ids)]}, one.browse()),
            ({"index_ids": [Command.set(self.syntec.ids)]}, one.browse()),
        ):
            with self.subTest(scope):
                found = self.simulate(**scope).result_ids.subscription_id
                self.assertEqual(found, expected)

    def test_another_currency_is_counted_in_the_company_s(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": dollar.id, "name": START, "rate": 2.0}
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "USD", "currency_id": dollar.id}
        )
        self.indexed(100.0, pricelist_id=pricelist.id)
        row = self.simulate().result_ids[0]
        self.assertEqual(row.old_year, 600.0)

    def test_a_salesperson_sees_own_contracts_only(self):
        self.indexed()
        other = self._new_user(
            "sub_other_seller", "crm_ext_subscriptions.group_subscriptions_user"
        )
        self.assertFalse(self.simulate(other).result_ids)
        self.assertEqual(len(self.simulate(self.seller).result_ids), 4)

    def test_export(self):
        self.indexed()
        simulation = self.simulate()
        action = simulation.action_export_xlsx()
        attachment = int(action["url"].split("/")[3].split("?")[0])
        content = self.env["ir.attachment"].with_user(self.manager).browse(attachment)
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(content.datas)))
        self.assertEqual(len(book.sheetnames), 6)
        self.assertEqual(len(list(book["Details"].values)), 5)
        self.assertEqual(len(list(book["Customers"].values)), 5)
        self.assertTrue(simulation.action_export_csv()["url"])

    def test_queries_do_not_grow_with_the_book(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.simulate()
            return self.env.cr.sql_log_count - before

        for _time in range(3):
            self.indexed()
        few = queries()
        for _time in range(12):
            self.indexed()
        self.assertLessEqual(queries(), few + 6)
