import base64
import io
from datetime import date

import openpyxl

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .mrr_common import MrrCase


@tagged("post_install", "-at_install")
class TestMrr(MrrCase):
    """MRR at any date, its bridge with each kind, and the rows behind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        move = cls.move
        move("Alder", date(2024, 11, 1), "new", 1000.0)
        move("Birch", date(2024, 12, 1), "new", 500.0)
        move("Cedar", date(2025, 1, 10), "new", 300.0)
        move("Alder", date(2025, 2, 1), "expansion", 200.0, cause="quantity")
        move("Alder", date(2025, 3, 1), "expansion", 24.0, cause="revision")
        move("Birch", date(2025, 3, 15), "contraction", -100.0, cause="discount")
        move("Birch", date(2025, 4, 1), "pause", -400.0, cause="pause")
        move("Birch", date(2025, 6, 1), "resume", 400.0, cause="resume")
        move("Cedar", date(2025, 5, 1), "churn", -300.0, cause="close")
        move("Cedar", date(2025, 9, 1), "reactivation", 250.0, cause="reopen")
        move("Alder", date(2025, 7, 1), "transfer", -224.0, cause="transfer")
        move("Dogwood", date(2025, 7, 1), "transfer", 224.0, cause="transfer")
        move("Dogwood", date(2025, 8, 1), "exchange", 1.5, cause="rate")

    def test_su_13_at_any_date(self):
        for day, expected in (
            (date(2024, 10, 31), "0.00"),
            (date(2024, 12, 1), "1,500.00"),
            (date(2025, 3, 31), "1,924.00"),
            (date(2025, 4, 1), "1,524.00"),
            (date(2025, 12, 31), "1,875.50"),
        ):
            report = self.page(date(2024, 1, 1), day)
            self.assertEqual(self.tile(report, "mrr"), expected)
            behind = sum(self.behind(report, "mrr").mapped("amount"))
            self.assertEqual(f"{behind:,.2f}", expected)

    def test_su_13_the_bridge_adds_up_and_opens(self):
        report = self.year()
        amounts = report.figures(
            {"date_from": date(2025, 1, 1), "date_to": date(2025, 12, 31)}
        )["bridge"]
        self.assertEqual(
            amounts,
            {
                "opening": "1500.0",
                "new:0": "300.0",
                "expansion:0": "200.0",
                "expansion:1": "24.0",
                "contraction:0": "-100.0",
                "pause:0": "-400.0",
                "resume:0": "400.0",
                "churn:0": "-300.0",
                "reactivation:0": "250.0",
                "exchange:0": "1.5",
            },
        )
        for code, amount in amounts.items():
            behind = sum(self.behind(report, code).mapped("amount"))
            self.assertAlmostEqual(behind, float(amount), msg=code)
        self.assertEqual(sum(map(float, amounts.values())), 1875.5)

    def test_su_13_each_step_opens_its_moves_alone(self):
        report = self.year()
        revised = self.behind(report, "expansion:1")
        self.assertEqual(revised.mapped("cause"), ["revision"])
        self.assertEqual(self.behind(report, "expansion:0").amount, 200.0)
        with self.assertRaisesRegex(UserError, "nothing to open"):
            report.action_open("anything")

    def test_su_13_each_point_of_the_curve_opens_its_moves(self):
        """A bar is what its list sums to, and the line is the MRR behind it."""
        report = self.year()
        curve = report.page["curve"]
        self.assertEqual(len(curve["keys"]), len(curve["months"]))
        for place, month in enumerate(curve["keys"]):
            behind = sum(self.behind(report, "curve", f"{month}/").mapped("amount"))
            self.assertAlmostEqual(behind, curve["totals"][place])
            for one in curve["series"]:
                moves = self.behind(report, "curve", f"{month}/{one['kind']}")
                self.assertAlmostEqual(
                    sum(moves.mapped("amount")), one["values"][place]
                )

    def test_su_13_revenue_by_product_opens_its_customers(self):
        report = self.year()
        moves = self.env["crm.mrr.move"].with_user(self.manager)
        for row in moves._read_customers_by_product(report._to_scope()):
            behind = self.behind(report, "product_retained", row["product_id"])
            self.assertAlmostEqual(
                sum(behind.mapped("given_up")), float(row["given_up"])
            )

    def test_su_13_tiles(self):
        report = self.year()
        self.assertEqual(self.tile(report, "growth"), "25.0 %")
        self.assertEqual(self.tile(report, "customers"), "4")
        self.assertEqual(self.tile(report, "arpa"), "468.88")
        self.assertEqual(self.tile(report, "arr"), "22,506.00")
        # 300 + 224 + 250 gained, 400 lost
        self.assertEqual(self.tile(report, "quick_ratio"), "1.94")
        self.assertEqual(self.tile(report, "lifetime_value"), "-")
        self.assertEqual(len(self.behind(report, "arpa")), 4)
        self.assertEqual(len(self.behind(report, "quick_ratio")), 6)

    def test_su_13_known_on_a_past_day_stays_as_it_was(self):
        """In July a churn of February is entered: March's board pack reads the same."""
        march = {"first": date(2025, 3, 1), "last": date(2025, 3, 31)}
        then = self.page(**march, known_on=date(2025, 4, 2))
        before = [self.tile(then, code) for code in ("mrr", "growth", "churn")]
        table = then.page["bridge"], then.page["products"], then.page["cohorts"]
        self.move(
            "Birch",
            date(2025, 2, 15),
            "churn",
            -500.0,
            known=date(2025, 7, 8),
            cause="close",
        )
        again = self.page(**march, known_on=date(2025, 4, 2))
        self.assertEqual(
            [self.tile(again, code) for code in ("mrr", "growth", "churn")], before
        )
        self.assertEqual(
            (again.page["bridge"], again.page["products"], again.page["cohorts"]), table
        )
        self.assertNotEqual(self.tile(self.page(**march), "mrr"), before[0])
        behind = self.behind(again, "mrr")
        self.assertNotIn("close", behind.mapped("cause"))

    def test_su_13_the_day_of_knowing_ends_at_midnight_there(self):
        """Entered on 3 April at 00:30 in Paris: not known on the 2nd."""
        self.firm.partner_id.tz = "Europe/Paris"
        late = self.move("Elm", date(2025, 3, 1), "new", 70.0)
        late.known_at = "2025-04-02 22:30:00"
        period = {"first": date(2025, 3, 1), "last": date(2025, 3, 31)}
        second = self.page(**period, known_on=date(2025, 4, 2))
        third = self.page(**period, known_on=date(2025, 4, 3))
        self.assertEqual(self.tile(second, "mrr"), "1,924.00")
        self.assertEqual(self.tile(third, "mrr"), "1,994.00")

    def test_su_13_filters(self):
        partner = self.customers["Birch"]
        report = self.year(partner_ids=partner.ids)
        self.assertEqual(self.tile(report, "mrr"), "400.00")
        self.assertEqual(self.behind(report, "mrr").partner_id, partner)
        nothing = self.year(product_ids=self.hosting.ids)
        self.assertEqual(self.tile(nothing, "growth"), "-")

    def test_su_13_the_form_works_out_as_one_chooses(self):
        form = Form(
            self.env["crm.mrr.report"]
            .with_user(self.manager)
            .with_context(lang="en_US")
        )
        form.date_from, form.date_to = date(2025, 1, 1), date(2025, 3, 31)
        (tile,) = (one for one in form.page["tiles"] if one["code"] == "mrr")
        self.assertIn("1,924.00", tile["value"])
        form.date_from = date(2025, 4, 1)
        self.assertFalse(form.page)
        with self.assertRaisesRegex(ValidationError, "From"):
            form.save()

    def test_su_13_curve_ends_where_the_mrr_is(self):
        curve = self.year().page["curve"]
        self.assertEqual(len(curve["months"]), 12)
        self.assertEqual(curve["totals"][-1], 1875.5)
        self.assertEqual(curve["totals"][2], 1924.0)
        new = next(one for one in curve["series"] if one["kind"] == "new")
        self.assertEqual(new["values"], [300.0] + [0.0] * 11)

    def test_su_13_export(self):
        report = self.year()
        self.assertIn(str(report.id), report.action_export()["url"])
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(report.export_file)))
        sheets = book.sheetnames
        self.assertEqual(
            sheets,
            ["Figures", "Bridge", "Products", "Moves"]
            + ["Cohorts, customers", "Cohorts, MRR"],
        )
        rows = {row[0]: row[1] for row in book["Figures"].iter_rows(values_only=True)}
        self.assertEqual(rows["MRR"], 1875.5)
        self.assertAlmostEqual(rows["Growth"], 375.5 / 1500)
        steps = list(book["Bridge"].iter_rows(min_row=2, values_only=True))
        self.assertEqual(sum(amount for _step, amount in steps[:-1]), steps[-1][1])

    def test_su_13_own_sales_and_other_companies_stay_closed(self):
        report = self.page(date(2025, 1, 1), date(2025, 12, 31), user=self.seller)
        self.move("Elm", date(2025, 1, 1), "new", 5.0)
        mine = self.subscribe(confirm=False)
        other = self.subscribe(confirm=False)
        other.sudo().user_id = self.manager
        theirs = self.env["crm.mrr.move"].search([("company_id", "=", self.firm.id)])
        theirs.subscription_id = other
        self.move("Fir", date(2025, 1, 1), "new", 11.0, subscription_id=mine.id)
        report.invalidate_recordset()
        self.assertEqual(self.tile(report, "mrr"), "11.00")
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaisesRegex(AccessError, "Company"):
            self.year(company_id=elsewhere.id)
        stranger = self.env["crm.mrr.report"].with_user(self.stranger)
        with self.assertRaises(AccessError):
            stranger.figures({})

    def test_su_13_smart_buttons_of_customer_and_subscription(self):
        subscription = self.subscribe(confirm=False)
        self.move("Fir", date(2025, 1, 1), "new", 80.0, subscription_id=subscription.id)
        self.move(
            "Fir", date(2999, 1, 1), "churn", -80.0, subscription_id=subscription.id
        )
        mine = subscription.with_user(self.manager)
        self.assertEqual(mine.mrr, 80.0)
        domain = mine.action_view_mrr_moves()["domain"]
        self.assertEqual(len(self.env["crm.mrr.move"].search(domain)), 2)
        partner = self.customers["Fir"].with_user(self.manager)
        counters = {one["code"]: one["value"] for one in partner.crm_counters}
        self.assertIn("80", counters["subscriptions_mrr"])
        action = partner.action_open_crm_counter("subscriptions_mrr")
        self.assertEqual(action["res_model"], "crm.mrr.move")
