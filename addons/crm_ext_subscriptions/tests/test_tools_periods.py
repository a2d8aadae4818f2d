import unittest
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_ext_subscriptions.tools.periods import (
    UNITS,
    BillingTerms,
    BillingTermsError,
    due_periods,
    next_period,
    period_at,
    prorate,
    schedule,
)

DATES = st.dates(date(2000, 1, 1), date(2060, 12, 31))
TERMS = st.builds(
    BillingTerms,
    start=DATES,
    interval=st.integers(1, 24),
    unit=st.sampled_from(UNITS),
    anchor_days=st.tuples() | st.tuples(st.integers(1, 31)),
    in_advance=st.booleans(),
)


class TestPeriods(unittest.TestCase):
    def starts(self, count=4, **terms):
        return [
            period.date_from for period in schedule(BillingTerms(**terms), count)[0]
        ]

    def test_su_01_twelve_monthly_from_1_february_never_a_13th(self):
        terms = BillingTerms(date(2026, 2, 1), instalments=12)
        periods, more = schedule(terms, 100)
        self.assertEqual(len(periods), 12)
        self.assertFalse(more)
        self.assertEqual(periods[0].due_date, date(2026, 2, 1))
        self.assertEqual(periods[-1].due_date, date(2027, 1, 1))
        self.assertEqual(periods[-1].date_to, date(2027, 1, 31))
        self.assertIsNone(period_at(terms, 13))
        self.assertIsNone(next_period(terms, date(2027, 1, 31)))
        self.assertEqual(len(due_periods(terms, date(2099, 1, 1))), 12)

    def test_su_02_each_interval(self):
        start = date(2026, 1, 15)
        self.assertEqual(
            self.starts(2, start=start, interval=10, unit="day")[1], date(2026, 1, 25)
        )
        self.assertEqual(
            self.starts(2, start=start, interval=2, unit="week")[1], date(2026, 1, 29)
        )
        self.assertEqual(
            self.starts(2, start=start, interval=2, unit="month")[1], date(2026, 3, 15)
        )
        self.assertEqual(
            self.starts(2, start=start, unit="quarter")[1], date(2026, 4, 15)
        )
        self.assertEqual(self.starts(2, start=start, unit="year")[1], date(2027, 1, 15))

    def test_su_02_end_of_month_comes_back(self):
        self.assertEqual(
            self.starts(start=date(2026, 1, 31)),
            [
                date(2026, 1, 31),
                date(2026, 2, 28),
                date(2026, 3, 31),
                date(2026, 4, 30),
            ],
        )
        self.assertEqual(
            self.starts(start=date(2024, 1, 30)),
            [
                date(2024, 1, 30),
                date(2024, 2, 29),
                date(2024, 3, 30),
                date(2024, 4, 30),
            ],
        )
        self.assertEqual(
            self.starts(2, start=date(2024, 2, 29), unit="year"),
            [date(2024, 2, 29), date(2025, 2, 28)],
        )
        self.assertEqual(
            self.starts(3, start=date(2025, 2, 28), anchor_days=(31,)),
            [date(2025, 2, 28), date(2025, 3, 31), date(2025, 4, 30)],
        )

    def test_arrears_are_due_on_the_last_day(self):
        period = period_at(BillingTerms(date(2026, 2, 1), in_advance=False), 1)
        self.assertEqual(period.due_date, date(2026, 2, 28))

    def test_end_date_cuts_the_last_period(self):
        terms = BillingTerms(date(2026, 1, 1), end=date(2026, 3, 10))
        last = schedule(terms, 10)[0][-1]
        self.assertEqual((last.date_from, last.date_to), (date(2026, 3, 1), terms.end))
        self.assertEqual(last.fraction, Fraction(10, 31))

    def test_short_first_period_before_the_anchor(self):
        first = period_at(BillingTerms(date(2026, 2, 17), anchor_days=(1,)), 1)
        self.assertEqual(first.date_to, date(2026, 2, 28))
        self.assertEqual(first.fraction, Fraction(12, 28))
        self.assertEqual(prorate(Decimal(280), first.fraction), Decimal(120))

    def test_wrong_terms_name_the_field(self):
        start = date(2026, 1, 1)
        wrong = {
            "interval": {"interval": 0},
            "unit": {"unit": "fortnight"},
            "anchor_days": {"anchor_days": (32,)},
            "instalments": {"instalments": 0},
            "end": {"end": date(2025, 12, 31)},
        }
        for field, values in wrong.items():
            with self.subTest(field), self.assertRaises(BillingTermsError) as caught:
                BillingTerms(start, **values)
            self.assertEqual(caught.exception.field, field)

    @given(TERMS)
    def test_periods_tile_time(self, terms):
        periods, _more = schedule(terms, 30)
        self.assertEqual(periods[0].date_from, terms.start)
        for before, after in zip(periods, periods[1:], strict=False):
            self.assertEqual(after.date_from, before.date_to + timedelta(days=1))
        for period in periods:
            self.assertLessEqual(period.date_from, period.date_to)
            self.assertTrue(0 < period.fraction <= 1)

    @given(TERMS, st.integers(1, 40), DATES)
    def test_due_in_two_runs_is_due_in_one(self, terms, number, until):
        """Billing up to a period, then on, gives what one run gives; nothing twice."""
        terms = BillingTerms(
            terms.start,
            terms.interval,
            terms.unit,
            terms.anchor_days,
            instalments=number,
        )
        periods = schedule(terms, number + 5)[0]
        self.assertEqual(len(periods), number)
        middle = periods[number // 2]
        first = [period for period in periods if period.date_from <= middle.date_from]
        rest = due_periods(terms, date(9000, 1, 1), after=middle.date_to)
        self.assertEqual(first + rest, periods)
        self.assertEqual(
            due_periods(terms, until),
            [period for period in periods if period.due_date <= until],
        )

    @given(TERMS, DATES)
    def test_an_end_date_is_the_last_day(self, terms, end):
        end = max(end, terms.start)
        terms = BillingTerms(
            terms.start, terms.interval, terms.unit, terms.anchor_days, end=end
        )
        after = terms.start
        last = next_period(terms, None)
        while (period := next_period(terms, after)) and period.number < 50:
            last, after = period, period.date_to
        if period is None:
            self.assertEqual(last.date_to, end)
