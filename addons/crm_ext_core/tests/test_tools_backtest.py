import unittest

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.crm_ext_core.tools.backtest import (
    Case,
    calibration,
    cuts,
    separation,
    tenths,
    threshold,
    wilson,
    worst,
)

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
cases = st.lists(
    st.tuples(st.integers(-20, 100), st.booleans()), min_size=1, max_size=80
).map(lambda rows: [Case(i, score, won) for i, (score, won) in enumerate(rows)])


def made(*rows):
    return [Case(i, score, bool(won)) for i, (score, won) in enumerate(rows)]


class TestBacktest(unittest.TestCase):
    def test_a_perfect_score_and_a_useless_one(self):
        perfect = made((1, 0), (2, 0), (8, 1), (9, 1))
        self.assertEqual(separation(perfect).auc, 1)
        useless = made((5, 0), (5, 1), (5, 0), (5, 1))
        self.assertEqual(separation(useless).auc, 0.5)
        self.assertIsNone(separation(made((1, 1), (2, 1))))

    def test_the_interval_of_delong_on_a_worked_example(self):
        """By hand: won 3, 5, 6; lost 1, 4: pairs won above lost 2 + 1 + 2 of 6, hence
        V10 = (.5, 1, 1), V01 = (1, 2/3) and the variance 1/36 + 1/36."""
        found = separation(made((3, 1), (5, 1), (6, 1), (1, 0), (4, 0)))
        self.assertAlmostEqual(found.auc, 5 / 6)
        self.assertAlmostEqual(found.low, 5 / 6 - 1.959964 * (1 / 18) ** 0.5)
        self.assertEqual(found.high, 1.0)

    @patient
    @given(cases)
    def test_the_area_is_the_share_of_pairs_in_the_right_order(self, known):
        won = [case.score for case in known if case.won]
        lost = [case.score for case in known if not case.won]
        found = separation(known)
        if not won or not lost:
            self.assertIsNone(found)
            return
        pairs = sum((a > b) + (a == b) / 2 for a in won for b in lost)
        self.assertAlmostEqual(found.auc, pairs / len(won) / len(lost))
        self.assertLessEqual(found.low, found.auc)
        self.assertGreaterEqual(found.high, found.auc)

    @patient
    @given(cases)
    def test_tenths_and_bands_part_the_leads(self, known):
        parts = tenths(known)
        self.assertEqual(sum(part.count for part in parts), len(known))
        self.assertEqual(sum(part.won for part in parts), sum(c.won for c in known))
        bands = calibration(known)
        self.assertEqual(sum(band.count for band in bands), len(known))
        for before, after in zip(bands, bands[1:], strict=False):
            self.assertLess(before.highest, after.lowest)
        for band in bands:
            self.assertTrue(band.low <= band.rate <= band.high)

    def test_the_interval_of_a_share(self):
        low, high = wilson(8, 10)
        self.assertAlmostEqual(low, 0.4901, 3)
        self.assertAlmostEqual(high, 0.9433, 3)

    @patient
    @given(cases, st.integers(1, 50))
    def test_a_threshold_keeps_to_the_capacity_and_is_the_lowest_that_does(
        self, known, capacity
    ):
        found = threshold(known, 4, capacity)
        counts = {cut.threshold: cut.per_week for cut in cuts(known, 4)}
        if found is None:
            self.assertTrue(all(rate > capacity for rate in counts.values()))
            return
        through = sum(case.score >= found.threshold for case in known)
        self.assertEqual(through / 4, found.per_week)
        self.assertLessEqual(found.per_week, capacity)
        lower = [rate for cut, rate in counts.items() if cut < found.threshold]
        self.assertTrue(all(rate > capacity for rate in lower))

    def test_the_worst_mistakes(self):
        known = made((90, 0), (10, 1), (80, 0), (70, 1), (5, 0))
        lost, won = worst(known, 2)
        self.assertEqual([case.score for case in lost], [90, 80])
        self.assertEqual([case.score for case in won], [10, 70])
