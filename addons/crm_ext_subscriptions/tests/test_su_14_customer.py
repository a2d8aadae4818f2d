from datetime import date

from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged

from .payment_common import PaymentCase

SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestSu14Customer(HttpCase, PaymentCase):
    """The customer confirms: by signature, or by paying online on the order's page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = new_test_user(
            cls.env,
            "su14_customer",
            groups="base.group_portal",
            partner_id=cls.partner.id,
            lang="en_US",
        )

    def offer(self, *products, **values):
        order = self.quote(*products, **values)
        order.action_quotation_sent()
        order.order_line.flush_recordset()
        return order

    def sign(self, order):
        return self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {
                "access_token": order._portal_ensure_token(),
                "name": "Claire Client",
                "signature": SIGNATURE,
            },
        )

    def pay(self, order, amount, answer="done", **values):
        """What the order's page does when the customer pays with the demo provider."""
        processing = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/transaction",
            {
                "access_token": order._portal_ensure_token(),
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "token_id": None,
                "amount": amount,
                "flow": "direct",
                "tokenization_requested": False,
                "landing_route": order.get_portal_url(),
                **values,
            },
        )
        self.make_jsonrpc_request(
            "/payment/demo/simulate_payment",
            {
                "reference": processing["reference"],
                "payment_details": "4242",
                "simulated_state": answer,
            },
        )
        # what the page's polling does next
        transaction = self.env["payment.transaction"].search(
            [("reference", "=", processing["reference"])]
        )
        transaction._post_process()
        self.env.invalidate_all()
        return transaction

    def automatic_invoice(self):
        self.env["ir.config_parameter"].set_param("sale.automatic_invoice", "True")

    # ------------------------------------------------------------------ signature
    def test_su_14_signed_in_the_portal(self):
        order = self.offer(self.fee, self.hosting, require_payment=False)
        self.authenticate(self.customer.login, self.customer.login)
        page = self.url_open(order.get_portal_url()).text
        self.assertIn("per month", page)
        self.assertIn("of which once", page)
        answer = self.sign(order)
        self.assertIn("sign_ok", answer["redirect_url"])
        self.env.invalidate_all()
        self.assertEqual(order.state, "sale")
        subscription = self.subscriptions_of(order)
        self.assertEqual(subscription.state, "running")
        self.assertEqual(subscription.user_id, self.salesperson)
        self.assertIn("error", self.sign(order))
        self.assertEqual(len(self.subscriptions_of(order)), 1)

    def test_su_14_a_visitor_without_the_token_signs_nothing(self):
        order = self.offer(self.hosting, require_payment=False)
        self.authenticate(None, None)
        answer = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {"access_token": "0", "name": "Spy", "signature": SIGNATURE},
        )
        self.assertIn("error", answer)
        with self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request(
                f"/my/orders/{order.id}/transaction", {"access_token": "0"}
            )
        self.assertFalse(self.subscriptions_of(order))

    # ------------------------------------------------------------------ online payment
    def test_su_14_paid_online_the_automatic_invoice_holds_one_off_lines(self):
        self.automatic_invoice()
        order = self.offer(
            self.fee, self.hosting, require_signature=False, require_payment=True
        )
        self.authenticate(self.customer.login, self.customer.login)
        self.pay(order, order.amount_total)
        self.assertEqual(order.state, "sale")
        once = order.invoice_ids
        self.assertEqual(self.products_of(once), self.fee)
        self.assertEqual(once.sudo().amount_total, 720.0)
        self.assertEqual(once.sudo().payment_state, "paid")
        # the rest of the money pays the first month, and nothing is asked again
        subscription = self.subscriptions_of(order)
        first = self.bill(subscription, date(2026, 2, 1))
        self.assertEqual(first.amount_total, 120.0)
        self.assertEqual(first.payment_state, "paid")

    def test_su_14_recurring_lines_alone_paid_online_make_no_invoice(self):
        self.automatic_invoice()
        order = self.offer(self.hosting, require_signature=False, require_payment=True)
        self.authenticate(self.customer.login, self.customer.login)
        self.pay(order, order.amount_total)
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.invoice_ids)
        first = self.bill(self.subscriptions_of(order), date(2026, 2, 1))
        self.assertEqual(first.payment_state, "paid")

    def test_su_14_a_prepayment_makes_a_down_payment_on_one_off_lines(self):
        self.automatic_invoice()
        order = self.offer(
            self.fee,
            self.hosting,
            require_signature=False,
            require_payment=True,
            prepayment_percent=0.5,
        )
        self.authenticate(self.customer.login, self.customer.login)
        self.pay(order, order._get_prepayment_required_amount())
        self.assertEqual(order.state, "sale")
        self.assertEqual(len(self.subscriptions_of(order)), 1)
        down = order.invoice_ids.sudo()
        self.assertEqual(down.amount_total, 420.0)
        self.assertTrue(down.invoice_line_ids.sale_line_ids.is_downpayment)
        final = order._create_invoices(final=True).sudo()
        self.assertEqual(down.amount_total + final.amount_total, 720.0)
        self.assertNotIn(self.hosting, self.products_of(final))

    def test_su_14_a_prepayment_beyond_the_one_off_part_invoices_no_more(self):
        self.automatic_invoice()
        order = self.offer(
            self.fee,
            self.licence,
            require_signature=False,
            require_payment=True,
            prepayment_percent=0.5,
        )
        self.authenticate(self.customer.login, self.customer.login)
        self.pay(order, 900.0)
        self.assertEqual(order.invoice_ids.sudo().amount_total, 720.0)
        first = self.bill(self.subscriptions_of(order), date(2026, 2, 1))
        self.assertEqual(first.amount_total, 1080.0)
        self.assertEqual(first.amount_residual, 900.0)

    def test_su_14_a_product_on_delivery_paid_online_is_not_forced_either(self):
        self.automatic_invoice()
        (self.fee + self.hosting).invoice_policy = "delivery"
        order = self.offer(
            self.fee, self.hosting, require_signature=False, require_payment=True
        )
        self.authenticate(self.customer.login, self.customer.login)
        self.pay(order, order.amount_total)
        self.assertEqual(self.products_of(order.invoice_ids), self.fee)

    def test_su_14_a_refused_payment_confirms_nothing(self):
        order = self.offer(self.hosting, require_signature=False, require_payment=True)
        self.authenticate(self.customer.login, self.customer.login)
        self.pay(order, order.amount_total, "error")
        self.assertEqual(order.state, "sent")
        self.assertFalse(self.subscriptions_of(order))

    def test_su_14_the_method_saved_while_paying_pays_the_subscription(self):
        order = self.offer(self.hosting, require_signature=False, require_payment=True)
        self.authenticate(self.customer.login, self.customer.login)
        transaction = self.pay(order, order.amount_total, tokenization_requested=True)
        self.assertTrue(transaction.token_id)
        subscription = self.subscriptions_of(order)
        self.assertEqual(subscription.payment_token_id, transaction.token_id)
        self.assertEqual(subscription.payment_method_label, "4242")
        self.bill(subscription, date(2026, 2, 1))
        second = self.bill(subscription, date(2026, 3, 1))
        self.collect(date(2026, 3, 1))
        self.assertEqual(self.charges_of(second).state, "done")
