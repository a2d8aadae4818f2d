import doctest
import unittest

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_ext_subscriptions.tools import chart
from odoo.addons.crm_ext_subscriptions.tools.chart import bars

AMOUNTS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20)


class TestChart(unittest.TestCase):
    def test_examples(self):
        self.assertFalse(doctest.testmod(chart).failed)

    def test_nothing_and_zero(self):
        self.assertEqual(bars([], 100, 50), [])
        self.assertEqual([bar.height for bar in bars([0, 0], 100, 50)], [0, 0])

    def test_a_credit_hangs_below_zero(self):
        up, down = bars([30, -10], 100, 40)
        self.assertEqual((up.y, up.height), (0, 30))
        self.assertEqual((down.y, down.height), (30, 10))

    @given(AMOUNTS)
    def test_every_bar_lies_in_the_frame_and_none_overlaps(self, amounts):
        laid = bars(amounts, 600, 200)
        for bar in laid:
            self.assertGreaterEqual(bar.x, 0)
            self.assertLessEqual(bar.x + bar.width, 600.01)
            self.assertGreaterEqual(bar.y, 0)
            self.assertLessEqual(bar.y + bar.height, 200.02)
        for left, right in zip(laid, laid[1:], strict=False):
            self.assertLess(left.x + left.width, right.x)
