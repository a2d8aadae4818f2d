import doctest
import unittest
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_ext_subscriptions.tools import cutoff
from odoo.addons.crm_ext_subscriptions.tools.cutoff import split

CENT = Decimal("0.01")
AMOUNTS = st.decimals(-100000, 100000, places=2)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


class TestCutoff(unittest.TestCase):
    def test_examples(self):
        self.assertFalse(doctest.testmod(cutoff).failed)

    def test_a_year_in_advance_at_the_end_of_the_financial_year(self):
        """1,200 from 1 October 2026 to 30 September 2027: 92 of 365 days earned on 31
        December, 1200 x 92 / 365 = 302.465."""
        year = (date(2026, 10, 1), date(2027, 9, 30))
        found = split(Decimal(1200), *year, date(2026, 12, 31), CENT)
        self.assertEqual(found.earned, Decimal("302.47"))
        self.assertEqual(found.deferred, Decimal("897.53"))
        self.assertEqual((found.days, found.days_after), (365, 273))

    def test_before_and_after(self):
        span = (Decimal(100), date(2026, 2, 1), date(2026, 2, 28))
        self.assertEqual(split(*span, date(2026, 1, 31), CENT).deferred, 100)
        self.assertEqual(split(*span, date(2026, 2, 28), CENT).deferred, 0)

    @given(AMOUNTS, DAYS, st.integers(0, 800), st.lists(DAYS, max_size=12))
    def test_what_is_deferred_is_earned_later_to_the_cent(
        self, amount, first, length, closings
    ):
        last = first + timedelta(days=length)
        deferred = amount
        earned = Decimal(0)
        for closing in sorted({*closings, last}):
            found = split(amount, first, last, closing, CENT)
            self.assertEqual(found.earned + found.deferred, amount)
            earned += deferred - found.deferred
            deferred = found.deferred
            self.assertLessEqual(abs(found.deferred), abs(amount))
        self.assertEqual(earned, amount)
        self.assertEqual(deferred, 0)

    @given(AMOUNTS, DAYS, st.integers(1, 800), st.integers(0, 800))
    def test_each_part_is_within_half_a_cent_of_the_exact_one(
        self, amount, first, length, passed
    ):
        last = first + timedelta(days=length)
        closing = first + timedelta(days=min(passed, length))
        found = split(amount, first, last, closing, CENT)
        exact = amount * (found.days - found.days_after) / found.days
        self.assertLessEqual(abs(found.earned - exact), CENT / 2)
