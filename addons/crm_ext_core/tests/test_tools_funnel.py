from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_ext_core.tools.funnel import MAX_MOVES, why_stop


class TestFunnel(TestCase):
    @given(st.dictionaries(st.integers(1, 30), st.integers(1, 30)), st.integers(1, 30))
    def test_whatever_the_rules_a_chain_ends(self, moves, start):
        path = (start,)
        while path[-1] in moves and not why_stop(path, moves[path[-1]]):
            path += (moves[path[-1]],)
        self.assertLessEqual(len(path), MAX_MOVES + 1)
        self.assertEqual(len(set(path)), len(path), "no stage twice")

    def test_a_straight_chain_goes_on(self):
        self.assertEqual(why_stop((1,), 2), "")
        self.assertEqual(why_stop((1, 2), 1), "loop")
        self.assertEqual(why_stop(tuple(range(MAX_MOVES)), 99), "")
        self.assertEqual(why_stop(tuple(range(MAX_MOVES + 1)), 99), "depth")
