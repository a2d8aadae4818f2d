from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .payment_common import CrmPortalPaymentCase

FEBRUARY = date(2026, 2, 1)


@tagged("post_install", "-at_install")
class TestPo06Payment(CrmPortalPaymentCase):
    """Due dates, the payment method of a subscription, and a charge that failed."""

    def setUp(self):
        super().setUp()
        self.token = self.store_token("done", partner=self.contact)

    def schedule_of(self, subscription):
        """{due date: state} as the page shows them."""
        rows = self.page(f"/my/subscriptions/{subscription.id}").xpath(
            "//h4[.='Due dates']/following-sibling::div[1]//tbody/tr"
        )
        return {
            self.text_of(row[0]): (self.text_of(row[2]), self.text_of(row[3]))
            for row in rows
        }

    def fail_a_charge(self):
        """A subscription whose first invoice was refused."""
        subscription = self.subscribe_with("error")
        invoice = self.bill(subscription, FEBRUARY)
        self.collect(FEBRUARY)
        return subscription, invoice

    # ------------------------------------------------------------------ due dates
    def test_po_06_due_dates_paid_billed_and_to_come(self):
        subscription = self.subscribe(instalments=4)
        paid = self.bill(subscription, FEBRUARY)
        self.bill(subscription, date(2026, 3, 1))
        self.bill(subscription, date(2026, 4, 1), post=False)
        self.env["account.payment.register"].with_user(self.accountant).with_context(
            active_model="account.move", active_ids=paid.ids
        ).create({}).action_create_payments()
        self.login(self.claire)
        schedule = self.schedule_of(subscription)
        self.assertEqual(
            [(day, state) for day, (_amount, state) in schedule.items()],
            [
                ("02/01/2026", "Paid"),
                ("03/01/2026", "Invoiced"),
                ("05/01/2026", "To come"),
            ],
        )
        self.assertIn("100.00", schedule["05/01/2026"][0])

    def test_po_06_an_open_ended_subscription_shows_the_next_year(self):
        subscription = self.subscribe()
        self.login(self.claire)
        schedule = self.schedule_of(subscription)
        self.assertEqual(len(schedule), 12)
        self.assertEqual(
            set(state for _amount, state in schedule.values()), {"To come"}
        )

    # ------------------------------------------------------------------ payment method
    def test_po_06_a_customer_chooses_among_his_own_payment_methods(self):
        subscription = self.subscribe()
        url = f"/my/subscriptions/{subscription.id}"
        foreign = self.store_token("done", partner=self.rita.partner_id)
        self.login(self.claire)
        page = self.page(url)
        self.assertIn("No payment method is stored", self.text_of(page))
        self.assertEqual(
            page.xpath("//select[@name='token_id']/option/@value"), [str(self.token.id)]
        )
        self.assertIn("/my/payment_method", page.xpath("//a/@href"))
        answer = self.choose(subscription, self.token)
        self.assertIn("Your payment method was taken over.", answer.text)
        self.assertEqual(subscription.sudo().payment_token_id, self.token)
        self.assertIn("charged when due to 4242", self.main_text(url))
        refused = self.choose(subscription, foreign)
        self.assertIn("cannot pay this subscription", refused.text)
        self.env.invalidate_all()
        self.assertEqual(subscription.sudo().payment_token_id, self.token)

    def test_po_06_a_refused_charge_is_told_with_the_way_out(self):
        subscription, invoice = self.fail_a_charge()
        self.login(self.claire)
        url = f"/my/subscriptions/{subscription.id}"
        text = self.main_text(url)
        self.assertIn("A payment was refused.", text)
        self.assertIn(invoice.name, text)
        self.assertIn("error", text)
        self.assertIn(f"/my/invoices/{invoice.id}", self.page(url).xpath("//a/@href"))
        self.assertIn("Payment refused", self.main_text("/my/subscriptions"))
        # told as well while another attempt is planned
        self.env["crm.payment.charge"]._plan(invoice, "retry", date(2026, 2, 4))
        self.assertIn("A payment was refused.", self.main_text(url))
        with freeze_time("2026-02-05 08:00:00"):
            subscription._portal_set_payment_token(self.claire, self.token.id)
        self.collect(date(2026, 2, 5))
        self.assertEqual(invoice.payment_state, "paid")
        self.assertNotIn("refused", self.main_text(url))

    def test_po_06_a_suspended_service_says_so_until_it_is_paid(self):
        self.env["crm.dunning.rule"].search([]).active = False
        self.env["crm.dunning.rule"].create(
            {
                "name": "Suspend",
                "case": "failed",
                "action": "suspend",
                "delay_days": 10,
            }
        )
        subscription, invoice = self.fail_a_charge()
        self.dun(date(2026, 2, 11))
        self.login(self.claire)
        url = f"/my/subscriptions/{subscription.id}"
        self.assertIn("Service suspended since 02/11/2026", self.main_text(url))
        self.env["account.payment.register"].with_user(self.accountant).with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({}).action_create_payments()
        self.assertNotIn("suspended", self.main_text(url))

    # ------------------------------------------------------------------ strangers
    def test_po_06_strangers_neither_see_nor_change_the_payment_method(self):
        subscription, invoice = self.fail_a_charge()
        before = subscription.sudo().payment_token_id
        foreign = self.store_token("done", partner=self.rita.partner_id)
        for user in (self.rita, None):
            self.authenticate(user and user.login, user and user.login)
            with self.subTest(user=user and user.login):
                for token in (foreign, self.token):
                    response = self.url_open(
                        f"/my/subscriptions/{subscription.id}/payment_method",
                        data={
                            "csrf_token": self.csrf() if user else "",
                            "token_id": str(token.id),
                        },
                    )
                    self.assertNotIn(subscription.name, response.text)
                    self.assertNotIn(invoice.name, response.text)
        self.env.invalidate_all()
        self.assertEqual(subscription.sudo().payment_token_id, before)

    def test_po_06_a_shared_link_shows_and_changes_nothing_for_a_visitor(self):
        subscription = self.subscribe()
        share = (
            self.env["portal.share"]
            .with_context(active_model="crm.subscription", active_id=subscription.id)
            .create({"res_model": "crm.subscription", "res_id": subscription.id})
        )
        self.authenticate(None, None)
        page = self.page(share.share_link.split("/", 3)[-1].join(["/", ""]))
        self.assertIn(subscription.name, self.text_of(page))
        self.assertFalse(page.xpath("//form[contains(@action, 'payment_method')]"))

    def test_po_06_no_payment_data_is_reached_by_rpc(self):
        subscription, _invoice = self.fail_a_charge()
        self.login(self.claire)
        for field in ("payment_token_id", "charge_ids", "suspend_reason"):
            self.assert_refused(
                "AccessError", "crm.subscription", "read", subscription.ids, [field]
            )
        self.assert_refused(
            "AccessError",
            "crm.subscription",
            "set_payment_token",
            subscription.ids,
            self.token.id,
        )
        self.assert_refused("AccessError", "crm.payment.charge", "search_read", [])
        with self.assertRaises(AccessError):
            self.env["crm.dunning.step"].with_user(self.claire).search([])
