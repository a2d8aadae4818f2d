import unittest
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.crm_ext_campaigns.tools.bounce_policy import (
    SoftPolicy,
    SoftReturn,
    is_excluded,
    soft_run,
)

DAY = datetime(2026, 3, 1, 9, 0)
moments = st.lists(
    st.integers(0, 200).map(lambda days: DAY + timedelta(days=days)), max_size=12
)
policies = st.builds(SoftPolicy, count=st.integers(1, 5), days=st.integers(1, 90))


def full(*days):
    return [SoftReturn(DAY + timedelta(days=n), "mailbox_full") for n in days]


class TestSoftPolicy(unittest.TestCase):
    def test_third_return_within_thirty_days_excludes(self):
        self.assertFalse(is_excluded(SoftPolicy(), full(0, 10), [], "mailbox_full"))
        self.assertTrue(is_excluded(SoftPolicy(), full(0, 10, 20), [], "mailbox_full"))

    def test_the_period_slides(self):
        self.assertEqual(soft_run(SoftPolicy(), full(0, 20, 40), [], "mailbox_full"), 2)

    def test_a_delivery_in_between_starts_anew(self):
        delivered = [DAY + timedelta(days=15)]
        run = soft_run(SoftPolicy(), full(0, 10, 20), delivered, "mailbox_full")
        self.assertEqual(run, 1)

    def test_a_delivery_after_the_last_return_changes_nothing_yet(self):
        delivered = [DAY + timedelta(days=25)]
        run = soft_run(SoftPolicy(), full(0, 10, 20), delivered, "mailbox_full")
        self.assertEqual(run, 3)

    def test_another_reason_is_counted_apart(self):
        returns = [*full(0, 10), SoftReturn(DAY + timedelta(days=12), "timeout")]
        self.assertEqual(soft_run(SoftPolicy(), returns, [], "timeout"), 1)

    @given(moments, moments, policies)
    def test_run_never_exceeds_the_returns_and_falls_with_deliveries(
        self, sent, delivered, policy
    ):
        returns = [SoftReturn(moment, "timeout") for moment in sent]
        alone = soft_run(policy, returns, [], "timeout")
        self.assertLessEqual(alone, len(returns))
        self.assertLessEqual(soft_run(policy, returns, delivered, "timeout"), alone)

    @given(moments, policies)
    def test_order_of_arrival_does_not_matter(self, sent, policy):
        returns = [SoftReturn(moment, "timeout") for moment in sent]
        self.assertEqual(
            soft_run(policy, returns, [], "timeout"),
            soft_run(policy, returns[::-1], [], "timeout"),
        )
