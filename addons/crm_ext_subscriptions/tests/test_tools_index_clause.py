import unittest
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_ext_subscriptions.tools.index_clause import (
    Case,
    Clause,
    Previous,
    Term,
)
from odoo.addons.crm_ext_subscriptions.tools.index_lookup import (
    IndexValueMissing,
    MonthRule,
    Observation,
    Series,
)
from odoo.addons.crm_ext_subscriptions.tools.index_reckon import reckon
from odoo.addons.crm_ext_subscriptions.tools.index_record import replay, to_record
from odoo.addons.crm_ext_subscriptions.tools.index_rounding import (
    IndexationError,
    Link,
    Rounding,
)
from odoo.addons.crm_ext_subscriptions.tools.indexation import Formula

D = Decimal
ROUNDINGS = st.one_of(
    st.none(),
    st.builds(
        Rounding,
        st.integers(2, 6),
        st.sampled_from(("half_up", "up", "down", "half_even")),
    ),
)
CHAIN = (Series("OLD", link=Link(D("280.6"), D("286.4"))), Series("NEW"))
BY_MONTH = MonthRule("date_month")


def values(*facts, series="OLD"):
    return tuple(
        Observation(series, date(year, month, 1), D(value), None, order)
        for order, (year, month, value) in enumerate(facts, 1)
    )


YEARS = values((2014, 2, "245.6"), (2015, 2, "246.8"), (2016, 2, "250.0"))


def clause(**options):
    settings = {
        "terms": (Term(CHAIN),),
        "formula": Formula(),
        "s0_rule": BY_MONTH,
        "s1_rule": BY_MONTH,
    }
    return Clause(**(settings | options))


def case(day, price=500, base=date(2014, 2, 1), **options):
    return Case(D(price), day, base, **options)


class TestIndexClause(unittest.TestCase):
    def codes(self, reckoning):
        return [notice.code for notice in reckoning.notices]

    def test_su_09_worked_example(self):
        result = reckon(clause(), case(date(2015, 2, 1)), YEARS)
        self.assertEqual(result.revised.price, D("502.44"))
        self.assertEqual(round(result.revised.ratio_percent, 3), D("0.489"))
        self.assertEqual(round(result.revised.price_percent, 3), D("0.488"))
        self.assertFalse(result.notices)

    def test_su_10_chained_original_and_sliding(self):
        previous = Previous(date(2015, 2, 1), D("502.44"))
        day = date(2016, 2, 1)
        for base, expected in (
            ("last_revised", "508.95"),
            ("original", "508.96"),
            ("sliding", "508.95"),
        ):
            with self.subTest(base):
                ruled = clause(base=base)
                result = reckon(ruled, case(day, previous=previous), YEARS)
                self.assertEqual(result.revised.price, D(expected))

    def test_l112_1_refused_when_chained_warned_on_fixed_base(self):
        half_year = case(date(2015, 2, 1), base=date(2014, 8, 1))
        written = Term(CHAIN, s0_month=date(2014, 2, 1))
        fixed = clause(terms=(written,), s0_rule=MonthRule("fixed"))
        with self.assertRaises(IndexationError) as caught:
            reckon(fixed, half_year, YEARS)
        self.assertEqual(caught.exception.reason, "l112_1")
        self.assertEqual(caught.exception.details, {"index_months": 12, "elapsed": 6})
        result = reckon(replace(fixed, base="original"), half_year, YEARS)
        self.assertEqual(self.codes(result), ["l112_1"])
        self.assertEqual(result.revised.price, D("502.44"))

    def test_l112_1_a_year_skipped_is_not_caught_up(self):
        previous = Previous(date(2014, 2, 1), D(500))
        skipped = case(date(2016, 2, 1), previous=previous)
        with self.assertRaises(IndexationError):
            reckon(clause(), skipped, YEARS)
        every_two_years = clause(frequency=24)
        self.assertEqual(
            reckon(every_two_years, skipped, YEARS).revised.price, D("508.96")
        )
        # the first revision may come late: nothing was skipped yet
        reckon(clause(), case(date(2016, 2, 1)), YEARS)

    def test_the_s0_that_the_contract_printed(self):
        vintages = YEARS + values((2014, 2, "245.0"))
        day = case(date(2015, 2, 1))
        written = Term(CHAIN, s0_month=date(2014, 2, 1), s0_value=D("245.0"))
        fixed = clause(terms=(written,), s0_rule=MonthRule("fixed"))
        result = reckon(fixed, day, vintages)
        self.assertEqual(result.served[0].s0.value, D("245.0"))
        with self.assertRaises(IndexationError) as caught:
            reckon(fixed, day, YEARS)
        self.assertEqual(caught.exception.reason, "s0_value")
        unknown = reckon(fixed, day, YEARS[1:])
        self.assertEqual(self.codes(unknown), ["s0_printed"])

    def test_the_base_date_given_serves_where_the_written_month_has_no_value(self):
        written = Term(CHAIN, s0_month=date(2014, 2, 1), s0_value=D("245.6"))
        fixed = clause(terms=(written,), s0_rule=MonthRule("fixed"))
        based = case(date(2016, 2, 1), base=date(2015, 2, 1), given_base=True)
        result = reckon(fixed, based, YEARS[1:])
        self.assertEqual(result.served[0].s0.value, D("246.8"))
        self.assertEqual(self.codes(result), ["s0_base_date"])
        original = replace(fixed, base="original")
        stands = reckon(original, based, YEARS)
        self.assertEqual(stands.served[0].s0.value, D("245.6"))

    def test_a_missing_index_by_policy(self):
        day = case(date(2015, 2, 1))
        known = YEARS[:1] + values((2014, 12, "246.1"))
        with self.assertRaises(IndexValueMissing):
            reckon(clause(), day, known)
        for policy in ("last_known", "regularise"):
            result = reckon(clause(missing=policy), day, known)
            self.assertEqual(result.revised.price, D("501.02"))
            self.assertEqual(self.codes(result), [f"missing_{policy}"])
            self.assertEqual(result.provisional, policy == "regularise")

    def test_a_one_way_floor_is_computed_and_warned(self):
        for floor, warned in ((D(0), True), (D(5), True), (D(-2), False)):
            ruled = clause(formula=Formula(floor=floor))
            result = reckon(ruled, case(date(2015, 2, 1)), YEARS)
            self.assertEqual("one_way" in self.codes(result), warned)

    def test_a_date_off_the_schedule_is_told(self):
        ruled = clause(anniversary=date(2014, 2, 1))
        self.assertFalse(reckon(ruled, case(date(2015, 2, 1)), YEARS).notices)
        result = reckon(ruled, case(date(2015, 2, 2)), YEARS)
        self.assertEqual(self.codes(result), ["off_schedule"])

    def test_named_month_of_the_year_before(self):
        august = MonthRule("named_month", month=8)
        ruled = clause(
            terms=(Term((Series("NEW"),)),),
            base="sliding",
            s0_rule=august,
            s1_rule=august,
            formula=Formula(ratio=Rounding(6)),
        )
        known = values((2024, 8, "314.1"), (2025, 8, "321.1"), series="NEW")
        result = reckon(ruled, case(date(2026, 1, 1), 1000, date(2025, 1, 1)), known)
        self.assertEqual(result.revised.price, D("1022.29"))


class TestLinkMethods(unittest.TestCase):
    KNOWN = values((2021, 8, "276.5")) + (
        Observation("NEW", date(2021, 8, 1), D("281.0"), None, 8),
        Observation("NEW", date(2023, 8, 1), D("305.7"), None, 9),
        Observation("NEW", date(2024, 8, 1), D("314.1"), None, 10),
    )
    CASE = Case(D(10000), date(2023, 8, 1), date(2021, 8, 1))

    def test_the_official_coefficient(self):
        result = reckon(clause(), self.CASE, self.KNOWN)
        self.assertEqual(result.revised.price, D("10832.17"))
        self.assertEqual(result.revised.link, D("0.97975"))

    def test_chained_the_coefficient_drops_after_its_year(self):
        previous = Previous(date(2023, 8, 1), D("10832.17"))
        later = replace(self.CASE, day=date(2024, 8, 1), previous=previous)
        result = reckon(clause(), later, self.KNOWN)
        self.assertIsNone(result.revised.link)
        self.assertEqual(result.revised.price, D("11129.82"))
        fixed = reckon(clause(base="original"), later, self.KNOWN)
        self.assertEqual(fixed.revised.link, D("0.97975"))

    def test_back_cast_needs_the_agreement(self):
        result = reckon(clause(link_method="backcast"), self.CASE, self.KNOWN)
        self.assertEqual(result.revised.price, D("10879.00"))
        self.assertEqual([notice.code for notice in result.notices], ["backcast"])

    def test_refused_until_the_parties_agree(self):
        with self.assertRaises(IndexationError) as caught:
            reckon(clause(link_method="refuse"), self.CASE, self.KNOWN)
        self.assertEqual(caught.exception.reason, "link_refused")


class TestReplay(unittest.TestCase):
    @given(
        st.decimals(min_value=1, max_value=10**6, places=4),
        st.decimals(min_value=90, max_value=400, places=1),
        st.decimals(min_value=90, max_value=400, places=1),
        st.tuples(*[ROUNDINGS] * 5),
        st.sampled_from((None, D("0.5"), D(3))),
        st.sampled_from((D(0), D("0.125"), D("0.15"))),
    )
    def test_a_record_replays_to_the_same_cents(
        self, price, s0, s1, roundings, cap, fixed
    ):
        formula = Formula(fixed, *roundings, cap=cap)
        ruled = clause(
            terms=(Term(CHAIN, formula.indexed),), formula=formula, base="original"
        )
        known = values((2021, 8, s0)) + (
            Observation("NEW", date(2023, 8, 1), s1, None, 9),
        )
        asked = Case(price, date(2023, 8, 1), date(2021, 8, 1), quantity=D(3))
        result = reckon(ruled, asked, known)
        record = to_record(formula, result)
        again = replay(record)
        self.assertEqual(again, result.revised)
        self.assertTrue(all(isinstance(step["after"], str) for step in record["steps"]))
