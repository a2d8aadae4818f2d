import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools.misc import format_date

from odoo.addons.crm_ext_core.models.crm_batch_run import OPEN_STATES

_logger = logging.getLogger(__name__)

# what was met by somebody else's work: it is free again soon
BUSY = (LockError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY)
SOON = timedelta(minutes=1)
# what a provider's answer makes of the attempt
RESULTS = {
    "pending": "pending",
    "authorized": "pending",
    "done": "done",
    "cancel": "failed",
    "error": "failed",
}


class CrmPaymentCharge(models.Model):
    """Collection: what is due is planned, what is planned is sent, one by one.

    Never inside the billing transaction. The mark "sending" is committed before the
    provider is asked, its answer right after, and then only is the payment made: what
    fails there loses no answer.
    """

    _inherit = "crm.payment.charge"

    @api.model
    def _cron_collect(self):
        """Send what is planned by today, then queue what fell due since."""
        cron = self.env["ir.cron"]
        charges = self.search([("state", "=", "planned")], order="id").filtered(
            lambda charge: charge.planned_date <= charge.company_id._crm_today()
        )
        cron._commit_progress(remaining=len(charges))
        for charge in charges:
            charge = charge[0]  # noqa: PLW2901 no prefetch after each commit
            claimed = charge._claim_or_fail()
            cron._commit_progress()
            if claimed:
                try:
                    charge._send()
                    cron._commit_progress()
                    charge._make_payment()
                except Exception:  # noqa: BLE001 the provider may have done it
                    self.env.cr.rollback()
                    _logger.warning("Charge %s: interrupted", charge.id, exc_info=True)
            if not cron._commit_progress(1):
                return
        for company in self.env["res.company"].search(Domain.TRUE):
            self._enqueue_due(company)

    @api.model
    def _enqueue_due(self, company):
        """Queue the charge of a company's invoices due that were never charged.

        As long as a run is open it has them; its end calls for this again.
        """
        open_run = [("kind", "=", "charge"), ("company_id", "=", company.id)]
        if self.env["crm.batch.run"].search_count(
            [*open_run, ("state", "in", OPEN_STATES)], limit=1
        ):
            return
        today = company._crm_today()
        due = self.env["account.move"].search(
            [("company_id", "=", company.id), *self._get_due_domain(today)]
        )
        if due:
            self.env["crm.batch.run"].with_company(company)._enqueue(
                "charge",
                [{"res_id": move.id} for move in due],
                name=self.env._(
                    "Payments due by %(date)s", date=format_date(self.env, today)
                ),
                payload={"day": fields.Date.to_string(today)},
            )

    @api.model
    def _get_due_domain(self, today):
        token = "crm_billing_period_id.subscription_id.payment_token_id"
        return [
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
            ("payment_state", "in", ("not_paid", "partial")),
            ("invoice_date_due", "<=", today),
            ("crm_charge_ids", "=", False),
            ("invoice_line_ids", "any", [(token, "!=", False)]),
        ]

    def _claim_or_fail(self):
        """Claim; what goes wrong before the provider is asked is a failure in words,
        what others are at work on is asked again within minutes."""
        try:
            return self._claim()
        except BUSY:
            self.env.cr.rollback()
            self._wake_collection(fields.Datetime.now() + SOON)
        except Exception as error:  # noqa: BLE001 it must not stop the others
            self.env.cr.rollback()
            _logger.info("Charge %s: not sent", self.id, exc_info=True)
            self._fail(str(error))
        return False

    def _claim(self):
        """Lock a planned charge with its invoice and mark it as being sent; false when
        there is no need."""
        # sudo: charges and transactions are written by this mechanism alone
        charge = self.sudo()
        charge.lock_for_update(allow_referencing=True)
        if charge.state != "planned":
            return False
        move = charge.move_id
        move.lock_for_update(allow_referencing=True)
        if not move._crm_is_owed():
            charge.state = "cancelled"
            return False
        if move._crm_is_being_paid():
            # asked again on the next day
            return False
        charge._open_transaction(move)
        return charge.state == "sending"

    def _open_transaction(self, move):
        subscription = self.subscription_id
        token = subscription.payment_token_id
        try:
            subscription._check_payment_token(token)
        except UserError as refusal:
            self._fail(str(refusal))
            return
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": token.provider_id.id,
                "payment_method_id": token.payment_method_id.id,
                "token_id": token.id,
                "amount": move.amount_residual,
                "currency_id": move.currency_id.id,
                "partner_id": move.partner_id.id,
                "operation": "offline",
                # the host's scheduled action keeps off it until the bank has answered
                "is_post_processed": True,
                "invoice_ids": [fields.Command.set(move.ids)],
            }
        )
        self.write(
            {
                "state": "sending",
                "token_id": token.id,
                "transaction_id": transaction.id,
                "amount": move.amount_residual,
                "sent_at": fields.Datetime.now(),
            }
        )

    def _send(self):
        """Ask the provider, unless a person has just said what it did; nobody can say
        so while it is asked."""
        # sudo: as in _claim
        charge = self.sudo().try_lock_for_update(allow_referencing=True)
        if charge.state == "sending":
            transaction = charge.transaction_id
            transaction.with_company(transaction.company_id)._charge_with_token()

    def _make_payment(self):
        """Have the host make the payment of what the provider accepted."""
        # sudo: as in _claim
        transaction = self.sudo().transaction_id
        if transaction.state in RESULTS and not transaction.is_post_processed:
            try:
                with self.env.cr.savepoint():
                    transaction.invoice_ids.lock_for_update(allow_referencing=True)
                    transaction._post_process()
            except (UserError, *BUSY):
                # the host's own scheduled action tries again every ten minutes, for
                # days
                _logger.warning("%s: no payment yet", transaction.reference)

    def action_declare_paid(self):
        """State, after a look at the provider's screen, that it took the money: the
        transaction goes on as if the answer had come."""
        self._check_unanswered()
        message = self.env._("Declared paid by %(name)s", name=self.env.user.name)
        for charge in self:
            # sudo: transactions are the host's; the right to collect was checked
            transaction = charge.sudo().transaction_id
            transaction._set_done(state_message=message)
            charge._make_payment()
        return True

    def _take_result(self):
        """Follow the transaction, at once or when the bank answers days later."""
        for charge in self.filtered(lambda one: one.transaction_id.state in RESULTS):
            transaction = charge.transaction_id
            charge.write(
                {
                    "state": RESULTS[transaction.state],
                    "reason": transaction.state_message,
                    "result_date": charge.company_id._crm_today(),
                }
            )
