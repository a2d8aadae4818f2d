import unittest
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.crm_ext_core.tools.scoring import (
    ENGAGEMENT,
    FIT,
    Grades,
    Grant,
    Limits,
    Rule,
    caps,
    faded,
    fades_at,
    score,
)

NOW = datetime(2026, 6, 15, 9, 0)
# the machine may be busy: slowness is no defect of the arithmetic
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

points = st.decimals(-100, 100, places=1).filter(bool)
ages = st.integers(0, 2000).map(lambda days: NOW - timedelta(days=days))
rules = st.builds(
    Rule,
    key=st.integers(1, 5),
    points=points,
    group=st.sampled_from(["", "web", "mail"]),
    cap=st.one_of(st.none(), st.decimals(1, 50, places=1)),
    half_life_days=st.sampled_from([0, 7, 30]),
)
grants = st.lists(st.builds(Grant, key=st.integers(1, 99), rule=rules, earned_at=ages))


def grant(points, days=0, **rule):
    return Grant(1, Rule(1, Decimal(points), **rule), NOW - timedelta(days=days))


class TestScoring(unittest.TestCase):
    def test_points_halve_every_half_life(self):
        for days, expected in ((0, "40"), (30, "20.0"), (60, "10.0"), (15, "28.3")):
            with self.subTest(days=days):
                self.assertEqual(
                    faded(grant(40, days, half_life_days=30), NOW), Decimal(expected)
                )

    def test_points_end_on_the_day_of_expiry(self):
        self.assertEqual(faded(grant(15, 29, expiry_days=30), NOW), 15)
        self.assertEqual(faded(grant(15, 30, expiry_days=30), NOW), 0)

    def test_fades_at_names_the_next_change(self):
        self.assertIsNone(fades_at(grant(15), NOW))
        self.assertEqual(
            fades_at(grant(15, 10, expiry_days=30), NOW), NOW + timedelta(days=20)
        )
        self.assertIsNone(fades_at(grant(15, 31, expiry_days=30), NOW))
        self.assertEqual(
            fades_at(grant(40, 40, half_life_days=30), NOW), NOW + timedelta(days=20)
        )

    def test_a_group_shares_the_smallest_cap(self):
        first = Rule(1, Decimal(20), group="web", cap=Decimal(50))
        second = Rule(2, Decimal(20), group="web", cap=Decimal(30))
        result = score(
            [Grant(1, first, NOW - timedelta(days=2)), Grant(2, second, NOW)],
            Limits(caps([first, second])),
            NOW,
        )
        self.assertEqual(result.total, 30)
        self.assertEqual([part.points for part in result.contributions], [20, 10])

    def test_a_malus_takes_points_off(self):
        parts = [grant(10), Grant(2, Rule(2, Decimal("-12.5")), NOW)]
        self.assertEqual(score(parts, Limits(), NOW).total, -3)

    @patient
    @given(grants)
    def test_the_total_is_the_rounded_sum_of_the_contributions(self, parts):
        result = score(parts, Limits(caps(part.rule for part in parts)), NOW)
        exact = sum((part.points for part in result.contributions), Decimal(0))
        self.assertLessEqual(abs(result.total - exact), Decimal("0.5"))

    @patient
    @given(grants)
    def test_no_group_goes_beyond_its_cap(self, parts):
        limits = caps(part.rule for part in parts)
        sums = {}
        for part in score(parts, Limits(limits), NOW).contributions:
            pool = part.grant.rule.group or part.grant.rule.key
            sums[pool] = sums.get(pool, 0) + part.points
        for pool, limit in limits.items():
            self.assertLessEqual(abs(sums.get(pool, 0)), limit)

    @patient
    @given(points, st.integers(0, 400), st.integers(0, 400))
    def test_points_never_grow_with_time(self, worth, sooner, later):
        early, late = sorted((sooner, later))
        before = abs(faded(grant(worth, early, half_life_days=30), NOW))
        self.assertGreaterEqual(
            before, abs(faded(grant(worth, late, half_life_days=30), NOW))
        )

    @patient
    @given(grants, st.builds(Grant, st.just(100), rules, ages))
    def test_one_more_good_thing_never_lowers_the_score(self, parts, more):
        limits = Limits(
            caps(part.rule for part in [*parts, more]),
            {FIT: Decimal(60), ENGAGEMENT: Decimal(30)},
        )
        before = score(parts, limits, NOW).total
        after = score([*parts, more], limits, NOW).total
        if more.rule.points > 0:
            self.assertGreaterEqual(after, before)
        else:
            self.assertLessEqual(after, before)

    @patient
    @given(grants)
    def test_no_dimension_goes_beyond_its_cap(self, parts):
        told = score(parts, Limits({}, {FIT: Decimal(20)}), NOW)
        self.assertLessEqual(abs(told.part(FIT)), 20)

    def test_a_floor_keeps_what_faded(self):
        loyal = Grant(0, Rule(9, Decimal(30), dimension=ENGAGEMENT, floor=True), NOW)
        visit = grant(80, 90, half_life_days=30, dimension=ENGAGEMENT)
        self.assertEqual(score([visit], Limits(), NOW).total, 10)
        told = score([visit, loyal], Limits(), NOW)
        self.assertEqual([part.points for part in told.contributions], [10, 20])
        fresh = grant(80, 0, half_life_days=30, dimension=ENGAGEMENT)
        self.assertEqual(score([fresh, loyal], Limits(), NOW).total, 80)

    def test_a_malus_counts_below_the_floor(self):
        loyal = Grant(0, Rule(9, Decimal(30), dimension=ENGAGEMENT, floor=True), NOW)
        angry = Grant(1, Rule(2, Decimal(-50), dimension=ENGAGEMENT), NOW)
        self.assertEqual(score([angry, loyal], Limits(), NOW).total, -20)

    @patient
    @given(grants, st.integers(1, 40), st.integers(0, 400))
    def test_a_floor_never_takes_and_holds_at_any_later_date(self, parts, low, days):
        parts = [one for one in parts if one.rule.points > 0]
        loyal = Grant(0, Rule(9, Decimal(low), floor=True), NOW - timedelta(days=2000))
        limits, later = Limits(), NOW + timedelta(days=days)
        with_floor = score([*parts, loyal], limits, later).total
        self.assertGreaterEqual(with_floor, low)
        self.assertGreaterEqual(with_floor, score(parts, limits, later).total)

    def test_the_matrix_of_grades(self):
        grades = Grades((50, 30, 10), (40, 20, 5))
        for points, cell in (
            ((50, 40), "A1"),
            ((49, 39), "B2"),
            ((10, 5), "C3"),
            ((9, 4), "D4"),
            ((-5, 90), "D1"),
        ):
            self.assertEqual(grades.grade(*points), cell)
