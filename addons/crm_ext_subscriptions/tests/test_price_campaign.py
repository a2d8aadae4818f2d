from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SubscriptionCase

DAY = date(2015, 2, 1)


@tagged("post_install", "-at_install")
class TestPriceCampaign(SubscriptionCase):
    """All subscriptions at a date: prices, exceptions apart, some or all approved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.yearly.copy({"name": "Campaign"})
        cls.monthly_plan = cls.monthly.copy({"name": "Campaign, monthly"})

    def indexed(self, plan=None, price=500.0, start=date(2014, 2, 1), **clause):
        plan = plan or self.plan
        subscription = self.subscribe(start, price, plan_id=plan.id)
        self.add_clause(subscription, **clause)
        return subscription

    def campaign(self, **values):
        campaign = (
            self.env["crm.price.campaign"]
            .with_user(self.manager)
            .create(
                {
                    "effective_date": DAY,
                    "plan_ids": [(6, 0, (self.plan | self.monthly_plan).ids)],
                    **values,
                }
            )
        )
        campaign.action_preview()
        return campaign

    def outcomes(self, campaign):
        return {line.subscription_id: line.outcome for line in campaign.line_ids}

    def test_the_preview_shows_prices_and_their_effect_on_the_year(self):
        self.verify_series()
        yearly = self.indexed()
        monthly = self.indexed(self.monthly_plan)
        campaign = self.campaign()
        lines = {line.subscription_id: line for line in campaign.ready_ids}
        self.assertEqual((lines[yearly].p0, lines[yearly].p1), (500.0, 502.44))
        self.assertEqual(lines[yearly].effect_year, 2.44)
        self.assertEqual(lines[monthly].effect_year, 29.28)
        self.assertEqual(campaign.effect_year, 31.72)
        self.assertEqual(campaign.ready_count, 2)
        self.assertFalse((yearly | monthly).revision_ids)

    def test_a_price_that_does_not_change_is_no_revision(self):
        self.verify_series()
        same = self.indexed(price=1.0)
        campaign = self.campaign()
        self.assertEqual(self.outcomes(campaign), {same: "same"})
        self.assertFalse(campaign.ready_ids)

    def test_exceptions_stand_apart_with_why(self):
        expected = {
            self.subscribe(date(2014, 2, 1), plan_id=self.plan.id): "no_clause",
            self.indexed(threshold_percent=5.0): "threshold",
            self.indexed(s1_rule="last_published"): "missing",
            self.indexed(start=date(2016, 1, 1)): "not_begun",
            self.indexed(start=date(2014, 8, 1)): "refused",
            self.indexed(): "unverified",
        }
        never = self.indexed()
        never.line_ids.is_indexed = False
        expected[never] = "never"
        closed = self.indexed()
        closed.action_draft()
        closed.date_end = date(2014, 12, 31)
        closed.action_confirm()
        expected[closed] = "ended"
        campaign = self.campaign()
        self.assertEqual(self.outcomes(campaign), expected)
        self.assertFalse(campaign.ready_count)
        self.assertEqual(campaign.exception_count, 8)
        reasons = " ".join(campaign.line_ids.mapped(lambda line: line.reason or ""))
        self.assertIn("L112-1", reasons)
        self.assertIn("publi", reasons)
        with self.assertRaisesRegex(UserError, "Tick"):
            campaign.action_make()

    def test_some_are_approved_the_others_wait(self):
        self.verify_series()
        first, second = self.indexed(), self.indexed()
        campaign = self.campaign()
        line = campaign.line_ids.filtered(lambda line: line.subscription_id == second)
        line.is_chosen = False
        campaign.action_approve()
        self.assertEqual(first.revision_ids.state, "approved")
        self.assertFalse(second.revision_ids)
        again = self.campaign()
        self.assertEqual(self.outcomes(again), {first: "done", second: "revise"})
        again.action_make()
        self.assertEqual(second.revision_ids.state, "draft")

    def test_the_scope(self):
        self.verify_series()
        self.indexed()
        other = self.indexed(self.monthly_plan)
        campaign = self.campaign(plan_ids=[(6, 0, self.monthly_plan.ids)])
        self.assertEqual(campaign.line_ids.subscription_id, other)
        revised = self.syntec.successor_id
        campaign = self.campaign(index_ids=[(6, 0, revised.ids)])
        self.assertFalse(campaign.line_ids)

    def test_only_a_manager_runs_one(self):
        with self.assertRaises(AccessError):
            self.env["crm.price.campaign"].with_user(self.seller).create(
                {"effective_date": DAY}
            )
