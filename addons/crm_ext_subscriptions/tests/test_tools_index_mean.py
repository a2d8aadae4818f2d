import unittest
from datetime import date
from decimal import Decimal

from odoo.addons.crm_ext_subscriptions.tools.index_clause import Case, Clause, Term
from odoo.addons.crm_ext_subscriptions.tools.index_input import read_previous
from odoo.addons.crm_ext_subscriptions.tools.index_lookup import MonthRule
from odoo.addons.crm_ext_subscriptions.tools.index_reckon import reckon
from odoo.addons.crm_ext_subscriptions.tools.index_series import (
    IndexValueMissing,
    Observation,
    Series,
)
from odoo.addons.crm_ext_subscriptions.tools.indexation import Formula

D = Decimal
ICC = Series("ICC", "quarter")
FIGURES = ("2077", "2123", "2106", "2162", "2227", "2205", "2143", "2108")
VALUES = tuple(
    Observation(
        "ICC", date(2022 + (n + 1) // 4, (n + 1) % 4 * 3 + 1, 1), D(figure), None, n + 1
    )
    for n, figure in enumerate(FIGURES)
)
DAY = date(2024, 3, 1)


def clause(**term):
    written = Term((ICC,), mean_of=4, **term)
    kind = "fixed" if term else "date_month"
    by_date = MonthRule("date_month")
    return Clause((written,), Formula(), s0_rule=MonthRule(kind), s1_rule=by_date)


def case(day=DAY, **options):
    return Case(D(1200), day, date(2023, 3, 1), **options)


class TestIndexMean(unittest.TestCase):
    """The mean of four quarters, as clauses on the ICC ask for."""

    def test_the_mean_of_four_quarters_serves(self):
        result = reckon(clause(), case(), VALUES)
        served = result.served[0]
        self.assertEqual((served.s0.value, served.s1.value), (D(2117), D("2170.75")))
        self.assertEqual(
            [part.value for part in served.s1.parts], list(map(D, FIGURES[4:]))
        )
        self.assertEqual(result.revised.price, D("1230.47"))

    def test_a_quarter_that_is_missing_is_named(self):
        with self.assertRaises(IndexValueMissing) as caught:
            reckon(clause(), case(), [v for v in VALUES if v.value != D(2205)])
        self.assertEqual(caught.exception.label, "2023-Q3")

    def test_the_mean_that_the_contract_printed(self):
        written = clause(s0_month=date(2023, 1, 1), s0_value=D(2117))
        self.assertEqual(reckon(written, case(), VALUES).revised.price, D("1230.47"))

    def test_a_mean_told_as_the_s1_before(self):
        told = {"date": "2023-03-01", "price": "1200", "s1": "2117"}
        before = read_previous(told, D(1200), clause().terms, VALUES)
        self.assertEqual(before.s1[0].month, date(2023, 1, 1))
        result = reckon(clause(), case(previous=before), VALUES)
        self.assertEqual(result.revised.price, D("1230.47"))
