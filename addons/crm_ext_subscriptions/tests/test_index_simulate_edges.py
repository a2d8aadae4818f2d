from datetime import date

from odoo.tests import tagged

from .common import SubscriptionCase

YEARS = [
    {"series": "SYNTEC", "period": "2014-02", "value": "245.6"},
    {"series": "SYNTEC", "period": "2015-02", "value": "246.8"},
    {"series": "SYNTEC", "period": "2016-02", "value": "250.0"},
]


@tagged("post_install", "-at_install")
class TestIndexSimulateEdges(SubscriptionCase):
    """What a caller may tell of the revision before, and what a refusal names."""

    def clause_of(self, **values):
        subscription = self.subscribe(date(2014, 2, 1), 500.0, plan_id=self.yearly.id)
        return self.add_clause(subscription, **values)

    def test_a_refusal_names_series_and_period(self):
        answer = self.clause_of().simulate("500", "2015-02-01", YEARS[:1])
        self.assertEqual((answer["status"], answer["reason"]), ("refused", "missing"))
        self.assertEqual((answer["series"], answer["period"]), ("SYNTEC", "2015-02-01"))

    def test_the_s1_before_may_be_told_without_its_value(self):
        clause = self.clause_of()
        before = {"date": "2015-02-01", "price": "502.44", "s1": "246.8"}
        answer = clause.simulate("500", "2016-02-01", YEARS[2:], previous=before)
        self.assertEqual(answer["reason"], "previous_s1")
        before["s1_period"] = "2015-02"
        answer = clause.simulate("500", "2016-02-01", YEARS[2:], previous=before)
        self.assertEqual(answer["p1"], "508.95")

    def test_among_equal_values_the_one_known_by_then_served(self):
        frozen = [
            {"series": "SYNTEC", "period": f"2020-{month:02d}", "value": "274.7"}
            for month in (2, 3, 9)
        ]
        later = {"series": "SYNTEC", "period": "2021-03", "value": "275.5"}
        before = {"date": "2020-03-01", "price": "1000", "s1": "274.7"}
        answer = self.clause_of().simulate(
            "1000", "2021-03-01", [*frozen, later], previous=before
        )
        self.assertEqual((answer["p1"], answer["s0_period"]), ("1002.91", "2020-03-01"))

    def test_a_month_after_the_series_is_told(self):
        rows = [
            {"series": "SYNTEC", "period": "2022-09", "value": "287.2"},
            {"series": "SYNTEC", "period": "2023-09", "value": "306.0"},
        ]
        clause = self.clause_of(s0_month=date(2022, 9, 1), s0_value=0)
        answer = clause.simulate("500", "2023-09-01", rows)
        self.assertIn("the series ended before", " ".join(answer["warnings"]))

    def test_nothing_instead_of_a_publication_day(self):
        for nothing in (None, False, ""):
            rows = [row | {"published_on": nothing} for row in YEARS]
            answer = self.clause_of().simulate("500", "2015-02-01", rows)
            self.assertEqual(answer["p1"], "502.44")
