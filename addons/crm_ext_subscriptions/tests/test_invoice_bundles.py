from datetime import date

from odoo.fields import Command
from odoo.tests import tagged

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
class TestInvoiceBundles(SubscriptionCase):
    """Which rows come on which invoice, and as what."""

    def shared(self, **values):
        return self.subscribe(group_invoices=True, **values)

    def test_su_04_several_subscriptions_on_one_invoice(self):
        first = self.shared(client_order_ref="PO-1")
        second = self.shared(price=50.0)
        alone = self.subscribe(price=7.0)
        invoices = self.bill(first + alone + second, date(2026, 2, 1))
        self.assertEqual(len(invoices), 2)
        together = first.period_ids.move_id
        self.assertEqual(together, second.period_ids.move_id)
        self.assertEqual(together.amount_untaxed, 150.0)
        self.assertEqual(together.invoice_origin, f"{first.name}, {second.name}")
        headings = together.invoice_line_ids.filtered(
            lambda line: line.display_type == "line_section"
        )
        self.assertEqual(
            headings.sorted("sequence").mapped("name"),
            [f"{first.name} (PO-1)", second.name],
        )
        self.assertEqual(alone.period_ids.move_id.amount_untaxed, 7.0)

    def test_only_what_has_one_address_and_one_way_to_pay_is_shared(self):
        term = self.env.ref("account.account_payment_term_30days")
        one, other = self.shared(), self.shared(payment_term_id=term.id)
        elsewhere = self.shared(partner_id=self.partner.copy().id)
        invoices = self.bill(one + other + elsewhere, date(2026, 2, 1))
        self.assertEqual(len(invoices), 3)

    def test_su_04_subscriptions_that_share_are_one_unit_of_a_run(self):
        """However many units a chunk has, what shares an invoice stays together."""
        shared = self.shared() + self.subscribe() + self.shared()
        engine = self.env["crm.subscription"].with_user(self.accountant)
        day = date(2026, 2, 1)
        run = engine._enqueue_billing(shared, day, day, True)
        self.assertEqual(len(run.sudo().unit_ids), 2)
        self.run_batches()
        self.assertEqual(run.state, "done")
        self.assertEqual(len(shared.period_ids.move_id), 2)

    def test_a_credit_below_the_rest_stays_on_the_invoice(self):
        lines = [{"price_unit": 100.0}, {"price_unit": -30.0}]
        subscription = self.subscribe(lines=lines)
        invoice = self.bill(subscription, date(2026, 2, 1))
        self.assertEqual(invoice.move_type, "out_invoice")
        self.assertEqual(invoice.amount_untaxed, 70.0)
        rebate = invoice.invoice_line_ids.filtered(lambda line: line.quantity < 0)
        self.assertEqual((rebate.price_unit, rebate.quantity), (30.0, -1.0))
        self.assertEqual(sum(subscription.period_ids.mapped("amount")), 70.0)

    def test_what_follows_an_invoice_is_told_of_its_rows(self):
        seen = []

        def follow(rows, moves, post):
            seen.append((rows, moves, post))

        self._give_method("crm.billing.period", "_after_invoicing", follow)
        subscription = self.subscribe(lines=[{"price_unit": 5.0}, {"quantity": 0}])
        invoice = self.bill(subscription, date(2026, 2, 1), post=False)
        rows, moves, post = seen[-1]
        self.assertEqual((moves, post), (invoice, False))
        self.assertEqual(rows.move_id, invoice)
        self.assertEqual(len(rows), 1)

    def test_a_credit_that_outweighs_the_rest_by_its_tax_is_a_credit_note(self):
        subscription = self.subscribe(
            lines=[
                {"price_unit": 100.0},
                {"price_unit": 110.0, "tax_ids": [Command.clear()]},
            ]
        )
        self.bill(subscription, date(2026, 2, 1))
        taxed = subscription.line_ids[0]
        subscription.amend("remove_line", "2026-02-01", {"line_id": taxed.id})
        credit = self.bill(subscription, date(2026, 3, 1))
        # 110 without tax, and 120 with its tax to give back
        self.assertEqual(credit.move_type, "out_refund")
        self.assertEqual(credit.state, "posted")
        self.assertEqual(credit.amount_total, 10.0)
        rows = subscription.period_ids
        self.assertEqual(sum(rows.mapped("amount")), 100.0 + 110.0 - 100.0 + 110.0)
