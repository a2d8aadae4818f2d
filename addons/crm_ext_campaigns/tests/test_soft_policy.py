from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import CampaignsCase


@tagged("post_install", "-at_install")
class TestSoftPolicy(CampaignsCase):
    def send_ago(self, days):
        """A letter sent that many days ago; its mail to `full`."""
        traces = self.send_letter(f"Letter of {days} days ago")
        traces.sent_datetime = fields.Datetime.now() - timedelta(days=days)
        return self.trace_of(traces, self.full)

    def return_of(self, trace):
        return self.bounce(trace, "soft", "mailbox_full")

    def test_ca_23_third_return_for_one_reason_excludes(self):
        for days in (20, 10):
            self.return_of(self.send_ago(days))
            self.assertFalse(self.is_blacklisted(self.full))
        bounce = self.return_of(self.send_ago(1))
        self.assertTrue(bounce.is_excluding)
        self.assertTrue(self.is_blacklisted(self.full))

    def test_ca_23_a_delivery_in_between_resets(self):
        self.return_of(self.send_ago(20))
        self.return_of(self.send_ago(10))
        self.send_ago(5)  # arrives: nothing comes back
        self.return_of(self.send_ago(1))
        self.assertFalse(self.is_blacklisted(self.full))

    def test_ca_23_returns_outside_the_period_do_not_count(self):
        for days in (45, 10, 1):
            self.return_of(self.send_ago(days))
        self.assertFalse(self.is_blacklisted(self.full))

    def test_ca_23_the_company_sets_count_and_period(self):
        self.env["crm.bounce.policy"].create({"soft_count": 2, "soft_days": 60})
        self.return_of(self.send_ago(45))
        self.return_of(self.send_ago(1))
        self.assertTrue(self.is_blacklisted(self.full))

    def test_ca_23_allowed_again_counts_anew(self):
        for days in (20, 10, 5):
            bounce = self.return_of(self.send_ago(days))
        bounce.with_user(self.marketing).action_allow_again()
        self.return_of(self.send_ago(1))
        self.assertFalse(self.is_blacklisted(self.full))
