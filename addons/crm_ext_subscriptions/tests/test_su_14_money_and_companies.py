from datetime import date, timedelta

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .payment_common import DAY, PaymentCase


@tagged("post_install", "-at_install")
class TestSu14MoneyAndCompanies(PaymentCase):
    """Charges, reminders, runs, closings and reports in francs and in two companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.dunning.rule"].search([]).active = False
        cls.francs = cls.env.ref("base.CHF")
        cls.francs.active = True
        cls.francs.rate_ids.unlink()
        cls.rate = cls.env["res.currency.rate"].create(
            {"currency_id": cls.francs.id, "name": date(2020, 1, 1), "rate": 0.8}
        )

    @classmethod
    def _new_company(cls):
        """A company of francs, its chart, its demo provider, our people in it."""
        company = cls.env["res.company"].create(
            {
                "name": "Elsewhere",
                "country_id": cls.env.ref("base.us").id,
                "currency_id": cls.francs.id,
            }
        )
        cls.env["account.chart.template"].try_loading("generic_coa", company, False)
        company.currency_id = cls.francs
        (cls.seller + cls.accountant + cls.manager).company_ids += company
        journal = cls.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", "bank")], limit=1
        )
        cls.their_provider = cls.provider.copy(
            {"company_id": company.id, "state": "test", "is_published": True}
        )
        cls.their_provider.journal_id = journal
        return company

    def there(self, company, **values):
        """A subscription of the other company, with what is its own."""
        return self.subscribe(
            company_id=company.id,
            plan_id=False,
            currency_id=company.currency_id.id,
            payment_term_id=self.partner.property_payment_term_id.id,
            **values,
        )

    def bill_in(self, companies, subscriptions, day=DAY):
        return self.bill(
            subscriptions.with_context(allowed_company_ids=companies.ids), day
        ).sudo()

    def remind(self):
        template = self.env.ref("crm_ext_subscriptions.mail_template_reminder")
        self.env["crm.dunning.rule"].create(
            {
                "name": "Reminder",
                "case": "unpaid",
                "action": "mail",
                "delay_days": 1,
                "template_id": template.id,
            }
        )

    def mail_about(self, invoice):
        return self.env["mail.mail"].search(
            [("model", "=", "account.move"), ("res_id", "=", invoice.id)]
        )

    # ------------------------------------------------------------------ francs
    def test_a_franc_invoice_is_charged_in_francs_and_paid(self):
        subscription = self.subscribe_with(currency_id=self.francs.id)
        invoice = self.bill(subscription, DAY)
        self.assertEqual(invoice.amount_total, 120.0)
        self.assertEqual(sum(invoice.invoice_line_ids.mapped("balance")), -125.0)
        self.collect(DAY)
        charge = self.charges_of(invoice)
        self.assertEqual((charge.state, charge.amount), ("done", 120.0))
        self.assertEqual(charge.currency_id, self.francs)
        transaction = charge.sudo().transaction_id
        self.assertEqual(transaction.currency_id, self.francs)
        self.assertEqual(transaction.payment_id.currency_id, self.francs)
        self.assertEqual((invoice.amount_residual, invoice.payment_state), (0, "paid"))

    def test_a_franc_invoice_is_reminded_of_in_francs(self):
        self.remind()
        invoice = self.bill(self.subscribe(currency_id=self.francs.id), DAY)
        self.dun(DAY + timedelta(1))
        self.assertIn("CHF", self.mail_about(invoice).body_html)
        self.assertIn("120.00", self.mail_about(invoice).body_html)

    def test_a_currency_without_a_rate_is_refused_with_the_field_named(self):
        self.rate.unlink()
        with self.assertRaisesRegex(ValidationError, "Currency: CHF"):
            self.subscribe(currency_id=self.francs.id)

    def test_a_rate_that_was_deleted_keeps_the_subscription_apart(self):
        subscription = self.subscribe(currency_id=self.francs.id)
        self.rate.unlink()
        billing = subscription.with_user(self.accountant).with_context(
            crm_bill_until=DAY
        )
        self.assertIn("Currency without a rate: CHF", billing.billing_problem)

    # ------------------------------------------------------------------ two companies
    def test_each_company_charges_with_its_own_provider(self):
        company = self._new_company()
        here, there = self.subscribe_with(), self.there(company)
        token = self.env["payment.token"].create(
            {
                "provider_id": self.their_provider.id,
                "payment_method_id": self.method.id,
                "payment_details": "4343",
                "partner_id": self.partner.id,
                "provider_ref": "demo",
                "demo_simulated_state": "done",
            }
        )
        both = self.company + company
        there.with_user(self.accountant).with_context(
            allowed_company_ids=both.ids
        ).set_payment_token(token.id)
        invoices = self.bill_in(both, here + there)
        self.collect(DAY)
        self.assertEqual(invoices.mapped("payment_state"), ["paid", "paid"])
        for charge in invoices.crm_charge_ids:
            transaction = charge.transaction_id
            self.assertEqual(transaction.company_id, charge.company_id)
            self.assertEqual(transaction.payment_id.company_id, charge.company_id)
            self.assertEqual(transaction.currency_id, charge.currency_id)

    def test_a_token_of_another_company_is_refused(self):
        company = self._new_company()
        token = self.store_token()
        there = self.there(company).with_user(self.accountant)
        both = self.company + company
        with self.assertRaisesRegex(Exception, "company|payment method"):
            there.with_context(allowed_company_ids=both.ids).set_payment_token(token.id)

    def test_reminders_of_each_company(self):
        self.remind()
        company = self._new_company()
        both = self.company + company
        invoices = self.bill_in(both, self.subscribe() + self.there(company))
        self.dun(DAY + timedelta(40))
        for invoice in invoices:
            self.assertEqual(len(self.mail_about(invoice)), 1)
            step = invoice.crm_dunning_step_ids
            self.assertEqual(step.company_id, invoice.company_id)

    def test_a_closing_holds_its_own_company_in_its_own_currency(self):
        company = self._new_company()
        both = self.company + company
        here = self.subscribe(price=310.0, start=date(2026, 1, 1))
        there = self.there(company, price=62.0, start=date(2026, 1, 1))
        self.bill_in(both, here + there, date(2026, 1, 1))
        for subscription, own, amount in (
            (here, self.company, 210.0),
            (there, company, 42.0),
        ):
            cutoff = (
                self.env["crm.billing.cutoff"]
                .with_user(self.accountant)
                .with_context(allowed_company_ids=both.ids)
                .with_company(own)
                .create({"date": date(2026, 1, 10), "company_id": own.id})
            )
            cutoff.action_compute()
            mine = cutoff.line_ids.filtered(
                lambda line: line.subscription_id in here + there
            )
            self.assertEqual(mine.subscription_id, subscription)
            self.assertEqual(sum(mine.mapped("company_amount")), amount)
            self.assertEqual(mine.company_currency_id, own.currency_id)

    def test_the_report_tells_the_companies_apart(self):
        company = self._new_company()
        both = self.company + company
        here, there = self.subscribe(), self.there(company)
        self.bill_in(both, here + there)
        self.env.flush_all()
        report = (
            self.env["crm.billing.report"]
            .with_user(self.accountant)
            .with_context(allowed_company_ids=both.ids)
        )
        billed = dict(
            report._read_group(
                [("subscription_id", "in", (here + there).ids)],
                ["company_id"],
                ["billed:sum"],
            )
        )
        self.assertEqual(billed, {self.company: 100.0, company: 100.0})
        alone = report.with_context(allowed_company_ids=self.company.ids)
        self.assertFalse(alone.search([("subscription_id", "=", there.id)]))

    # ------------------------------------------------------------------ shared invoices
    def test_what_is_paid_by_another_method_has_its_own_invoice(self):
        first, second = self.store_token(), self.store_token()
        subscriptions = self.subscribe(group_invoices=True)
        subscriptions += self.subscribe(group_invoices=True, price=50.0)
        subscriptions += self.subscribe(group_invoices=True, price=7.0)
        billing = subscriptions.with_user(self.accountant)
        billing[0].set_payment_token(first.id)
        billing[1].set_payment_token(second.id)
        invoices = self.bill(subscriptions, DAY)
        self.assertEqual(len(invoices), 3)
        self.collect(DAY)
        paid = {}
        for subscription in subscriptions:
            invoice = subscription.sudo().period_ids.move_id
            paid[self.charges_of(invoice).token_id] = invoice.amount_untaxed
        self.assertEqual(
            paid, {first: 100.0, second: 50.0, self.env["payment.token"]: 7.0}
        )

    def test_what_is_paid_by_one_method_shares_an_invoice_and_a_charge(self):
        token = self.store_token()
        subscriptions = self.subscribe(group_invoices=True)
        subscriptions += self.subscribe(group_invoices=True, price=50.0)
        for subscription in subscriptions.with_user(self.accountant):
            subscription.set_payment_token(token.id)
        invoice = self.bill(subscriptions, DAY)
        self.collect(DAY)
        self.assertEqual(self.charges_of(invoice).amount, 180.0)
        self.assertEqual(invoice.payment_state, "paid")

    # ------------------------------------------------------------------ templates
    def test_a_quotation_templates_plan_is_carried_to_the_quote(self):
        template = self.env["sale.order.template"].create(
            {
                "name": "Hosting by the year",
                "sale_order_template_line_ids": [
                    Command.create({"product_id": self.hosting.id}),
                    Command.create(
                        {
                            "product_id": self.hosting.id,
                            "crm_plan_id": self.yearly.id,
                        }
                    ),
                    Command.create({"product_id": self.fee.id}),
                    Command.create(
                        {"product_id": self.hosting.id, "crm_plan_id": False}
                    ),
                    Command.create({"display_type": "line_note", "name": "Thanks"}),
                ],
            }
        )
        order = self.quote()
        order.sale_order_template_id = template
        order._onchange_sale_order_template_id()
        lines = order.order_line.filtered("product_id")
        self.assertEqual(
            [line.crm_plan_id for line in lines],
            [self.monthly, self.yearly, self.monthly.browse(), self.monthly.browse()],
        )
        self.assertEqual(lines.mapped("price_unit"), [100.0, 1200.0, 600.0, 100.0])
