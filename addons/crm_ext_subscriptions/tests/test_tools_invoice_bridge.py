from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_ext_subscriptions.tools.invoice_bridge import (
    INVOICED,
    MRR,
    ROUNDING,
    STEPS,
    build,
    months_at,
)

CENT = Decimal("0.01")
AMOUNTS = st.decimals(-10_000, 10_000, places=6)
DAYS = st.integers(0, 4_000).map(lambda days: date(2020, 1, 1) + timedelta(days=days))


class TestInvoiceBridgeSteps(TestCase):
    def test_an_mrr_counts_once_a_month_whatever_its_days(self):
        for month, days in ((1, 31), (2, 28), (4, 30)):
            last = date(2026, month, days)
            before = date(2026, month, 1) - timedelta(days=1)
            self.assertEqual(months_at(last) - months_at(before), 1)

    def test_a_day_is_its_part_of_the_month(self):
        one = months_at(date(2026, 2, 10)) - months_at(date(2026, 2, 9))
        self.assertEqual(one, Fraction(1, 28))

    @given(first=DAYS, second=DAYS, third=DAYS)
    def test_months_of_neighbouring_days_add_up(self, first, second, third):
        one, two, three = sorted((first, second, third))
        self.assertEqual(
            (months_at(two) - months_at(one)) + (months_at(three) - months_at(two)),
            months_at(three) - months_at(one),
        )

    def test_what_no_step_explains_is_the_remainder(self):
        bridge = build(
            {MRR: Decimal(100), "ahead": Decimal(20), INVOICED: Decimal(125)}, CENT
        )
        self.assertEqual(bridge.remainder, Decimal(5))
        self.assertEqual(bridge.rows[-1].level, Decimal(120))

    @given(amounts=st.dictionaries(st.sampled_from((MRR, *STEPS)), AMOUNTS))
    def test_shown_amounts_add_up_and_rounding_is_bounded(self, amounts):
        """Exact amounts that explain all leave nothing, and showing them in cents
        costs half a cent each at most."""
        total = sum(amounts.values(), Decimal(0))
        # what is invoiced is in cents: the rest of a cent is rounding
        invoiced = total.quantize(CENT)
        exact = amounts | {INVOICED: invoiced}
        exact[ROUNDING] = amounts.get(ROUNDING, Decimal(0)) + invoiced - total
        bridge = build(exact, CENT)
        self.assertEqual(bridge.remainder, 0)
        shown = sum(row.amount for row in bridge.rows)
        self.assertEqual(bridge.mrr + shown, bridge.invoiced)
        (rounding,) = [row for row in bridge.rows if row.code == ROUNDING]
        bound = CENT / 2 * (len(STEPS) + 1)
        self.assertLessEqual(abs(rounding.amount - exact[ROUNDING]), bound)
