import csv
import re
import unittest
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_ext_subscriptions.tools.index_rounding import (
    IndexationError,
    Link,
    Rounding,
)
from odoo.addons.crm_ext_subscriptions.tools.indexation import (
    Formula,
    Pair,
    exact,
    percent_change,
    plain,
    revise,
)

D = Decimal
SAMPLES = Path(__file__).parent / "samples" / "syntec"
SYNTEC_LINK = Link(D("280.6"), D("286.4"))
CEIL3 = Rounding(3, "up")

# What each published vector's rule means as a clause.
FORMULAS = {
    "A01": Formula(D("0.15"), unit_price=Rounding(6)),
    "A02": Formula(D("0.15"), unit_price=Rounding(6)),
    "A10": Formula(D("0.15"), unit_price=Rounding(6)),
    "A15": Formula(D("0.15"), coefficient=CEIL3),
    "A16": Formula(D("0.15"), coefficient=CEIL3),
    "A18.1": Formula(D("0.15"), coefficient=CEIL3),
    "A18.2": Formula(D("0.15"), coefficient=CEIL3),
    "A09": Formula(D("0.15")),
    "A19": Formula(D("0.125"), coefficient=Rounding(5)),
    "A20": Formula(D("0.20")),
    "B01": Formula(ratio=Rounding(6)),
    "B03": Formula(floor=D(5)),
    "B10": Formula(cap=D(3)),
}
SUPPLEMENTS = {"A18.1", "A18.2"}


def vectors():
    with (SAMPLES / "syntec_vectors.csv").open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def figure(text):
    return D(re.match(r"[\d.]+", text).group())


def reckon(p0, s0, s1, formula=None, link=None, **options):
    """One index that has all the weight the fixed part leaves."""
    formula = formula or Formula()
    links = (link,) if link else ()
    pairs = (Pair(D(s0), D(s1), links, formula.indexed),)
    return revise(D(p0), pairs, formula, **options)


class TestIndexation(unittest.TestCase):
    def test_su_09_worked_example(self):
        revised = reckon(500, "245.6", "246.8")
        self.assertEqual(revised.price, D("502.44"))
        self.assertEqual(round(revised.ratio_percent, 3), D("0.489"))
        self.assertEqual(round(revised.price_percent, 3), D("0.488"))

    def test_vectors(self):
        for vector in vectors():
            with self.subTest(vector["id"]):
                self.assertEqual(self.compute(vector), D(vector["expected"]))

    def compute(self, vector):
        s0, s1 = figure(vector["S0"]), figure(vector["S1"])
        if vector["P0"] == "% change":
            return percent_change(s0, s1)
        p0, _, quantity = vector["P0"].partition(" x ")
        p0, quantity = figure(p0), D(quantity or 1)
        link = SYNTEC_LINK if "revised" in vector["S1"] else None
        formula = FORMULAS.get(vector["id"], Formula())
        revised = reckon(p0, s0, s1, formula, link, quantity=quantity)
        if vector["id"] == "A10":
            return revised.price
        return revised.line - (p0 if vector["id"] in SUPPLEMENTS else 0)

    def test_link_goes_from_the_new_series_to_the_old(self):
        self.assertEqual(SYNTEC_LINK.coefficient(), D("0.97975"))
        revised = reckon(10000, "276.5", "305.7", link=SYNTEC_LINK)
        self.assertEqual(revised.price, D("10832.17"))
        self.assertEqual([step.name for step in revised.steps][0], "link")
        self.assertEqual(revised.steps[1].after, "299.509575")
        self.assertNotEqual(revised.price, D("11284.57"))

    def test_link_rounded_to_one_decimal_as_sites_print(self):
        formula = Formula(linked_index=Rounding(1))
        revised = reckon(1767, 280, "300.7", formula, SYNTEC_LINK)
        self.assertEqual(revised.steps[1].after, "294.6")

    def test_every_step_is_returned_as_strings(self):
        formula = Formula(D("0.15"), ratio=Rounding(4), coefficient=CEIL3)
        steps = reckon(1000, "245.6", "246.8", formula).steps
        self.assertEqual(
            [(step.name, step.after, step.rounding) for step in steps],
            [
                ("ratio", "1.0049", "4:half_up"),
                ("coefficient", "1.005", "3:up"),
                ("unit_price", "1005", "2:half_up"),
                ("line", "1005", "2:half_up"),
            ],
        )
        self.assertTrue(steps[0].before.startswith("1.004885993485342"))

    def test_roundings(self):
        half = D("2.345")
        self.assertEqual(Rounding(2).apply(half), D("2.35"))
        self.assertEqual(Rounding(2, "half_even").apply(half), D("2.34"))
        self.assertEqual(Rounding(2, "up").apply(D("2.341")), D("2.35"))
        self.assertEqual(Rounding(2, "down").apply(D("2.349")), D("2.34"))
        with self.assertRaises(IndexationError):
            Rounding(2, "nearest")

    def test_absurd_figures_are_refused(self):
        for s0, s1, formula in (
            (D(0), D(1), Formula()),
            (D(1), D(-1), Formula()),
            (D(1), D(1), Formula(D("1.5"))),
        ):
            with self.assertRaises(IndexationError):
                reckon(1, s0, s1, formula)

    @given(
        st.decimals(min_value=1, max_value=10**7, places=2),
        st.decimals(min_value=50, max_value=900, places=1),
        st.decimals(min_value=50, max_value=900, places=1),
    )
    def test_price_follows_the_index_both_ways(self, p0, s0, s1):
        price = reckon(p0, s0, s1, Formula(unit_price=None)).price
        self.assertEqual(price > p0, s1 > s0)
        self.assertEqual(price < p0, s1 < s0)

    @given(st.floats(min_value=0.0001, max_value=10**9, allow_nan=False))
    def test_numeric_columns_are_read_digit_for_digit(self, value):
        self.assertEqual(float(plain(exact(value))), value)


class TestLimits(unittest.TestCase):
    def test_a_cap_and_a_floor_bind_and_say_so(self):
        capped = reckon(500, "298.5", "311.1", Formula(cap=D(3)))
        self.assertEqual((capped.price, capped.limit), (D(515), "cap"))
        self.assertEqual(capped.steps[2].name, "cap")
        self.assertEqual(capped.steps[2].after, "1.03")
        floored = reckon(1000, "305.7", "300", Formula(floor=D(0)))
        self.assertEqual((floored.price, floored.limit), (D(1000), "floor"))
        free = reckon(1000, 100, 102, Formula(cap=D(3), floor=D(-1)))
        self.assertEqual((free.price, free.limit), (D(1020), ""))

    def test_limits_may_count_from_the_price_in_force(self):
        formula = Formula(cap=D(3), limits_on="current")
        revised = reckon(1000, 100, 115, formula, current=D(1100))
        self.assertEqual(revised.price, D(1133))
        formula = Formula(cap=D(3))
        self.assertEqual(
            reckon(1000, 100, 115, formula, current=D(1100)).price, D(1030)
        )

    def test_below_the_threshold_the_price_in_force_stays(self):
        formula = Formula(threshold=D(2))
        revised = reckon("999.999", 100, "101.99", formula)
        self.assertEqual((revised.price, revised.limit), (D("999.999"), "threshold"))
        self.assertEqual(reckon(1000, 100, 102, formula).price, D(1020))
        stays = reckon(1000, 100, "101.5", formula, current=D(1010))
        self.assertEqual(stays.price, D(1010))

    def test_weights_of_several_indices_and_the_fixed_part(self):
        pairs = (
            Pair(D(100), D(110), weight=D("0.6"), name="A"),
            Pair(D(200), D(210), weight=D("0.25"), name="B"),
        )
        revised = revise(D(1000), pairs, Formula(fixed=D("0.15")))
        self.assertEqual(revised.price, D("1072.5"))
        names = [step.name for step in revised.steps]
        self.assertEqual(
            names, ["ratio A", "ratio B", "coefficient", "unit_price", "line"]
        )
        with self.assertRaises(IndexationError):
            revise(D(1000), pairs, Formula(fixed=D("0.2")))

    def test_a_cap_below_the_floor_is_refused(self):
        with self.assertRaises(IndexationError):
            reckon(1, 1, 1, Formula(cap=D(1), floor=D(2)))

    @given(
        st.decimals(min_value=1, max_value=10**6, places=2),
        st.decimals(min_value=50, max_value=900, places=1),
        st.decimals(min_value=50, max_value=900, places=1),
    )
    def test_no_price_leaves_its_limits(self, p0, s0, s1):
        formula = Formula(cap=D(5), floor=D(-5), unit_price=None)
        price = reckon(p0, s0, s1, formula).price
        self.assertTrue(p0 * D("0.95") <= price <= p0 * D("1.05"))
