from datetime import date

from odoo.tests import tagged

from .sale_common import SaleCase


@tagged("post_install", "-at_install")
class TestSu14Renewal(SaleCase):
    """A quotation of renewal: confirmed, it renews; it makes no other subscription."""

    def test_su_14_confirming_a_renewal_quotation_renews_once(self):
        self.salesperson.group_ids += self.env.ref(
            "crm_ext_subscriptions.group_subscriptions_user"
        )
        subscription = self.subscribe(
            start=date(2026, 2, 1), date_end=date(2027, 1, 31), price=100.0
        )
        subscription.with_user(self.manager).user_id = self.salesperson
        subscription = subscription.with_user(self.salesperson)
        action = subscription.action_renewal_quotation()
        order = self.env["sale.order"].with_user(self.salesperson)
        order = order.browse(action["res_id"])
        self.assertEqual(order.crm_renews_id, subscription)
        (line,) = order.order_line
        self.assertEqual((line.product_uom_qty, line.price_unit), (1.0, 100.0))
        self.assertEqual(line.crm_plan_id, self.monthly)
        line.price_unit = 110.0
        order.action_confirm()
        self.assertEqual(subscription.date_end, date(2028, 1, 31))
        self.assertFalse(self.subscriptions_of(order))
        self.assertEqual(line.qty_to_invoice, 0)
        self.assertEqual(order._crm_get_subscriptions(), subscription)
        before, after = (
            subscription.line_ids._get_version_at(day).price_unit
            for day in (date(2027, 1, 31), date(2027, 2, 1))
        )
        self.assertEqual((before, after), (100.0, 110.0))
        order.action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertEqual(subscription.date_end, date(2028, 1, 31))
