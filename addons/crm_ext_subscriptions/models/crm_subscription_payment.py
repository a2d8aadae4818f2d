from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .crm_subscription import STATE_CHANGE

PAYMENT_FIELDS = {"payment_token_id", "suspended", "suspended_on", "suspend_reason"}


class CrmSubscription(models.Model):
    """Which stored payment method pays, what failed, and a service that is suspended.

    Suspended is no state: the contract runs and is billed; what stops is the service,
    until the invoice behind it is paid.
    """

    _inherit = "crm.subscription"

    payment_token_id = fields.Many2one(
        "payment.token",
        string="Stored payment method",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Stored by the customer with the payment provider; charged when an "
        "invoice is due.",
    )
    payment_method_label = fields.Char(
        string="Paid by", compute="_compute_payment_method_label", compute_sudo=True
    )
    charge_ids = fields.One2many("crm.payment.charge", "subscription_id")
    failed_charge_count = fields.Integer(
        compute="_compute_failed_charge_count", compute_sudo=True
    )
    dunning_step_ids = fields.One2many("crm.dunning.step", "subscription_id")
    suspended = fields.Boolean(copy=False, readonly=True, tracking=True, index=True)
    suspended_on = fields.Date(copy=False, readonly=True)
    suspend_reason = fields.Char(
        string="Why suspended", copy=False, readonly=True, tracking=True
    )

    @api.depends("payment_token_id")
    def _compute_payment_method_label(self):
        for subscription in self:
            token = subscription.payment_token_id
            active = token.filtered("active")
            subscription.payment_method_label = active.display_name

    @api.depends("charge_ids.state", "charge_ids.move_id.payment_state")
    def _compute_failed_charge_count(self):
        for subscription in self:
            subscription.failed_charge_count = len(subscription._get_failed_moves())

    def _get_failed_moves(self):
        """Unpaid invoices whose last charge failed, oldest first, also while another
        one is planned."""
        charges = self.charge_ids.filtered(lambda charge: charge.state != "planned")
        charges = charges.sorted("attempt")
        last = {charge.move_id: charge for charge in charges}
        failed = self.env["account.move"].union(
            *(
                move
                for move, charge in last.items()
                if charge.state == "failed"
                and move.payment_state in ("not_paid", "partial")
            )
        )
        return failed.sorted(lambda move: (move.invoice_date_due, move.id))

    def write(self, vals):
        if PAYMENT_FIELDS & vals.keys():
            if self.env.context.get("crm_state") is not STATE_CHANGE:
                raise UserError(
                    self.env._(
                        "Payment method and suspension change by their own actions "
                        "only."
                    )
                )
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        if any(PAYMENT_FIELDS & vals.keys() for vals in vals_list):
            raise UserError(
                self.env._(
                    "A subscription begins without payment method or suspension."
                )
            )
        return super().create(vals_list)

    # ------------------------------------------------------------------ token
    def set_payment_token(self, token_id):
        """Let a stored payment method of the customer pay what falls due.

        :param token_id: id of the payment.token; false: none any more
        """
        self.env["crm.payment.charge"]._check_may_collect()
        self.check_access("read")
        self._set_payment_token(self.env["payment.token"].browse(token_id or ()))
        return True

    def action_forget_payment_method(self):
        return self.set_payment_token(False)

    def _set_payment_token(self, token):
        """Store who pays, and charge again at once what failed before."""
        for subscription in self:
            if token:
                subscription._check_payment_token(token)
        # sudo: customers and payment flows come here, after their own checks
        own = self.sudo().with_context(crm_state=STATE_CHANGE)
        own.write({"payment_token_id": token.id})
        for subscription in own:
            subscription._message_log(
                body=self.env._("Payment method: %(name)s", name=token.display_name)
                if token
                else self.env._("Payment method removed")
            )
        charges = self.env["crm.payment.charge"]
        if token and (failed := own._get_failed_moves()):
            for company, moves in failed.grouped("company_id").items():
                charges._plan(moves, "customer", company._crm_today())
            charges._wake_collection()

    def _check_payment_token(self, token):
        """Refuse a method that cannot pay this customer's invoices."""
        self.ensure_one()
        # sudo: only whether it fits leaves this method
        token = token.sudo()
        if not token or not token.active:
            raise ValidationError(
                self.env._("The stored payment method was removed by the customer.")
            )
        if token.provider_id.state == "disabled":
            raise ValidationError(
                self.env._(
                    "The payment provider %(name)s is disabled.",
                    name=token.provider_id.name,
                )
            )
        if token.partner_id.commercial_partner_id != self.commercial_partner_id:
            raise ValidationError(
                self.env._("Payment method: it belongs to another customer.")
            )
        if token.company_id not in self.company_id.parent_ids:
            raise ValidationError(
                self.env._("Payment method: it belongs to another company.")
            )

    # ------------------------------------------------------------------ suspension
    def _suspend(self, reason, day):
        """Stop the service for a payment that does not come."""
        # sudo: suspension belongs to dunning, whatever its reader's rights
        self.sudo().with_context(crm_state=STATE_CHANGE).write(
            {"suspended": True, "suspended_on": day, "suspend_reason": reason}
        )

    def _lift_suspension(self):
        """Resume the service, once nothing that led to its suspension is unpaid."""
        for subscription in self.filtered("suspended"):
            causes = subscription.dunning_step_ids.filtered(
                lambda step: step.action == "suspend"
            ).move_id
            if not causes.filtered(lambda move: move._crm_is_owed()):
                subscription.with_context(crm_state=STATE_CHANGE).write(
                    {"suspended": False, "suspended_on": False, "suspend_reason": False}
                )
