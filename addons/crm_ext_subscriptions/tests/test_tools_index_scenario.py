import unittest
from datetime import date
from decimal import Decimal
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_ext_subscriptions.tools.index_clause import (
    Case,
    Clause,
    Previous,
    Term,
)
from odoo.addons.crm_ext_subscriptions.tools.index_forecast import (
    Track,
    forecast,
    price_at,
    revision_dates,
)
from odoo.addons.crm_ext_subscriptions.tools.index_lookup import MonthRule
from odoo.addons.crm_ext_subscriptions.tools.index_reckon import reckon
from odoo.addons.crm_ext_subscriptions.tools.index_rounding import IndexationError
from odoo.addons.crm_ext_subscriptions.tools.index_scenario import (
    VINTAGE,
    Scenario,
    look_ahead,
    prolong,
)
from odoo.addons.crm_ext_subscriptions.tools.index_series import (
    Known,
    Observation,
    Series,
)
from odoo.addons.crm_ext_subscriptions.tools.indexation import Formula
from odoo.addons.crm_ext_subscriptions.tools.price_outlook import Change, PricedLine

D = Decimal
SERIES = Series("S", earliest_days=20)
BY_MONTH = MonthRule("date_month")
PERCENTS = st.decimals(min_value=-20, max_value=30, places=2)


def months(*values, start=(2024, 1)):
    year, month = start
    return Known(
        Observation(
            "S",
            date(year + (month - 1 + n) // 12, (month - 1 + n) % 12 + 1, 1),
            D(value),
            None,
            n + 1,
        )
        for n, value in enumerate(values)
    )


YEAR = months("300", *["305.0"] * 11, "309.0")  # January 2024 to January 2025


def ahead(scenario, known=YEAR, until=date(2030, 12, 31), decimals=1):
    outlook = look_ahead(SERIES, decimals, known, scenario)
    return outlook, {value.month: value for value in prolong(outlook, until)}


def clause(**options):
    terms = (Term((SERIES,), s0_month=date(2025, 1, 1)),)
    settings = {"terms": terms, "formula": Formula(), "s1_rule": BY_MONTH}
    return Clause(**(settings | options))


class TestScenario(unittest.TestCase):
    def test_flat_keeps_the_last_value(self):
        _outlook, values = ahead(Scenario("flat"))
        self.assertEqual({value.value for value in values.values()}, {D("309.0")})
        self.assertEqual(min(values), date(2025, 2, 1))
        self.assertEqual(max(values), date(2030, 12, 1))

    def test_the_trend_goes_on_at_the_pace_of_twelve_months(self):
        outlook, values = ahead(Scenario("trend"))
        self.assertEqual(outlook.percent, D("3.000"))
        self.assertEqual(outlook.since.month, date(2024, 1, 1))
        self.assertEqual(values[date(2026, 1, 1)].value, D("318.3"))
        self.assertEqual(values[date(2027, 1, 1)].value, D("327.8"))

    def test_a_trend_without_the_month_a_year_before(self):
        known = Known(value for value in YEAR if value.month != date(2024, 1, 1))
        with self.assertRaises(IndexationError) as caught:
            ahead(Scenario("trend"), known)
        self.assertEqual(caught.exception.reason, "scenario_trend")
        older = known + [Observation("S", date(2023, 7, 1), D("300"), None, 99)]
        outlook, _values = ahead(Scenario("trend"), older)
        self.assertEqual(outlook.since.month, date(2023, 7, 1))
        self.assertEqual(outlook.percent, D("1.990"))

    def test_own_values_are_kept_until_the_next_one(self):
        given_values = {"S": {date(2025, 6, 1): D("320"), date(2026, 1, 1): D("310")}}
        _outlook, values = ahead(Scenario("values", values=given_values))
        found = [values[date(*day, 1)].value for day in ((2025, 5), (2025, 12))]
        self.assertEqual(found, [D("309.0"), D("320")])
        self.assertEqual(values[date(2030, 12, 1)].value, D("310"))

    def test_suppositions_bear_their_name_and_a_publication_day(self):
        dated = YEAR + [
            Observation("S", date(2025, 2, 1), D("309.5"), date(2025, 3, 31), 20)
        ]
        outlook, values = ahead(Scenario("flat"), dated)
        self.assertEqual(outlook.lag, 31)
        march = values[date(2025, 3, 1)]
        self.assertEqual((march.vintage, march.key), (VINTAGE, 0))
        self.assertEqual(march.published_on, date(2025, 5, 1))

    def test_no_value_no_scenario(self):
        with self.assertRaises(IndexationError) as caught:
            ahead(Scenario("flat"), Known(()))
        self.assertEqual(caught.exception.reason, "scenario_empty")
        with self.assertRaises(IndexationError):
            Scenario("yearly", D(-100))
        with self.assertRaises(IndexationError):
            Scenario("sideways")

    @given(PERCENTS, st.integers(1, 5))
    def test_so_many_percent_a_year_compound(self, percent, years):
        _outlook, values = ahead(Scenario("yearly", percent))
        expected = (D("309.0") * (1 + percent / 100) ** years).quantize(D("0.1"))
        found = values[date(2025 + years, 1, 1)].value
        self.assertLessEqual(abs(found - expected), D("0.1"))

    @given(PERCENTS, PERCENTS)
    def test_a_higher_pace_never_gives_a_lower_index(self, one, other):
        low, high = (
            ahead(Scenario("yearly", percent))[1] for percent in sorted((one, other))
        )
        self.assertTrue(all(low[month].value <= high[month].value for month in low))


class TestForecast(unittest.TestCase):
    def days(self, count=3, anchor=date(2025, 1, 1), after=date(2025, 6, 1)):
        return tuple(islice(revision_dates(anchor, 12, after), count))

    def test_dates_are_whole_frequencies_away(self):
        self.assertEqual(
            self.days(), (date(2026, 1, 1), date(2027, 1, 1), date(2028, 1, 1))
        )
        ends = tuple(islice(revision_dates(date(2025, 1, 31), 1, date(2025, 1, 31)), 2))
        self.assertEqual(ends, (date(2025, 2, 28), date(2025, 3, 31)))
        later = next(revision_dates(date(2030, 5, 10), 12, date(2025, 5, 10)))
        self.assertEqual(later, date(2026, 5, 10))

    @given(PERCENTS, st.decimals(min_value=1, max_value=10**5, places=2))
    def test_a_forecast_is_the_engine_applied_again_and_again(self, percent, price):
        outlook, _values = ahead(Scenario("yearly", percent))
        known = YEAR + prolong(outlook, date(2030, 1, 1))
        asked = Case(price, date(2026, 1, 1), date(2025, 1, 1))
        found = forecast(clause(), asked, self.days(), known)
        previous = None
        for one in found:
            alone = reckon(
                clause(), Case(price, one.day, asked.base_date, previous), known
            )
            self.assertEqual(one.after, alone.revised.price)
            previous = Previous(one.day, one.after, (alone.served[0].s1,))

    def test_a_cap_and_a_threshold_are_marked(self):
        outlook, _values = ahead(Scenario("yearly", D(4)))
        known = YEAR + prolong(outlook, date(2030, 1, 1))
        asked = Case(D(1000), date(2026, 1, 1), date(2025, 1, 1))
        capped = forecast(clause(formula=Formula(cap=D(3))), asked, self.days(2), known)
        self.assertEqual([one.limit for one in capped], ["cap", "cap"])
        self.assertEqual([one.after for one in capped], [D(1030), D("1060.90")])
        waits = clause(formula=Formula(threshold=D(6)))
        found = forecast(waits, asked, self.days(2), known)
        self.assertEqual([one.outcome for one in found], ["threshold", "revise"])
        self.assertEqual(found[1].after, D("1081.55"))

    def test_a_missing_value_leaves_the_price(self):
        asked = Case(D(1000), date(2026, 1, 1), date(2025, 1, 1))
        (one,) = forecast(clause(), asked, self.days(1), YEAR)
        self.assertEqual((one.outcome, one.after), ("missing", D(1000)))

    def test_a_supposition_that_fails_refuses_every_date(self):
        priced = PricedLine(D(1000), D(1), D(12))
        asked = Case(D(1000), date(2026, 1, 1), date(2025, 1, 1))
        track = Track(1, priced, clause(), asked, self.days(2))
        found = track.run(IndexationError("scenario_trend"))
        self.assertEqual([one.outcome for one in found], ["refused", "refused"])
        self.assertEqual(price_at(priced, found, date(2030, 1, 1)), D(1000))


class TestPriceOutlook(unittest.TestCase):
    def test_a_line_a_period_and_a_year(self):
        line = PricedLine(D("99.99"), D("2.7"), D(12))
        self.assertEqual(line.period(line.price), D("269.97"))
        self.assertEqual(line.year(line.price), D("3239.64"))
        split = PricedLine(D(1000), D(1), D(12), share=D(1) / 3)
        self.assertEqual(split.period(split.price), D("333.33"))

    def test_a_change_its_percent_and_its_mrr(self):
        change = Change(D(1200), D(1260))
        self.assertEqual((change.effect, change.percent, change.month), (60, 5, 5))
        self.assertTrue(change.exceeds(D(5), None))
        self.assertTrue(change.exceeds(None, D(60)))
        self.assertFalse(change.exceeds(D("5.1"), D(61)))
        self.assertFalse(change.exceeds(None, None))
        self.assertEqual(Change(D(0), D(5)).percent, 0)
