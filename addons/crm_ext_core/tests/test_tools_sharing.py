import unittest
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.crm_ext_core.tools.sharing import least_loaded, round_robin

# the machine may be busy: slowness is no defect of the sharing
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
people = st.lists(st.integers(1, 50), unique=True, min_size=1, max_size=8)


class TestSharing(unittest.TestCase):
    def test_the_least_loaded_comes_first(self):
        self.assertEqual(least_loaded({7: 3, 8: 1, 9: 2}, 4), [8, 8, 9, 7])

    def test_the_turn_goes_on_after_the_last_one(self):
        self.assertEqual(round_robin([9, 7, 8], 8, 4), [9, 7, 8, 9])

    def test_the_turn_goes_on_after_someone_who_left(self):
        self.assertEqual(round_robin([5, 9], 7, 2), [9, 5])

    def test_nobody_to_choose_from(self):
        self.assertEqual(least_loaded({}, 3), [])
        self.assertEqual(round_robin([], None, 3), [])

    @patient
    @given(people, st.integers(0, 60))
    def test_turns_differ_by_one_at_most(self, ids, count):
        turns = Counter(dict.fromkeys(ids, 0)) + Counter(round_robin(ids, None, count))
        self.assertLessEqual(max(turns.values(), default=0) - count // len(ids), 1)

    @patient
    @given(
        st.dictionaries(st.integers(1, 50), st.integers(0, 20), min_size=1),
        st.integers(0, 60),
    )
    def test_nobody_is_passed_over_by_someone_busier(self, load, count):
        after = Counter(load) + Counter(least_loaded(load, count))
        for person in set(least_loaded(load, count)):
            self.assertLessEqual(after[person] - 1, min(after[p] for p in load))
