import unittest
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_ext_core.tools.forecast import (
    EDGE,
    HUNDRED,
    Outcome,
    Share,
    Weight,
    combine,
    measure,
    pick,
)

percents = st.decimals(0, 100, places=2)
inner = st.decimals("0.5", "99.5", places=2)
amounts = st.decimals(0, 10**7, places=2)
shares = st.integers(0, 500).flatmap(
    lambda closed: st.builds(Share, st.integers(0, closed), st.just(closed))
)


class TestWeights(unittest.TestCase):
    def test_the_narrowest_circle_that_saw_enough_decides(self):
        team, company = Share(1, 4), Share(30, 100)
        self.assertEqual(pick([team, company], 20), Weight(Decimal(30), 1))
        self.assertEqual(pick([team, company], 4), Weight(Decimal(25), 0))

    def test_without_enough_the_host_is_left_to_say(self):
        self.assertEqual(pick([Share(3, 3), Share(9, 19)], 20), Weight())
        self.assertEqual(pick([Share(), Share()], 0), Weight())

    @given(st.lists(shares, max_size=4), st.integers(0, 300))
    def test_a_weight_is_a_share_of_a_sample_that_is_large_enough(
        self, circles, minimum
    ):
        weight = pick(circles, minimum)
        large = [one for one in circles if one.closed >= max(1, minimum)]
        if large:
            self.assertEqual(weight.percent, large[0].percent)
            self.assertTrue(0 <= weight.percent <= 100)
            self.assertEqual(circles[weight.level], large[0])
        else:
            self.assertIsNone(weight.percent)

    @given(shares, shares)
    def test_shares_add_up(self, one, other):
        both = one + other
        self.assertEqual(both.won, one.won + other.won)
        self.assertEqual(both.closed, one.closed + other.closed)


class TestCombined(unittest.TestCase):
    def test_two_good_signs_are_better_than_each(self):
        self.assertEqual(
            combine(Decimal(50), Decimal(50), Decimal(25)), Decimal("75.00")
        )

    @given(percents)
    def test_one_sign_alone_decides(self, percent):
        self.assertEqual(combine(percent, None, Decimal(30)), percent)
        self.assertEqual(combine(None, percent, Decimal(30)), percent)
        self.assertIsNone(combine(None, None, Decimal(30)))

    @given(inner, inner)
    def test_a_sign_as_usual_as_all_leads_changes_nothing(self, percent, base):
        self.assertAlmostEqual(combine(percent, base, base), percent, delta=0.01)
        self.assertAlmostEqual(combine(base, percent, base), percent, delta=0.01)

    @given(inner, inner, inner)
    def test_the_order_of_the_signs_does_not_matter(self, stage, score, base):
        self.assertAlmostEqual(
            combine(stage, score, base), combine(score, stage, base), delta=0.01
        )

    @given(percents, percents, percents)
    def test_it_is_a_percentage(self, stage, score, base):
        self.assertTrue(0 <= combine(stage, score, base) <= HUNDRED)

    @given(inner, inner, inner)
    def test_a_better_stage_never_lowers_it(self, stage, score, base):
        better = min(stage + 1, HUNDRED - EDGE)
        self.assertGreaterEqual(
            combine(better, score, base), combine(stage, score, base)
        )


class TestAccuracy(unittest.TestCase):
    def test_worked_example(self):
        """120 for 100, 50 for 100, and 30 for a month that brought nothing."""
        found = measure(
            Outcome(Decimal(forecast), Decimal(actual))
            for forecast, actual in ((120, 100), (50, 100), (30, 0))
        )
        self.assertEqual(found.bias, Decimal(0))
        self.assertEqual(found.bias_percent, Decimal(0))
        self.assertEqual(found.mape, Decimal(35))
        self.assertEqual((found.months, found.measured), (3, 2))

    def test_nothing_forecast_and_nothing_won(self):
        found = measure([])
        self.assertEqual((found.months, found.mape, found.bias), (0, None, 0))

    @given(st.lists(amounts, min_size=1))
    def test_a_perfect_forecast_has_no_error(self, months):
        found = measure(Outcome(amount, amount) for amount in months)
        self.assertEqual(found.bias, 0)
        self.assertIn(found.mape, (None, Decimal(0)))

    @given(st.lists(st.builds(Outcome, amounts, amounts.filter(bool)), min_size=1))
    def test_errors_cancel_in_the_bias_and_not_in_the_mape(self, outcomes):
        found = measure(outcomes)
        self.assertEqual(found.bias, sum(one.error for one in outcomes))
        largest = max(abs(one.percent) for one in outcomes)
        self.assertTrue(0 <= found.mape <= largest + 1)
