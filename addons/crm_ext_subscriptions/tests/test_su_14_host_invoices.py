from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .sale_common import SaleCase


@tagged("post_install", "-at_install")
class TestSu14HostInvoices(SaleCase):
    """The host invoices what is sold once, on every path; recurring lines never."""

    def invoice(self, order, method="delivered", **values):
        """The invoice that the salesperson makes by the order's wizard."""
        before = order.invoice_ids
        self.env["sale.advance.payment.inv"].with_user(self.salesperson).create(
            {
                "sale_order_ids": order.ids,
                "advance_payment_method": method,
                **values,
            }
        ).create_invoices()
        return order.invoice_ids - before

    def test_su_14_a_regular_invoice_holds_one_off_lines_only(self):
        order = self.sell(self.fee, self.hosting)
        once, recurring = order.order_line
        self.assertEqual((once.qty_to_invoice, recurring.qty_to_invoice), (1, 0))
        self.assertEqual(order.invoice_status, "to invoice")
        self.assertEqual(recurring.invoice_status, "no")
        self.assertEqual(recurring.amount_to_invoice, 0)
        self.assertEqual(recurring.untaxed_amount_to_invoice, 0)
        self.assertEqual(order.amount_to_invoice, 720.0)
        invoice = self.invoice(order)
        self.assertEqual(self.products_of(invoice), self.fee)
        self.assertEqual(order.invoice_status, "invoiced")

    def test_su_14_an_order_of_recurring_lines_only_is_not_invoiceable(self):
        order = self.sell(self.hosting, self.licence)
        self.assertEqual(order.invoice_status, "no")
        with self.assertRaisesRegex(UserError, "No items are available to invoice"):
            self.invoice(order)

    def test_su_14_a_product_invoiced_on_delivery_is_not_either(self):
        self.hosting.invoice_policy = "delivery"
        order = self.sell(self.fee, self.hosting)
        recurring = order.order_line[1]
        recurring.qty_delivered = 2
        self.assertEqual(recurring.qty_to_invoice, 0)
        self.assertEqual(recurring.invoice_status, "no")
        self.assertEqual(self.products_of(self.invoice(order)), self.fee)

    def test_su_14_more_delivered_than_ordered_is_no_upsell(self):
        order = self.sell(self.hosting)
        order.order_line.qty_delivered = 5
        self.assertEqual(order.order_line.invoice_status, "no")
        self.assertEqual(order.invoice_status, "no")

    def test_su_14_orders_invoiced_together_leave_recurring_lines_out(self):
        orders = self.sell(self.fee, self.hosting) + self.sell(self.fee, self.licence)
        moves = orders._create_invoices(final=True)
        self.assertEqual(self.products_of(moves), self.fee)
        self.assertEqual(sum(moves.sudo().mapped("amount_untaxed")), 1200.0)

    # ------------------------------------------------------------------ down payments
    def test_su_14_a_percentage_down_payment_bears_on_one_off_lines(self):
        order = self.sell(self.fee, self.hosting)
        down = self.invoice(order, "percentage", amount=30).sudo()
        self.assertEqual(down.amount_untaxed, 180.0)
        self._check_final_invoice(order, down)

    def test_su_14_a_fixed_down_payment_is_deducted_from_one_off_lines(self):
        order = self.sell(self.fee, self.hosting, self.licence)
        down = self.invoice(order, "fixed", fixed_amount=240).sudo()
        self.assertEqual(down.amount_total, 240.0)
        self._check_final_invoice(order, down)

    def _check_final_invoice(self, order, down):
        down.with_user(self.accountant).action_post()
        final = self.invoice(order).sudo()
        self.assertEqual(down.amount_total + final.amount_total, 720.0)
        self.assertNotIn(self.hosting, self.products_of(final))
        self.assertNotIn(self.licence, self.products_of(final))
        final.with_user(self.accountant).action_post()
        self.assertEqual(order.invoice_status, "invoiced")

    def test_su_14_no_down_payment_on_recurring_lines_alone(self):
        order = self.sell(self.hosting)
        for method, values in (
            ("percentage", {"amount": 30}),
            ("fixed", {"fixed_amount": 50}),
        ):
            with self.subTest(method):
                with self.assertRaisesRegex(UserError, "recurring lines only"):
                    self.invoice(order, method, **values)
        self.assertFalse(order.invoice_ids)

    def test_su_14_a_global_discount_bears_on_one_off_lines(self):
        order = self.quote(self.fee, self.hosting)
        wizard = self.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "so_discount",
                "discount_percentage": 0.1,
            }
        )
        wizard.action_apply_discount()
        self.assertEqual(order.order_line[-1:].price_subtotal, -60.0)
        order.action_confirm()
        invoice = self.invoice(order).sudo()
        self.assertEqual(invoice.amount_untaxed, 540.0)

    # ------------------------------------------------------------------ both together
    def test_su_14_host_and_subscription_bill_the_order_once_together(self):
        order = self.sell(self.fee, self.hosting)
        once = self.invoice(order).sudo()
        subscription = self.subscriptions_of(order)
        (recurring,) = self.bill(subscription, date(2026, 2, 1))
        self.assertEqual(once.amount_total + recurring.amount_total, order.amount_total)
        self.assertEqual(order.invoice_ids, once.sudo(False))
