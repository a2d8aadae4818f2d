import unittest
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.crm_ext_subscriptions.tools import mrr_figures as figures
from odoo.addons.crm_ext_subscriptions.tools.mrr_summary import (
    Customers,
    bridge_steps,
    summarise,
)

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
AMOUNTS = st.decimals(-100_000, 100_000, places=2)
COUNTS = st.integers(0, 500)
STEPS = st.dictionaries(
    st.tuples(st.sampled_from(figures.KINDS), st.booleans()), AMOUNTS, max_size=6
)
JANUARY = date(2026, 1, 1)
CHANGES = st.lists(
    st.tuples(
        st.integers(0, 11),
        st.integers(0, 11),
        st.integers(-5, 5),
        AMOUNTS,
    )
)


def month(rank):
    return date(2026, 1 + rank, 1)


class TestRatios(unittest.TestCase):
    def test_churn_is_lost_over_start(self):
        self.assertEqual(figures.customer_churn(3, 60).value, Decimal("0.05"))

    def test_without_customers_there_is_a_reason(self):
        found = figures.customer_churn(0, 0)
        self.assertEqual((found.value, found.reason), (None, "no_customer_at_start"))

    def test_lifetime_value_spreads_the_churn_of_a_year(self):
        """200 a month, 24 % a year are 2 % a month: 10,000."""
        churn = figures.Ratio(Decimal("0.24"))
        value = figures.lifetime_value(
            figures.Ratio(Decimal(200)),
            churn,
            figures.months_of(JANUARY, date(2026, 12, 31)),
        )
        self.assertEqual(value.value, Decimal(10_000))

    def test_nobody_lost_has_no_lifetime(self):
        value = figures.lifetime_value(
            figures.Ratio(Decimal(200)), figures.Ratio(Decimal(0)), Decimal(12)
        )
        self.assertEqual(value.reason, "no_customer_lost")

    def test_months(self):
        self.assertEqual(figures.months_of(JANUARY, date(2026, 3, 31)), 3)
        self.assertEqual(figures.months_of(date(2025, 11, 23), date(2026, 11, 22)), 12)
        self.assertEqual(figures.months_of(JANUARY, date(2026, 1, 15)), Decimal("0.5"))

    @patient
    @given(AMOUNTS, STEPS, COUNTS, COUNTS, COUNTS, AMOUNTS, AMOUNTS)
    def test_never_a_division_by_zero(
        self, opening, moves, start, lost, paying, given_up, retained
    ):
        customers = Customers(start, lost, paying, opening, given_up, retained)
        found = summarise(opening, moves, customers, JANUARY, date(2026, 1, 31))
        for name in type(found).__slots__:
            value = getattr(found, name)
            if isinstance(value, figures.Ratio):
                self.assertEqual(value.value is None, bool(value.reason), name)


class TestBridge(unittest.TestCase):
    @patient
    @given(AMOUNTS, STEPS)
    def test_the_steps_lead_from_the_opening_to_the_closing(self, opening, moves):
        steps = list(bridge_steps(moves))
        self.assertEqual(sum(amount for *_step, amount in steps), sum(moves.values()))
        bars = figures.waterfall(
            opening, [(kind, amount) for kind, _by, amount in steps]
        )
        self.assertEqual(bars[-1].amount, opening + sum(moves.values()))
        self.assertTrue(all(bar.low <= bar.high for bar in bars))
        for before, after in zip(bars[1:-1], bars[2:-1], strict=False):
            self.assertTrue({before.low, before.high} & {after.low, after.high})

    def test_every_kind_has_its_place(self):
        moves = {(kind, False): Decimal(1) for kind in figures.KINDS}
        found = [kind for kind, _revised, _amount in bridge_steps(moves)]
        self.assertEqual(sorted(found), sorted(figures.KINDS))
        self.assertEqual((found[0], found[-1]), ("new", "churn"))

    def test_a_revision_stands_apart(self):
        moves = {
            ("expansion", False): Decimal(10),
            ("expansion", True): Decimal(3),
        }
        found = [step for step in bridge_steps(moves) if step[0] == "expansion"]
        self.assertEqual(
            found,
            [("expansion", False, Decimal(10)), ("expansion", True, Decimal(3))],
        )


class TestCohorts(unittest.TestCase):
    def test_worked_out_by_hand(self):
        """Four start in January with 400; one leaves in March, another expands."""
        changes = [
            (month(0), month(0), 4, Decimal(400)),
            (month(0), month(2), -1, Decimal(-60)),
            (month(1), month(1), 1, Decimal(50)),
        ]
        january, february = figures.cohorts(changes, JANUARY, date(2026, 4, 2), 36)
        self.assertEqual([cell.customers for cell in january.cells], [4, 4, 3, 3])
        self.assertEqual(january.cells[3].customer_rate.value, Decimal("0.75"))
        self.assertEqual(january.cells[2].revenue_rate.value, Decimal("0.85"))
        self.assertEqual(len(february.cells), 3)

    def test_cohorts_of_before_and_cells_beyond_are_left_out(self):
        changes = [
            (month(0), month(0), 1, Decimal(10)),
            (month(3),) * 2 + (1, Decimal(1)),
        ]
        (april,) = figures.cohorts(changes, month(2), date(2026, 12, 31), 2)
        self.assertEqual((april.month, len(april.cells)), (month(3), 3))

    @patient
    @given(CHANGES)
    def test_the_last_cells_hold_what_all_changes_sum_to(self, rows):
        changes = [
            (month(min(start, at)), month(at), more, amount)
            for start, at, more, amount in rows
        ]
        found = figures.cohorts(changes, JANUARY, date(2026, 12, 31), 36)
        self.assertEqual(
            sum(cohort.cells[-1].customers for cohort in found),
            sum(more for _start, _at, more, _amount in changes),
        )
        self.assertEqual(
            sum(cohort.cells[-1].revenue for cohort in found),
            sum(amount for *_rest, amount in changes),
        )


class TestMonthEnds(unittest.TestCase):
    @patient
    @given(st.integers(0, 900), st.integers(0, 900))
    def test_one_day_a_month_up_to_the_last(self, start, length):
        first = date(2024, 1, 1) + timedelta(days=start)
        last = first + timedelta(days=length)
        days = figures.month_ends(first, last)
        self.assertEqual(days[-1], last)
        self.assertEqual(len({(day.year, day.month) for day in days}), len(days))
        self.assertTrue(all((day + timedelta(days=1)).day == 1 for day in days[:-1]))
