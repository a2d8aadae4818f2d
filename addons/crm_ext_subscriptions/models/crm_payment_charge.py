from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError

LIVE_STATES = ("planned", "sending", "pending")


class CrmPaymentCharge(models.Model):
    """One attempt to collect an invoice with the customer's stored payment method.

    The database allows one live attempt an invoice. An attempt is marked as being sent,
    and that mark committed, before the provider is asked: after a crash it waits for a
    person, and money is never asked twice.
    """

    _name = "crm.payment.charge"
    _description = "Charge of a stored payment method"
    _order = "planned_date desc, id desc"

    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    subscription_id = fields.Many2one(
        "crm.subscription",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one(related="move_id.company_id", store=True)
    partner_id = fields.Many2one(
        related="move_id.partner_id", string="Customer", store=True
    )
    user_id = fields.Many2one(related="subscription_id.user_id", store=True)
    currency_id = fields.Many2one(related="move_id.currency_id", store=True)
    attempt = fields.Integer(required=True, readonly=True, aggregator=None)
    origin = fields.Selection(
        [
            ("due", "Invoice due"),
            ("retry", "Tried again by rule"),
            ("customer", "New payment method"),
            ("user", "Tried again by hand"),
        ],
        required=True,
        default="due",
        readonly=True,
    )
    planned_date = fields.Date(string="Planned for", required=True, readonly=True)
    token_id = fields.Many2one(
        "payment.token", string="Payment method", readonly=True, ondelete="restrict"
    )
    transaction_id = fields.Many2one(
        "payment.transaction", readonly=True, index="btree_not_null"
    )
    amount = fields.Monetary(readonly=True)
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("sending", "Sent, no answer"),
            ("pending", "Waiting for the bank"),
            ("done", "Paid"),
            ("failed", "Failed"),
            ("cancelled", "Not needed"),
        ],
        required=True,
        default="planned",
        index=True,
        readonly=True,
    )
    sent_at = fields.Datetime(readonly=True)
    result_date = fields.Date(string="Answered on", readonly=True)
    reason = fields.Char(string="What the provider said", readonly=True)

    _attempt_once = models.Constraint(
        "UNIQUE (move_id, attempt)", "This attempt exists already."
    )
    _one_live = models.UniqueIndex(
        "(move_id) WHERE state IN ('planned', 'sending', 'pending')",
        "This invoice is being charged already.",
    )

    @api.depends("move_id.name", "attempt")
    def _compute_display_name(self):
        for charge in self:
            charge.display_name = self.env._(
                "%(invoice)s, attempt %(number)s",
                invoice=charge.move_id.name,
                number=charge.attempt,
            )

    # ------------------------------------------------------------------ plan
    @api.model
    def _plan(self, moves, origin, day):
        """Plan one attempt for each invoice that has none under way.

        :return: the charges
        :raise ConcurrencyError: another transaction has just planned one; who is asked
            again, as the host and the lanes do, finds it
        """
        # sudo: charges are written by this mechanism alone
        charges = self.sudo()
        live, last = charges._read_attempts(moves)
        vals_list = [
            {
                "move_id": move.id,
                "subscription_id": subscription.id,
                "token_id": subscription.payment_token_id.id,
                "attempt": last.get(move.id, 0) + 1,
                "origin": origin,
                "planned_date": day,
            }
            # sudo: as above
            for move in moves.sudo()
            if move.id not in live
            for subscription in move._crm_get_charged_subscription()
        ]
        try:
            return charges.create(vals_list).sudo(False)
        except UniqueViolation as error:
            raise ConcurrencyError("Charged by somebody else") from error

    def _read_attempts(self, moves):
        """Ids of the invoices with a live attempt, and the last number of each."""
        live, last = set(), {}
        for move, state, number in self._read_group(
            [("move_id", "in", moves.ids)], ["move_id", "state"], ["attempt:max"]
        ):
            last[move.id] = max(number, last.get(move.id, 0))
            if state in LIVE_STATES:
                live.add(move.id)
        return live, last

    @api.model
    def _batch_process(self, run, units):
        """Plan the charges of the units' invoices (kind "charge")."""
        moves = self.env["account.move"].browse(units.mapped("res_id")).exists()
        # sudo: whoever asks for the run, invoices are judged alike; an attempt made
        # meanwhile is no failure
        moves = moves.sudo().filtered(lambda move: not move.crm_charge_ids)
        for move in moves:
            move._crm_check_chargeable()
        self._plan(moves, "due", fields.Date.to_date(run.payload["day"]))

    @api.model
    def _batch_unit_label(self, unit):
        # sudo: a name, for whoever started the run
        return self.env["account.move"].browse(unit.res_id).sudo().display_name

    @api.model
    def _batch_done(self, run):
        self._wake_collection()

    @api.model
    def _wake_collection(self, at=None):
        # sudo: whoever plans may not read scheduled actions
        cron = self.env.ref("crm_ext_subscriptions.ir_cron_collect").sudo()
        if cron.active:
            cron._trigger(at)

    # ------------------------------------------------------------------ actions
    def action_retry(self):
        """Charge a failed invoice again, at once."""
        self._check_may_collect()
        if self.filtered(lambda charge: charge.state != "failed"):
            raise UserError(self.env._("Only a failed charge is tried again."))
        for company, own in self.grouped("company_id").items():
            self._plan(own.move_id, "user", company._crm_today())
        self._wake_collection()
        return True

    def action_declare_failed(self):
        """State, after a look at the provider's screen, that nothing was paid."""
        self._check_unanswered()
        self._fail(self.env._("Declared failed by %(name)s", name=self.env.user.name))
        return True

    def _check_unanswered(self):
        self._check_may_collect()
        # sudo: charges are locked by this mechanism, whoever asks
        if self.sudo().try_lock_for_update(allow_referencing=True) != self:
            raise UserError(
                self.env._(
                    "The provider is being asked right now: wait for its answer."
                )
            )
        if self.filtered(lambda charge: charge.state != "sending"):
            raise UserError(
                self.env._("Only a charge without an answer is declared paid or not.")
            )

    def _check_may_collect(self):
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Collecting payments is for accountants."))

    def _fail(self, reason):
        # sudo: charges are written by this mechanism alone
        for charge in self.sudo():
            charge.write(
                {
                    "state": "failed",
                    "reason": reason,
                    "result_date": charge.company_id._crm_today(),
                }
            )
