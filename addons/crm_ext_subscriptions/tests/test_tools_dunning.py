import unittest
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_ext_subscriptions.tools.dunning import Step, due_steps

SINCE = date(2026, 1, 1)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["mail", "retry", "activity", "suspend"]), st.integers(0, 60)
    ),
    max_size=8,
).map(lambda pairs: [Step(n, *pair) for n, pair in enumerate(pairs)])


class TestToolsDunning(unittest.TestCase):
    """Which steps are due: each once, whatever the days on which somebody looks."""

    @given(STEPS, st.lists(st.integers(0, 90), max_size=12))
    def test_every_step_is_treated_once_and_not_before_its_day(self, steps, days):
        done = []
        for day in sorted(days):
            due = due_steps(steps, SINCE, SINCE + timedelta(day), done)
            treated = [*due.to_do, *due.skipped]
            self.assertTrue(all(step.delay_days <= day for step in treated))
            done += [step.key for step in treated]
        self.assertEqual(len(done), len(set(done)))
        latest = max(days, default=-1)
        self.assertEqual(
            set(done), {step.key for step in steps if step.delay_days <= latest}
        )

    @given(STEPS, st.integers(0, 90))
    def test_one_mail_and_one_charge_a_day_at_most(self, steps, day):
        due = due_steps(steps, SINCE, SINCE + timedelta(day), ())
        for action in ("mail", "retry"):
            self.assertLessEqual(
                sum(step.action == action for step in due.to_do), 1, action
            )

    def test_a_step_waits_for_its_day(self):
        step = Step(1, "mail", 7)
        self.assertFalse(due_steps([step], SINCE, date(2026, 1, 7), ()).to_do)
        self.assertEqual(due_steps([step], SINCE, date(2026, 1, 8), ()).to_do, (step,))
