from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SubscriptionCase

TEAM = "crm_ext_subscriptions.group_subscriptions_team"


@tagged("post_install", "-at_install")
class TestTeamRules(SubscriptionCase):
    """Own, own team's, all: who follows whose subscriptions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls._new_user("sub_colleague", TEAM)
        cls.leader = cls._new_user("sub_leader", TEAM)
        cls.stranger = cls._new_user("sub_stranger", TEAM)
        cls.env["crm.team"].create(
            [
                {
                    "name": "West",
                    "user_id": cls.leader.id,
                    "member_ids": [(6, 0, (cls.seller + cls.colleague).ids)],
                },
                {"name": "East", "member_ids": [(6, 0, cls.stranger.ids)]},
            ]
        )

    def test_the_team_and_its_leader_follow_a_colleagues_subscription(self):
        subscription = self.subscribe(user_id=self.seller.id)
        self.bill(subscription, "2026-02-28")
        for user in (self.colleague, self.leader):
            seen = subscription.with_user(user)
            with self.subTest(user=user.login):
                seen.client_order_ref = "CDE-1"
                self.assertEqual(seen.line_ids.current_price_unit, 100.0)
                self.assertTrue(seen.version_ids)
                self.assertTrue(seen.period_ids)
                self.assertIn(seen, seen.search([]))

    def test_another_team_and_the_user_of_own_ones_do_not(self):
        theirs = self.subscribe()
        theirs.with_user(self.manager).user_id = self.colleague
        for user in (self.stranger, self.seller):
            with self.subTest(user=user.login):
                self.assertNotIn(theirs, theirs.with_user(user).search([]))
                with self.assertRaises(AccessError):
                    theirs.with_user(user).read(["name"])
                lines = self.env["crm.subscription.line"].with_user(user)
                self.assertFalse(lines.search([("subscription_id", "=", theirs.id)]))

    def test_every_own_rule_has_its_team_rule(self):
        rules = self.env["ir.rule"].search([("model_id.model", "=like", "crm.%")])
        own = rules.filtered(
            lambda rule: (
                "(user.id, False)" in (rule.domain_force or "")
                and self.env.ref("crm_ext_subscriptions.group_subscriptions_user")
                in rule.groups
            )
        )
        team = rules.filtered(lambda rule: self.env.ref(TEAM) in rule.groups)
        self.assertTrue(own)
        self.assertEqual(own.model_id, team.model_id & own.model_id)
