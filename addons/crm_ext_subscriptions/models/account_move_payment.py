from odoo import fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """How the invoice of a subscription gets paid: money on account, then by token."""

    _inherit = "account.move"

    crm_charge_ids = fields.One2many(
        "crm.payment.charge", "move_id", string="Charges", readonly=True
    )
    crm_dunning_step_ids = fields.One2many(
        "crm.dunning.step", "move_id", string="Reminders", readonly=True
    )

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted._crm_use_order_payments()
        return posted

    def _crm_use_order_payments(self):
        """What the customer paid with the order, beyond its one-off part, pays the
        first invoices of the subscriptions that the order made."""
        # sudo: whoever posts, the order's money is the customer's
        orders = (
            self.env["sale.order"]
            .sudo()
            .search(
                [
                    ("transaction_ids.state", "=", "done"),
                    (
                        "crm_subscription_ids.period_ids.invoice_line_ids.move_id",
                        "in",
                        self.ids,
                    ),
                ]
            )
        )
        for order in orders:
            rows = order.crm_subscription_ids.period_ids
            # sudo: as above
            own = rows.invoice_line_ids.move_id & self.sudo()
            own._crm_reconcile_with(order.transaction_ids.payment_id)

    def _crm_reconcile_with(self, payments):
        lines = (self + payments.move_id).line_ids.filtered(
            lambda line: (
                line.account_id.account_type == "asset_receivable"
                and line.parent_state == "posted"
                and not line.reconciled
            )
        )
        for _account, own in lines.grouped("account_id").items():
            if len(own.move_id) > 1:
                own.reconcile()

    def _invoice_paid_hook(self):
        res = super()._invoice_paid_hook()
        # sudo: whoever records the payment
        subscriptions = self.sudo().crm_dunning_step_ids.subscription_id
        subscriptions._lift_suspension()
        return res

    # ------------------------------------------------------------------ documents
    def _crm_get_documents(self):
        """The PDF that the customer got, and the electronic file beside it; made by the
        host's own mechanism where there is none yet. Without it a mail still goes out:
        the reason is in the chatter."""
        sender = self.env["account.move.send"]
        if self.invoice_pdf_report_id:
            return sender._get_invoice_extra_attachments(self)
        return sender._generate_and_send_invoices(
            self, sending_methods=[], allow_raising=False
        )

    # ------------------------------------------------------------------ charges
    def _crm_is_owed(self):
        """Whether money is still to come for a posted invoice."""
        return self.state == "posted" and self.payment_state in ("not_paid", "partial")

    def _crm_is_being_paid(self):
        """Whether a bank was asked and has not answered, or its money is yet to be
        recorded."""
        return bool(
            self.transaction_ids.filtered(
                lambda tx: (
                    tx.state in ("pending", "authorized")
                    or (tx.state == "done" and not tx.is_post_processed)
                )
            )
        )

    def _crm_get_charged_subscription(self):
        """The subscription of the invoice whose payment method is charged: the first
        one that has any."""
        rows = self.invoice_line_ids.crm_billing_period_id
        return rows.subscription_id.filtered("payment_token_id").sorted("id")[:1]

    def _crm_check_chargeable(self):
        subscription = self._crm_get_charged_subscription()
        if not self._crm_is_owed():
            raise UserError(
                self.env._("%(invoice)s is paid already.", invoice=self.name)
            )
        subscription._check_payment_token(subscription.payment_token_id)
