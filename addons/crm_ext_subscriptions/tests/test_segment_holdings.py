from odoo.tests import freeze_time, tagged

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
class TestSegmentHoldings(SubscriptionCase):
    """CO-20 and SU-16: segments on products held, by the hook of core."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketing = cls._new_user(
            "sub_marketing",
            "sales_team.group_sale_salesman_all_leads,"
            "crm_ext_subscriptions.group_subscriptions_manager",
        )
        cls.other = cls.env["product.product"].create(
            {"name": "Hosting", "type": "service"}
        )
        cls.person = cls.env["res.partner"].create(
            {"name": "Person", "parent_id": cls.partner.id}
        )

    def _held(self, code, value=None):
        segment = (
            self.env["crm.segment"]
            .with_user(self.marketing)
            .create(
                {
                    "name": code,
                    "criterion_ids": [(0, 0, {"code": code, "value": value})],
                }
            )
        )
        people = self.partner | self.person
        return people & segment._get_records().sudo(False)

    def test_co_20_products_already_held_by_subscription(self):
        people = self.partner | self.person
        self.assertFalse(self._held("subscription_any"))
        self.subscribe()
        self.assertEqual(self._held("subscription_any"), people)
        held = self._held("subscription_product", {"ids": self.product.ids})
        self.assertEqual(held, people)
        self.assertFalse(self._held("subscription_product", {"ids": self.other.ids}))

    def test_subscriptions_of_others_are_not_counted(self):
        self.subscribe()
        mine = self._new_user(
            "sub_colleague",
            "sales_team.group_sale_salesman,"
            "crm_ext_subscriptions.group_subscriptions_user",
        )
        self.marketing, marketing = mine, self.marketing
        self.assertFalse(self._held("subscription_any"))
        self.marketing = marketing

    @freeze_time("2026-03-10")
    def test_su_16_subscribers_whose_term_is_near(self):
        self.subscribe(date_end="2026-04-30")
        people = self.partner | self.person
        self.assertEqual(self._held("subscription_renewal", {"days": 60}), people)
        self.assertFalse(self._held("subscription_renewal", {"days": 30}))

    def test_co_20_products_already_ordered(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.person.id,
                "order_line": [(0, 0, {"product_id": self.other.id})],
            }
        )
        value = {"ids": self.other.ids}
        self.assertFalse(self._held("product_ordered", value))
        order.action_confirm()
        self.assertEqual(
            self._held("product_ordered", value), self.partner | self.person
        )

    def test_co_22_tags_of_subscriptions_and_orders(self):
        subscription = self.subscribe()
        order = (
            self.env["sale.order"]
            .with_user(self.marketing)
            .create({"partner_id": self.partner.id})
        )
        tag = self.env["crm.tag"].create({"name": "Strategic"})
        subscription.with_user(self.marketing).crm_tag_ids = tag
        order.crm_tag_ids = tag
        self.assertEqual(order.tag_ids, tag)
        holders = (
            self.env["crm.tag.holder"]
            .with_user(self.marketing)
            .search([("tag_id", "=", tag.id)])
        )
        self.assertEqual(
            set(holders.mapped("res_model")), {"crm.subscription", "sale.order"}
        )
        self.assertEqual(set(holders.mapped("origin")), {self.marketing.name})
