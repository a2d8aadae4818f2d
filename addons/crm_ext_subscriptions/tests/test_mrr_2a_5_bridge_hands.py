from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .bridge_common import BridgeCase

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)


@tagged("post_install", "-at_install")
class TestInvoiceBridgeHands(BridgeCase):
    """What accountants do to the invoices of subscriptions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subscription = cls.subscribe(cls)

    def reverse(self, invoice, **values):
        return (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "journal_id": invoice.journal_id.id,
                    "date": date(2026, 2, 20),
                    **values,
                }
            )
        )

    def credit(self, invoice, effect):
        wizard = self.reverse(invoice, crm_credit_effect=effect)
        wizard.refund_moves()
        return wizard.new_move_ids

    def test_a_line_edited_before_it_was_posted(self):
        invoice = self.bill(self.subscription, FEBRUARY, post=False)
        invoice.invoice_line_ids.price_unit = 90.0
        invoice.action_post()
        self.assert_bridge({"mrr": 100.0, "edited": -10.0, "invoiced": 90.0})

    def test_a_line_added_by_hand(self):
        invoice = self.bill(self.subscription, FEBRUARY, post=False)
        line = {"name": "Port", "price_unit": 7.0, "tax_ids": []}
        invoice.invoice_line_ids = [Command.create(line)]
        invoice.action_post()
        bridge = self.assert_bridge({"mrr": 100.0, "manual": 7.0, "invoiced": 107.0})
        line = bridge.line_ids.filtered(lambda line: line.step == "manual")
        self.assertEqual(self.open_items(line).move_id, invoice)

    def test_a_credit_note_that_only_corrects(self):
        invoice = self.bill(self.subscription, FEBRUARY)
        self.credit(invoice, "correction").action_post()
        self.assert_bridge({"mrr": 100.0, "credit_note": -100.0})

    def test_a_credit_note_of_a_part(self):
        invoice = self.bill(self.subscription, FEBRUARY)
        credit = self.credit(invoice, "correction")
        credit.invoice_line_ids.price_unit = 25.0
        credit.action_post()
        self.assert_bridge({"mrr": 100.0, "credit_note": -25.0, "invoiced": 75.0})

    def test_a_credit_note_that_frees_the_days(self):
        """Gap accepted: the days are unbilled, invoice and credit note cancel out."""
        invoice = self.bill(self.subscription, FEBRUARY)
        self.credit(invoice, "gap").action_post()
        self.assert_bridge(
            {
                "mrr": 100.0,
                "freed": -100.0,
                "replaced": 100.0,
                "credit_note": -100.0,
            }
        )

    def test_a_credit_note_that_bills_again(self):
        invoice = self.bill(self.subscription, FEBRUARY)
        self.credit(invoice, "again").action_post()
        self.assert_bridge(
            {
                "mrr": 100.0,
                "draft": -100.0,
                "replaced": 100.0,
                "credit_note": -100.0,
            }
        )

    def test_an_invoice_reversed_and_made_anew(self):
        invoice = self.bill(self.subscription, FEBRUARY)
        wizard = self.reverse(invoice)
        wizard.modify_moves()
        anew = wizard.new_move_ids
        anew.invoice_date = date(2026, 2, 21)
        anew.action_post()
        self.assert_bridge(
            {
                "mrr": 100.0,
                "replaced": 100.0,
                "credit_note": -100.0,
                "invoiced": 100.0,
            }
        )

    def test_a_draft_deleted_leaves_freed_days(self):
        invoice = self.bill(self.subscription, FEBRUARY, post=False)
        invoice.unlink()
        self.assert_bridge({"mrr": 100.0, "freed": -100.0})

    def test_a_wrong_mrr_is_told_with_its_subscription(self):
        """The remainder is computed, not spread: a move too much shows, and where."""
        self.bill(self.subscription, FEBRUARY)
        bridge = self.open_bridge()
        move = (
            self.env["crm.mrr.move"]
            .sudo()
            .search([("subscription_id", "=", self.subscription.id)], limit=1)
        )
        move.copy({"amount": 5.0, "date": FEBRUARY})
        bridge.action_compute()
        self.assertEqual(bridge.remainder, -5.0)
        line = bridge.line_ids.filtered(lambda line: line.step == "remainder")
        items = self.open_items(line)
        self.assertEqual(items.subscription_id, self.subscription)
        self.assertEqual(items.amount, -5.0)

    def test_a_salesperson_has_no_bridge(self):
        with self.assertRaises(AccessError):
            self.env["crm.invoice.bridge"].with_user(self.seller).create({})

    def test_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Autre"})
        with self.assertRaises(AccessError):
            self.open_bridge(company_id=other.id)

    def test_the_last_month_is_not_before_the_first(self):
        with self.assertRaises(UserError):
            self.open_bridge(MARCH, FEBRUARY)
