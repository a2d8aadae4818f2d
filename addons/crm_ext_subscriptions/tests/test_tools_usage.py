import unittest
from dataclasses import replace
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.crm_ext_subscriptions.tools.usage import (
    Stretch,
    price_period,
    rounded,
    take,
)
from odoo.addons.crm_ext_subscriptions.tools.usage_tariff import (
    Tariff,
    TariffError,
    Tier,
    price_units,
)

CENT = Decimal("0.01")
D = Decimal
ONE = D(1)
# a shared machine may stall for seconds
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
API = (Tier(D(1000), D("0.10")), Tier(D(5000), D("0.08")), Tier(None, D("0.05")))
UNITS = st.decimals(0, 100_000, places=3)
PRICES = st.decimals(0, 50, places=4)


@st.composite
def tariffs(draw, modes=("graduated", "volume", "package")):
    mode = draw(st.sampled_from(modes))
    bounds = sorted(draw(st.sets(st.integers(1, 50_000), max_size=4)))
    if mode == "package":
        bounds = []
    fees = st.just(D(0)) if mode == "package" else st.decimals(0, 20, places=2)
    return Tariff(
        mode=mode,
        tiers=tuple(
            Tier(bound and D(bound), draw(PRICES), draw(fees))
            for bound in [*bounds, None]
        ),
        allowance=D(draw(st.integers(0, 5000))),
        minimum=draw(st.decimals(0, 500, places=2)),
        package_size=D(draw(st.integers(1, 1000))),
    )


def month(quantity, tariff, days=30, factor=ONE):
    return Stretch(days, 30, D(quantity), factor, tariff)


def amount_of(parts):
    return sum((part.amount for part in parts), D(0))


class TestTariff(unittest.TestCase):
    def test_su_06_graduated_each_unit_in_its_tier(self):
        parts = price_units(Tariff(tiers=API), D(6000))
        self.assertEqual([part.units for part in parts], [1000, 4000, 1000])
        self.assertEqual([part.amount for part in parts], [100, 320, 50])

    def test_su_06_volume_all_units_at_the_tier_reached(self):
        tariff = Tariff("volume", API)
        self.assertEqual(amount_of(price_units(tariff, D(1000))), 100)
        self.assertEqual(amount_of(price_units(tariff, D(1001))), D("80.08"))
        self.assertEqual(amount_of(price_units(tariff, D(6000))), 300)

    def test_su_06_a_package_begun_is_due(self):
        tariff = Tariff("package", (Tier(None, D(12)),), package_size=D(500))
        costs = [
            amount_of(price_units(tariff, D(n))) for n in ("0", "0.1", "500", "501")
        ]
        self.assertEqual(costs, [0, 12, 12, 24])

    def test_a_fee_is_due_once_its_tier_is_entered(self):
        tiers = (Tier(D(10), D(1)), Tier(None, D(1), D(5)))
        tariff = Tariff(tiers=tiers)
        self.assertEqual(amount_of(price_units(tariff, D(10))), 10)
        self.assertEqual(amount_of(price_units(tariff, D(11))), 16)
        self.assertEqual(amount_of(price_units(tariff, D(12), D(11))), 1)

    def test_wrong_tariffs_are_refused_with_the_field(self):
        wrong = {
            "mode": {"mode": "free"},
            "allowance": {"allowance": D(-1)},
            "minimum": {"minimum": D(-1)},
            "package_size": {"package_size": D(0)},
            "up_to": {"tiers": (Tier(D(10), D(1)),)},
            "price": {"tiers": (Tier(None, D(-1)),)},
            "tiers": {"mode": "package", "tiers": API},
        }
        hole = (Tier(D(10), D(1)), Tier(D(5), D(1)), Tier(None, D(1)))
        for field, values in [*wrong.items(), ("up_to", {"tiers": hole})]:
            with self.assertRaises(TariffError) as caught:
                Tariff(**values)
            self.assertEqual(caught.exception.field, field)

    @PATIENT
    @given(tariffs(("graduated", "package")), UNITS, UNITS)
    def test_more_units_never_cost_less(self, tariff, one, two):
        low, high = sorted((one, two))
        self.assertLessEqual(
            amount_of(price_units(tariff, low)), amount_of(price_units(tariff, high))
        )

    @PATIENT
    @given(tariffs(), st.lists(UNITS, min_size=1, max_size=5))
    def test_the_parts_of_a_run_sum_to_the_whole(self, tariff, pieces):
        total, before, amount = sum(pieces), D(0), D(0)
        for piece in pieces:
            parts = price_units(tariff, before + piece, before, total)
            amount += amount_of(parts)
            before += piece
        whole = amount_of(price_units(tariff, total))
        self.assertAlmostEqual(amount, whole, 12)

    @PATIENT
    @given(tariffs(("graduated",)), UNITS)
    def test_tiers_hold_every_unit_once(self, tariff, units):
        parts = price_units(tariff, units)
        self.assertEqual(sum(p.units for p in parts if p.kind == "tier"), units)


class TestPeriod(unittest.TestCase):
    def test_su_06_allowance_then_tiers_then_minimum_then_credit(self):
        tariff = Tariff(tiers=API, allowance=D(500), minimum=D(90))
        (bill,) = price_period([month(1300, tariff)], CENT, credit=D(30))
        kinds = [(part.kind, part.units, part.amount) for part in bill.parts]
        self.assertEqual(
            kinds,
            [
                ("included", 500, 0),
                ("tier", 800, 80),
                ("minimum", 0, 10),
                ("credit", 0, -30),
            ],
        )
        self.assertEqual((bill.amount, bill.credit), (60, 30))

    def test_su_06_units_paid_in_advance_come_before_the_tiers(self):
        tariff = Tariff(tiers=API, allowance=D(100))
        (bill,) = price_period([month(700, tariff)], CENT, credit_units=D(400))
        self.assertEqual((bill.credit_units, bill.amount), (400, 20))
        (less,) = price_period([month(300, tariff)], CENT, credit_units=D(400))
        self.assertEqual((less.credit_units, less.amount), (200, 0))

    def test_su_06_a_short_period_has_a_smaller_allowance_and_minimum(self):
        tariff = Tariff(tiers=API, allowance=D(300), minimum=D(30))
        (bill,) = price_period([month(150, tariff, days=15)], CENT)
        self.assertEqual(bill.amount, 15)
        (bill,) = price_period([month(350, tariff, days=15)], CENT)
        self.assertEqual(bill.amount, 20)

    def test_a_price_change_on_the_way_goes_on_in_the_tiers(self):
        before = month(1000, Tariff(tiers=API), days=10)
        after = month(1000, Tariff(tiers=API), days=20, factor=D("1.5"))
        first, second = price_period([before, after], CENT)
        self.assertEqual((first.amount, second.amount), (100, 120))

    def test_levels_are_taken_by_days(self):
        tariff = Tariff(tiers=(Tier(None, D(6)),))
        stretches = [
            month(7, tariff, days=10),
            month(7, tariff, days=20, factor=D("1.1")),
        ]
        bills = price_period(stretches, CENT, level=True)
        self.assertEqual([bill.amount for bill in bills], [14, D("30.8")])

    def test_not_in_force_costs_nothing_whatever_was_metered(self):
        tariff = Tariff(tiers=API, minimum=D(50))
        (bill,) = price_period([month(70, tariff, factor=None)], CENT, credit=D(9))
        self.assertEqual((bill.amount, bill.credit, bill.parts), (0, 0, ()))

    def test_a_correction_takes_units_back(self):
        tariff = Tariff(tiers=API)
        bills = price_period([month(1500, tariff), month(-600, tariff)], CENT)
        self.assertEqual([bill.amount for bill in bills], [140, -50])

    def test_take_earliest_first_and_never_below_zero(self):
        self.assertEqual(take(D(50), [D(30), D(0), D(40)]), [30, 0, 20])
        self.assertEqual(take(D(90), [D(30), D(40)]), [30, 40])

    @PATIENT
    @given(
        tariffs(("graduated", "package")),
        st.lists(st.tuples(UNITS, st.integers(1, 30)), min_size=1, max_size=4),
        st.decimals(0, 300, places=2),
        st.decimals(0, 3000, places=3),
    )
    def test_stretches_at_one_price_sum_to_the_period(
        self, tariff, pieces, credit, units
    ):
        days = sum(length for _units, length in pieces)
        parts = [Stretch(n, days, q, D(1), tariff) for q, n in pieces]
        whole = Stretch(days, days, sum(q for q, _n in pieces), D(1), tariff)
        bills = price_period(parts, CENT, credit=credit, credit_units=units)
        (one,) = price_period([whole], CENT, credit=credit, credit_units=units)
        self.assertEqual(sum(bill.amount for bill in bills), one.amount)
        self.assertEqual(sum(bill.credit for bill in bills), one.credit)

    @PATIENT
    @given(tariffs(), UNITS, st.integers(1, 30), st.decimals(0, 900, places=2))
    def test_bounds_of_a_bill(self, tariff, quantity, days, credit):
        stretch = month(quantity, tariff, days)
        (bill,) = price_period([stretch], CENT, credit=credit)
        gross = bill.amount + bill.credit
        owed = tariff.minimum * days / 30
        self.assertGreaterEqual(gross, rounded(owed, CENT))
        self.assertTrue(0 <= bill.credit <= credit)
        self.assertGreaterEqual(bill.amount, 0)
        free = replace(tariff, allowance=tariff.allowance + 100)
        if tariff.mode != "volume":
            (less,) = price_period([replace(stretch, tariff=free)], CENT)
            self.assertLessEqual(less.amount, gross)
