from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SubscriptionCase

FEBRUARY = [
    {"series": "SYNTEC", "period": "2014-02", "value": "245.6"},
    {"series": "SYNTEC", "period": "2015-02", "value": "246.8"},
]


@tagged("post_install", "-at_install")
class TestIndexSimulate(SubscriptionCase):
    """`simulate`, as a program outside calls it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.fr")

    def clause_of(self, start=date(2014, 2, 1), **values):
        subscription = self.subscribe(start, 500.0, plan_id=self.yearly.id)
        return self.add_clause(subscription, **values)

    def test_su_09_worked_example_with_both_percentages(self):
        answer = self.clause_of().simulate("500", "2015-02-01", FEBRUARY)
        self.assertEqual(answer["status"], "ok")
        self.assertEqual(
            [answer[name] for name in ("p0", "p1", "s0", "s1", "link")],
            ["500", "502.44", "245.6", "246.8", ""],
        )
        self.assertTrue(answer["ratio"].startswith("1.00488599348534"))
        self.assertTrue(answer["ratio_percent"].startswith("0.4885993"))
        self.assertEqual(answer["price_percent"], "0.488")
        self.assertEqual(
            answer["steps"][2],
            {
                "name": "unit_price",
                "before": answer["steps"][2]["before"],
                "after": "502.44",
                "rounding": "2:half_up",
            },
        )
        self.assertFalse(answer["warnings"])

    def test_the_stored_values_serve_when_none_are_given(self):
        answer = self.clause_of().simulate("500", "2015-02-01")
        self.assertEqual(answer["p1"], "502.44")

    def test_link_from_the_new_series_to_the_old(self):
        clause = self.clause_of(s0_rule="date_month", s0_month=False, s0_value=0)
        values = [
            {"series": "original", "period": "2021-08", "value": "276.5"},
            {"series": "revised", "period": "2023-08", "value": "305.7"},
        ]
        answer = clause.simulate("10000", "2023-08-01", values, base_date="2021-08-01")
        self.assertEqual((answer["p1"], answer["link"]), ("10832.17", "0.97975"))
        clause.linked_index_rounding = "half_up"
        answer = clause.simulate("10000", "2023-08-01", values, base_date="2021-08-01")
        self.assertEqual(answer["steps"][1]["after"], "299.5")

    def test_last_published_and_the_month_without_a_date(self):
        clause = self.clause_of(s0_rule="date_month", s1_rule="last_published")
        values = [
            {"series": "SYNTEC-R", "period": "2023-01", "value": "293.9"},
            {
                "series": "SYNTEC-R",
                "period": "2023-07",
                "value": "304.8",
                "published_on": "2023-08-31",
            },
            {
                "series": "SYNTEC-R",
                "period": "2023-08",
                "value": "305.7",
                "published_on": "2023-09-29",
            },
        ]
        clause.index_id = self.syntec.successor_id
        ask = {"base_date": "2023-01-28"}
        answer = clause.simulate("1000", "2023-09-28", values, **ask)
        self.assertEqual((answer["p1"], answer["s1"]), ("1037.09", "304.8"))
        values[2]["published_on"] = None
        answer = clause.simulate("1000", "2023-09-28", values, **ask)
        self.assertEqual(answer["status"], "refused")
        self.assertIn("08/2023", answer["message"])

    def test_vintages_by_what_was_known_at_the_date(self):
        clause = self.clause_of(
            s0_rule="date_month", s1_rule="month_offset", month_offset=3
        )
        values = [
            {"series": "SYNTEC", "period": "2019-12", "value": "274.0"},
            {
                "series": "SYNTEC",
                "period": "2020-09",
                "value": "274.7",
                "published_on": "2020-10-30",
                "vintage": "frozen",
            },
            {
                "series": "SYNTEC",
                "period": "2020-09",
                "value": "275.2",
                "published_on": "2021-02-08",
                "vintage": "final",
            },
        ]
        ask = {"base_date": "2019-12-01"}
        self.assertEqual(
            clause.simulate("1", "2020-12-01", values, **ask)["s1"], "274.7"
        )
        clause.vintages = "latest"
        self.assertEqual(
            clause.simulate("1", "2020-12-01", values, **ask)["s1"], "275.2"
        )

    def test_su_10_a_chain_fed_with_its_own_answers(self):
        values = [
            *FEBRUARY,
            {"series": "SYNTEC", "period": "2016-02", "value": "250.0"},
        ]
        for base, expected in (("last_revised", "508.95"), ("original", "508.96")):
            clause = self.clause_of(base=base)
            first = clause.simulate("500", "2015-02-01", values)
            before = {"date": "2015-02-01", "price": first["p1"], "s1": first["s1"]}
            second = clause.simulate("500", "2016-02-01", values, previous=before)
            self.assertEqual(second["p1"], expected)
            again = clause.simulate(
                "500", "2016-02-01", values, previous=first | {"date": "2015-02-01"}
            )
            self.assertEqual(again["p1"], expected)

    def test_l112_1_is_refused_when_chained(self):
        clause = self.clause_of(date(2014, 8, 1))
        answer = clause.simulate("500", "2015-02-01", FEBRUARY)
        self.assertEqual((answer["status"], answer["reason"]), ("refused", "l112_1"))
        self.assertIn("L112-1", answer["message"])
        clause.base = "original"
        answer = clause.simulate("500", "2015-02-01", FEBRUARY)
        self.assertEqual(answer["p1"], "502.44")
        self.assertIn("L112-1", answer["warnings"][0])

    def test_weighted_indices(self):
        ilc = self.env.ref("crm_ext_subscriptions.crm_price_index_ilc")
        clause = self.clause_of(
            fixed_part=0.15,
            term_ids=[
                Command.create(
                    {
                        "index_id": ilc.id,
                        "weight": 0.25,
                        "s0_month": date(2014, 2, 1),
                    }
                )
            ],
        )
        values = [
            *FEBRUARY,
            {"series": "ILC", "period": "2014-Q1", "value": "100"},
            {"series": "ILC", "period": "2015-Q1", "value": "104"},
        ]
        answer = clause.simulate("1000", "2015-02-01", values)
        self.assertEqual(answer["p1"], "1012.93")
        self.assertEqual(
            [term["series"] for term in answer["terms"]], ["SYNTEC", "ILC"]
        )

    def test_a_wrong_call_is_refused_in_words(self):
        clause = self.clause_of()
        for price, day, values, word in (
            ("12,50", "2015-02-01", FEBRUARY, "decimal point"),
            ("abc", "2015-02-01", FEBRUARY, "not a number"),
            ("500", "1 February", FEBRUARY, "date"),
            ("500", "2015-02-01", [FEBRUARY[0] | {"series": "X"}], "No series"),
            ("500", "2015-02-01", [FEBRUARY[0] | {"period": "2014"}], "period"),
            ("500", "2015-02-01", [FEBRUARY[0] | {"value": "-1"}], "above zero"),
            ("500", "2015-02-01", FEBRUARY[:1], "02/2015"),
            (
                "500",
                "2015-02-01",
                [*FEBRUARY, FEBRUARY[0] | {"value": "246"}],
                "stands twice",
            ),
        ):
            with self.subTest(word):
                answer = clause.simulate(price, day, values)
                self.assertEqual(answer["status"], "refused")
                self.assertIn(word, answer["message"])

    def test_a_plan_s_clause_needs_the_base_date(self):
        clause = (
            self.env["crm.index.clause"]
            .with_user(self.manager)
            .create(
                {
                    "plan_id": self.yearly.id,
                    "index_id": self.syntec.id,
                    "s0_rule": "date_month",
                    "s1_rule": "date_month",
                }
            )
        )
        answer = clause.simulate("500", "2015-02-01", FEBRUARY)
        self.assertIn("Base date", answer["message"])
        answer = clause.simulate("500", "2015-02-01", FEBRUARY, base_date="2014-02-01")
        self.assertEqual(answer["p1"], "502.44")

    def test_only_who_reads_the_clause_simulates(self):
        clause = self.clause_of()
        other = self._new_user(
            "sub_other", "crm_ext_subscriptions.group_subscriptions_user"
        )
        with self.assertRaises(AccessError):
            clause.with_user(other).simulate("500", "2015-02-01", FEBRUARY)
