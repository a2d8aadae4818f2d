from datetime import date, timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .payment_common import DAY, PaymentCase


def after(days):
    return DAY + timedelta(days)


@tagged("post_install", "-at_install")
class TestSu14Dunning(PaymentCase):
    """When money does not come: each step by its rule, on its day, once an invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.dunning.rule"].search([]).active = False
        cls.template = cls.env.ref("crm_ext_subscriptions.mail_template_reminder")

    def rule(self, days, action, case="unpaid", **values):
        if action == "mail":
            values.setdefault("template_id", self.template.id)
        return (
            self.env["crm.dunning.rule"]
            .with_user(self.manager)
            .create(
                {
                    "name": f"{action} {days}",
                    "case": case,
                    "action": action,
                    "delay_days": days,
                    **values,
                }
            )
        )

    def mails_about(self, invoice):
        return self.env["mail.mail"].search(
            [("model", "=", "account.move"), ("res_id", "=", invoice.id)], order="id"
        )

    # ------------------------------------------------------------------ refused charges
    def test_su_14_a_refused_charge_is_tried_again_on_the_days_of_the_rules(self):
        for days in (3, 7):
            self.rule(days, "retry", "failed")
        subscription = self.subscribe_with("error")
        invoice = self.bill(subscription, DAY)
        self.collect(DAY)
        expected = {2: 1, 3: 2, 4: 2, 6: 2, 7: 3, 30: 3}
        for days, attempts in expected.items():
            with self.subTest(days):
                self.dun(after(days))
                self.collect(after(days))
                self.assertEqual(len(self.charges_of(invoice)), attempts)
        self.assertEqual(
            self.charges_of(invoice).mapped("planned_date"), [DAY, after(3), after(7)]
        )
        self.assertEqual(len(invoice.sudo().transaction_ids), 3)

    def test_su_14_a_retry_that_succeeds_ends_it(self):
        self.rule(3, "retry", "failed")
        self.rule(5, "mail", "failed")
        subscription = self.subscribe_with("error")
        invoice = self.bill(subscription, DAY)
        self.collect(DAY)
        subscription.payment_token_id.sudo().demo_simulated_state = "done"
        self.dun(after(3))
        self.collect(after(3))
        self.assertEqual(invoice.payment_state, "paid")
        self.dun(after(5))
        self.assertFalse(self.mails_about(invoice))

    def test_su_14_after_the_last_refusal_the_salesperson_gets_an_activity(self):
        self.rule(15, "activity", "failed")
        subscription = self.subscribe_with("error")
        self.bill(subscription, DAY)
        self.collect(DAY)
        self.dun(after(14))
        self.assertFalse(subscription.activity_ids)
        self.dun(after(15))
        self.dun(after(16))
        activity = subscription.activity_ids
        self.assertEqual(activity.user_id, self.seller)
        self.assertEqual(activity.date_deadline, after(15))
        self.assertEqual(activity.summary, "activity 15")

    # ------------------------------------------------------------------ unpaid invoices
    def test_su_14_reminders_go_out_once_each_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.template.with_context(lang="fr_FR").write(
            {"subject": "Relance : facture {{ object.name }}"}
        )
        french = self.partner.copy({"lang": "fr_FR", "email": "fr@crm-ext.example"})
        self.rule(7, "mail")
        ours = self.bill(self.subscribe(), DAY)
        term = self.env.ref("account.account_payment_term_immediate")
        theirs = self.subscribe(partner_id=french.id, payment_term_id=term.id)
        theirs = self.bill(theirs, DAY)
        self.dun(after(6))
        self.assertFalse(self.mails_about(ours) + self.mails_about(theirs))
        self.dun(after(7))
        self.dun(after(8))
        self.assertEqual(
            self.mails_about(ours).subject, f"Reminder: invoice {ours.name}"
        )
        self.assertEqual(
            self.mails_about(theirs).subject, f"Relance : facture {theirs.name}"
        )
        self.assertEqual(self.mails_about(theirs).recipient_ids, french)
        self.assertIn(theirs.get_portal_url(), self.mails_about(theirs).body_html)
        self.assertEqual(self.mails_about(ours).state, "outgoing")

    def test_su_14_a_reminder_bears_the_invoice_that_the_customer_got(self):
        """The PDF is made once by the host's own mechanism, in the customer's language,
        with the electronic file in it."""
        self.env["res.lang"]._activate_lang("fr_FR")
        account = self.env["ir.module.module"].search([("name", "=", "account")])
        account._update_translations(["fr_FR"])
        french = self.partner.copy({"lang": "fr_FR", "email": "fr@crm-ext.example"})
        term = self.env.ref("account.account_payment_term_immediate")
        self.rule(7, "mail")
        self.rule(14, "mail")
        ours = self.bill(self.subscribe(), DAY)
        theirs = self.bill(
            self.subscribe(partner_id=french.id, payment_term_id=term.id), DAY
        )
        self.dun(after(7))
        self.dun(after(14))
        for invoice in ours + theirs:
            document = invoice.invoice_pdf_report_id
            self.assertTrue(document)
            mails = self.mails_about(invoice)
            self.assertEqual(len(mails), 2)
            for mail in mails:
                self.assertEqual(mail.attachment_ids, document)
        self.assertIn("Invoice", ours.invoice_pdf_report_id.raw.decode(errors="ignore"))
        self.assertIn(
            "Facture", theirs.invoice_pdf_report_id.raw.decode(errors="ignore")
        )

    def test_su_14_after_a_stop_of_weeks_only_the_last_mail_goes_out(self):
        first, second = self.rule(7, "mail"), self.rule(21, "mail")
        invoice = self.bill(self.subscribe(), DAY)
        self.dun(after(60))
        self.assertEqual(len(self.mails_about(invoice)), 1)
        steps = self.env["crm.dunning.step"].search([("move_id", "=", invoice.id)])
        self.assertEqual(steps.filtered("skipped").rule_id, first)
        self.assertEqual((steps - steps.filtered("skipped")).rule_id, second)

    def test_su_14_rules_for_other_plans_companies_or_cases_do_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.rule(1, "mail", plan_ids=self.yearly.ids)
        self.rule(1, "mail", "failed")
        self.env["crm.dunning.rule"].create(
            {
                "name": "elsewhere",
                "company_id": other.id,
                "template_id": self.template.id,
                "delay_days": 1,
            }
        )
        invoice = self.bill(self.subscribe(), DAY)
        self.dun(after(30))
        self.assertFalse(self.mails_about(invoice))

    # ------------------------------------------------------------------ suspension
    def test_su_14_suspended_after_n_days_and_resumed_at_payment(self):
        self.rule(45, "suspend")
        subscription = self.subscribe()
        invoice = self.bill(subscription, DAY)
        self.dun(after(44))
        self.assertFalse(subscription.suspended)
        self.dun(after(45))
        self.assertTrue(subscription.suspended)
        self.assertEqual(subscription.suspended_on, after(45))
        self.assertIn(invoice.name, subscription.suspend_reason)
        self.assertEqual(subscription.state, "running", "it is still billed")
        self.env["account.payment.register"].with_user(self.accountant).with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({}).action_create_payments()
        self.assertFalse(subscription.suspended)
        self.assertFalse(subscription.suspend_reason)

    def test_su_14_one_of_two_unpaid_invoices_paid_does_not_resume(self):
        self.rule(10, "suspend")
        subscription = self.subscribe_with("error")
        self.env["crm.dunning.rule"].search([]).case = "failed"
        invoice = self.bill(subscription, DAY)
        second = self.bill(subscription, date(2026, 3, 1))
        self.collect(date(2026, 3, 1))
        self.dun(date(2026, 3, 15))
        self.assertTrue(subscription.suspended)
        for paid, suspended in ((invoice, True), (second, False)):
            self.env["account.payment.register"].with_user(
                self.accountant
            ).with_context(active_model="account.move", active_ids=paid.ids).create(
                {}
            ).action_create_payments()
            self.assertEqual(subscription.suspended, suspended)

    # ------------------------------------------------------------------ rules
    def test_su_14_wrong_rules_are_refused_by_name(self):
        with self.assertRaisesRegex(ValidationError, "E-mail"):
            self.rule(1, "mail", template_id=False)
        with self.assertRaisesRegex(ValidationError, "When"):
            self.rule(1, "retry", "unpaid")
        with self.assertRaises(AccessError):
            self.env["crm.dunning.rule"].with_user(self.seller).create(
                {"name": "Mine", "action": "activity", "delay_days": 1}
            )

    def test_su_14_the_shipped_policy_has_every_kind_of_step(self):
        rules = self.env["crm.dunning.rule"].with_context(active_test=False)
        shipped = rules.search([("id", "in", self._shipped_ids())])
        self.assertEqual(
            set(shipped.mapped("action")), {"retry", "mail", "activity", "suspend"}
        )
        self.assertEqual(set(shipped.mapped("case")), {"failed", "unpaid"})

    def _shipped_ids(self):
        return (
            self.env["ir.model.data"]
            .search(
                [
                    ("model", "=", "crm.dunning.rule"),
                    ("module", "=", "crm_ext_subscriptions"),
                ]
            )
            .mapped("res_id")
        )
