import csv
import re
import unittest
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_ext_subscriptions.tools.index_lookup import (
    IndexValueMissing,
    MonthRule,
    Observation,
    find_value,
    value_of_month,
)
from odoo.addons.crm_ext_subscriptions.tools.indexation import (
    Formula,
    IndexationError,
    Link,
    Rounding,
    exact,
    percent_change,
    plain,
    revise,
)

D = Decimal
SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "syntec"
SAMPLES = Path(__file__).parent / "samples" / "syntec"
SYNTEC_LINK = Link(D("280.6"), D("286.4"))
CEIL3 = Rounding(3, "up")

# What each published vector's rule means as a clause. Caps and floors (B03, B10) belong
# to a later slice and are left out by name.
FORMULAS = {
    "A01": Formula(D("0.15"), unit_price=Rounding(6)),
    "A10": Formula(D("0.15"), unit_price=Rounding(6)),
    "A15": Formula(D("0.15"), coefficient=CEIL3),
    "A16": Formula(D("0.15"), coefficient=CEIL3),
    "A18.1": Formula(D("0.15"), coefficient=CEIL3),
    "A18.2": Formula(D("0.15"), coefficient=CEIL3),
    "A09": Formula(D("0.15")),
    "A19": Formula(D("0.125"), coefficient=Rounding(5)),
    "A20": Formula(D("0.20")),
    "B01": Formula(ratio=Rounding(6)),
}
SUPPLEMENTS = {"A18.1", "A18.2"}
LATER = {"B03", "B10"}


def vectors():
    folder = SHARED if SHARED.exists() else SAMPLES
    with (folder / "syntec_vectors.csv").open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def figure(text):
    return D(re.match(r"[\d.]+", text).group())


class TestIndexation(unittest.TestCase):
    def test_su_09_worked_example(self):
        revised = revise(D(500), D("245.6"), D("246.8"), Formula())
        self.assertEqual(revised.price, D("502.44"))
        self.assertEqual(round(revised.ratio_percent, 3), D("0.489"))
        self.assertEqual(round(revised.price_percent, 3), D("0.488"))

    def test_vectors(self):
        for vector in vectors():
            if vector["id"] in LATER:
                continue
            with self.subTest(vector["id"]):
                self.assertEqual(self.compute(vector), D(vector["expected"]))

    def compute(self, vector):
        s0, s1 = figure(vector["S0"]), figure(vector["S1"])
        if vector["P0"] == "% change":
            return percent_change(s0, s1)
        p0, _, quantity = vector["P0"].partition(" x ")
        p0 = figure(p0)
        link = SYNTEC_LINK if "revised" in vector["S1"] else None
        formula = FORMULAS.get(vector["id"], Formula())
        if quantity:
            formula = Formula(D("0.15"), unit_price=Rounding(6))
        price = revise(p0, s0, s1, formula, link).price
        if vector["id"] in SUPPLEMENTS:
            price -= p0
        if vector["id"] == "A10":
            return price
        return Rounding(2).apply(price * D(quantity or 1))

    def test_link_goes_from_the_new_series_to_the_old(self):
        self.assertEqual(SYNTEC_LINK.coefficient(), D("0.97975"))
        revised = revise(D(10000), D("276.5"), D("305.7"), Formula(), SYNTEC_LINK)
        self.assertEqual(revised.price, D("10832.17"))
        self.assertEqual([step.name for step in revised.steps][0], "link")
        self.assertEqual(revised.s1, D("299.509575"))

    def test_link_rounded_to_one_decimal_as_sites_print(self):
        formula = Formula(linked_index=Rounding(1))
        revised = revise(D(1767), D(280), D("300.7"), formula, SYNTEC_LINK)
        self.assertEqual(revised.s1, D("294.6"))

    def test_every_step_is_returned_as_strings(self):
        formula = Formula(D("0.15"), ratio=Rounding(4), coefficient=CEIL3)
        steps = revise(D(1000), D("245.6"), D("246.8"), formula).steps
        self.assertEqual(
            [(step.name, step.after, step.rounding) for step in steps],
            [
                ("ratio", "1.0049", "4:half_up"),
                ("coefficient", "1.005", "3:up"),
                ("unit_price", "1005", "2:half_up"),
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
                revise(D(1), s0, s1, formula)

    @given(
        st.decimals(min_value=1, max_value=10**7, places=2),
        st.decimals(min_value=50, max_value=900, places=1),
        st.decimals(min_value=50, max_value=900, places=1),
    )
    def test_price_follows_the_index_both_ways(self, p0, s0, s1):
        price = revise(p0, s0, s1, Formula(unit_price=None)).price
        self.assertEqual(price > p0, s1 > s0)
        self.assertEqual(price < p0, s1 < s0)

    @given(st.floats(min_value=0.0001, max_value=10**9, allow_nan=False))
    def test_numeric_columns_are_read_digit_for_digit(self, value):
        self.assertEqual(float(plain(exact(value))), value)


class TestIndexLookup(unittest.TestCase):
    VALUES = (
        Observation("OLD", date(2020, 3, 1), D("274.7"), date(2020, 10, 30), 1),
        Observation("OLD", date(2020, 3, 1), D("275.3"), date(2021, 2, 8), 2),
        Observation("OLD", date(2022, 7, 1), D("280.6"), None, 3),
        Observation("NEW", date(2022, 8, 1), D("286.4"), date(2022, 9, 30), 4),
        Observation("NEW", date(2023, 7, 1), D("304.8"), date(2023, 8, 31), 5),
        Observation("NEW", date(2023, 8, 1), D("305.7"), date(2023, 9, 29), 6),
    )
    CHAIN = ("OLD", "NEW")

    def find(self, kind, day, **options):
        return find_value(
            self.CHAIN, MonthRule(kind, **options), day, self.VALUES
        ).value

    def test_su_08_last_published_knows_only_what_was_out(self):
        self.assertEqual(self.find("last_published", date(2023, 9, 28)), D("304.8"))
        self.assertEqual(self.find("last_published", date(2023, 9, 29)), D("305.7"))
        self.assertEqual(self.find("last_published", date(2020, 12, 1)), D("274.7"))
        self.assertEqual(self.find("last_published", date(2021, 3, 1)), D("275.3"))

    def test_a_value_without_publication_date_never_serves_under_that_rule(self):
        self.assertEqual(self.find("last_published", date(2022, 9, 1)), D("275.3"))
        with self.assertRaises(IndexValueMissing):
            self.find("last_published", date(2019, 1, 1))

    def test_month_rules(self):
        self.assertEqual(self.find("date_month", date(2022, 8, 31)), D("286.4"))
        self.assertEqual(
            self.find("named_month", date(2024, 1, 1), month=8), D("305.7")
        )
        self.assertEqual(
            self.find("month_offset", date(2023, 11, 2), offset=3), D("305.7")
        )
        with self.assertRaises(IndexValueMissing) as caught:
            self.find("date_month", date(2023, 10, 1))
        self.assertEqual(caught.exception.month, date(2023, 10, 1))

    def test_the_latest_vintage_of_a_month_serves(self):
        found = value_of_month(self.CHAIN, date(2020, 3, 1), self.VALUES)
        self.assertEqual(found.value, D("275.3"))
