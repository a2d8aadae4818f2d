import unittest
from fractions import Fraction

from odoo.addons.crm_ext_subscriptions.tools.recurrence import (
    periods_per_month,
    periods_per_year,
)


class TestToolsRecurrence(unittest.TestCase):
    """What a price billed every so often is worth a year and a month."""

    def test_periods_of_a_year_and_of_a_month(self):
        for interval, unit, year in (
            (1, "month", 12),
            (3, "month", 4),
            (1, "quarter", 4),
            (1, "year", 1),
            (2, "year", Fraction(1, 2)),
            (1, "week", 52),
            (1, "day", 365),
        ):
            with self.subTest(unit=unit, interval=interval):
                self.assertEqual(periods_per_year(interval, unit), year)
                self.assertEqual(periods_per_month(interval, unit), Fraction(year) / 12)
