from odoo import fields, models


class PaymentTransaction(models.Model):
    """What providers answer reaches the charges; a token saved with an order serves."""

    _inherit = "payment.transaction"

    crm_charge_ids = fields.One2many(
        "crm.payment.charge", "transaction_id", string="Charges"
    )

    def _update_state(self, allowed_states, target_state, state_message):
        updated = super()._update_state(allowed_states, target_state, state_message)
        # sudo: whoever brings the bank's answer, a visitor's session included
        updated.sudo().crm_charge_ids._take_result()
        return updated

    def _post_process(self):
        res = super()._post_process()
        accepted = self.filtered(lambda tx: tx.state in ("authorized", "done"))
        for transaction in accepted.filtered("token_id"):
            # sudo: the customer who pays an order need not read its subscriptions
            transaction.sudo()._crm_hand_token_over()
        return res

    def _crm_hand_token_over(self):
        """The payment method saved while paying an order pays its subscriptions."""
        for subscription in self.sale_order_ids.crm_subscription_ids:
            if not subscription.payment_token_id:
                subscription._set_payment_token(self.token_id)
