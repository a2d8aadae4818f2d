from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .sale_common import SaleCase


@tagged("post_install", "-at_install")
class TestFunnelSale(SaleCase):
    """Quotations and invoices that the funnel makes, as the salesperson moves cards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner.email = "client@client.example"
        cls.qualified, cls.quoted, cls.to_pay = cls.env["crm.stage"].create(
            [
                {"name": name, "sequence": 100 + rank}
                for rank, name in enumerate(("Qualified", "Quoted", "To pay"))
            ]
        )
        cls.card = (
            cls.env["crm.lead"]
            .with_user(cls.salesperson)
            .create(
                {
                    "name": "Extranet",
                    "type": "opportunity",
                    "partner_id": cls.partner.id,
                    "stage_id": cls.qualified.id,
                    "user_id": cls.salesperson.id,
                    "crm_product_ids": [Command.link(cls.fee.id)],
                }
            )
        )

    def _rule(self, moment, stage, actions, **values):
        rules = self.env["crm.funnel.rule"].with_user(self.sales_manager)
        return rules.create(
            {
                "name": f"On {moment}",
                "moment": moment,
                "stage_id": stage.id,
                "action_ids": [
                    Command.create({"kind": kind} | given) for kind, given in actions
                ],
            }
            | values
        )

    def _fire(self, actions):
        self._rule("enter", self.quoted, actions)
        self.card.stage_id = self.quoted
        return self.card.crm_funnel_firing_ids

    def test_co_28_a_quotation_from_a_template_is_made_and_taken_back(self):
        template = self.env["sale.order.template"].create(
            {
                "name": "Extranet pack",
                "sale_order_template_line_ids": [
                    Command.create({"product_id": self.hosting.id}),
                ],
            }
        )
        given = {"crm_order_template_id": template.id}
        firing = self._fire([("quotation", given)])
        order = self.card.order_ids
        self.assertEqual((order.state, order.partner_id), ("draft", self.partner))
        self.assertEqual(order.order_line.product_id, self.hosting)
        self.assertIn(order.name, firing.effects)
        firing.action_undo()
        self.assertFalse(order.exists())
        self.assertEqual(firing.state, "undone")

    def test_co_28_a_quotation_of_the_cards_products_is_sent_and_signed(self):
        self._rule(
            "event",
            self.quoted,
            [("move", {"next_stage_id": self.to_pay.id})],
            event="order_confirmed",
        )
        firing = self._fire([("quotation", {}), ("quotation_send", {"sequence": 11})])
        order = self.card.order_ids
        self.assertEqual(order.order_line.product_id, self.fee)
        self.assertEqual(order.state, "sent", firing.reason)
        mail = self.env["mail.mail"].search(
            [("model", "=", "sale.order"), ("res_id", "=", order.id)]
        )
        self.assertEqual(mail.state, "outgoing")
        order.action_confirm()
        self.assertEqual(self.card.stage_id, self.to_pay)
        mail.state = "sent"
        with self.assertRaisesRegex(UserError, "cannot be called back"):
            firing.action_undo()

    def test_co_28_to_pay_sends_the_invoice_and_paid_moves_on(self):
        won = self.env["crm.stage"].create({"name": "Paid", "sequence": 110})
        self._rule("enter", self.to_pay, [("invoice", {"crm_invoice_step": "send"})])
        self._rule(
            "event",
            self.to_pay,
            [("move", {"next_stage_id": won.id})],
            event="invoice_paid",
        )
        self.sell(self.fee, opportunity_id=self.card.id)
        self.card.stage_id = self.to_pay
        invoice = self.card.order_ids.sudo().invoice_ids
        self.assertEqual(invoice.state, "posted")
        self.assertTrue(invoice.sending_data, "the host's sending job has it")
        firing = self.card.crm_funnel_firing_ids
        with self.assertRaisesRegex(UserError, "credit note"):
            firing.action_undo()
        payer = self.env["account.payment.register"].with_user(self.accountant)
        payer.with_context(active_model="account.move", active_ids=invoice.ids).create(
            {}
        )._create_payments()
        self.assertEqual(self.card.stage_id, won)

    def test_co_28_nothing_to_invoice_fails_with_the_way_out(self):
        firing = self._fire([("invoice", {})])
        self.assertEqual(firing.state, "failed")
        self.assertIn("confirm a quotation", firing.reason)
        self.assertEqual(self.card.stage_id, self.quoted, "the move is kept")
        self.sell(self.fee, opportunity_id=self.card.id)
        firing.action_retry()
        invoice = self.card.order_ids.sudo().invoice_ids
        self.assertEqual((firing.state, invoice.state), ("done", "draft"))
        firing.action_undo()
        self.assertFalse(invoice.exists())

    def test_co_28_a_dry_run_neither_sends_nor_posts(self):
        self._rule(
            "enter",
            self.quoted,
            [
                ("quotation", {}),
                ("quotation_send", {"sequence": 11}),
                ("invoice", {"crm_invoice_step": "send", "sequence": 12}),
            ],
        )
        self.sell(self.fee, opportunity_id=self.card.id)
        orders = self.card.order_ids
        mails = self.env["mail.mail"].search([])
        trial = (
            self.env["crm.funnel.trial"]
            .with_user(self.salesperson)
            .create({"lead_id": self.card.id, "stage_id": self.quoted.id})
        )
        trial.action_try()
        self.assertEqual(trial.line_ids.outcome, "fires", trial.line_ids.words)
        for words in ("Quotation to come", "sent to Client", "posted and sent"):
            self.assertIn(words, trial.line_ids.words)
        self.card.invalidate_recordset()
        self.assertEqual(self.card.order_ids, orders)
        self.assertFalse(orders.sudo().invoice_ids)
        self.assertEqual(self.env["mail.mail"].search([]), mails)
