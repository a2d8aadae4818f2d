from odoo.tests import tagged

from .sale_common import SaleCase


@tagged("post_install", "-at_install")
class TestSu14Lead(SaleCase):
    """Expected and signed recurring revenue of an opportunity, side by side."""

    def test_su_14_expected_and_signed_side_by_side(self):
        self.salesperson.group_ids += self.env.ref("crm.group_use_recurring_revenues")
        lead = (
            self.env["crm.lead"]
            .with_user(self.salesperson)
            .create(
                {
                    "name": "Moulin",
                    "type": "opportunity",
                    "partner_id": self.partner.id,
                    "recurring_revenue": 2400.0,
                    "recurring_plan": self.env.ref("crm.crm_recurring_plan_yearly").id,
                }
            )
        )
        self.assertEqual(lead.recurring_revenue_monthly, 200.0)
        self.assertEqual(lead.crm_signed_monthly, 0.0)
        # 100 a month and 900 a year; the fee does not come back
        self.sell(self.hosting, self.licence, self.fee, opportunity_id=lead.id)
        self.quote(self.hosting, opportunity_id=lead.id)
        lead.invalidate_recordset()
        self.assertEqual(lead.crm_signed_monthly, 175.0)
        self.assertEqual(lead.crm_signed_count, 2)
        (order,) = lead.order_ids.filtered(lambda order: order.state == "sale")
        closed = self.subscriptions_of(order)[0]
        reason = self.env.ref("crm_ext_subscriptions.crm_close_reason_need")
        closed.amend("close", "today", {"reason_id": reason.id})
        self.bill(closed, closed.date_end)
        lead.invalidate_recordset()
        self.assertEqual(lead.crm_signed_count, 1)
        arch = self.env["crm.lead"].with_user(self.salesperson).get_view()["arch"]
        self.assertIn("crm_signed_monthly", arch)
        self.assertIn("recurring_revenue_monthly", arch)
