from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_subscription import STATE_CHANGE

TRANSITIONS = {
    ("draft", "running"),
    ("running", "draft"),
    ("running", "paused"),
    ("running", "closed"),
    ("paused", "running"),
    ("paused", "closed"),
    ("closed", "running"),
}


class CrmSubscription(models.Model):
    """The life of a subscription: which state follows which, and what it does.

    Confirming is a person's act. Paused and closed follow from the dated terms: the
    state is set on the day, by the change itself, by billing or by the daily action.
    """

    _inherit = "crm.subscription"

    def action_confirm(self):
        """Freeze the terms: each line gets its first dated versions."""
        self._check_before_confirming()
        self._change_state("running")
        self.line_ids._open_versions()
        return True

    def action_draft(self):
        """Correct an entry as long as nothing was ever billed, revised or changed."""
        # sudo: what one may not read was billed or revised all the same
        known = self.sudo()
        if known.period_ids or known.revision_ids or known.change_ids:
            raise UserError(
                self.env._(
                    "Something was billed or revised already, or changed: the terms "
                    "stay as they are."
                )
            )
        self._check_no_predecessor()
        self._change_state("draft")
        # versions are readable history; only this way back may take them away
        self.sudo().version_ids.unlink()
        return True

    # ------------------------------------------------------------------ follow dates
    @api.model
    def _cron_sync_states(self):
        """Set what today makes of pauses and ends that were entered for it."""
        # a day more: somewhere it is tomorrow, and each company's own day decides
        tomorrow = fields.Date.today() + timedelta(days=1)
        moving = self.search(
            [
                ("state", "in", ("running", "paused")),
                "|",
                ("date_term", "<=", tomorrow),
                ("version_ids.stop", "=", "pause"),
            ]
        )
        moving._sync_states()

    def _sync_states(self):
        """Paused, running again or closed, as the dated terms say today: the day of the
        company, which a term that ends "today" was given by."""
        living = self.filtered(lambda sub: sub.state in ("running", "paused"))
        days = {company: company._crm_today() for company in living.company_id}
        for subscription in living:
            state = subscription._get_state_on(days[subscription.company_id])
            if state != subscription.state:
                # sudo: who bills the last invoice need not write contracts
                subscription.sudo()._change_state(state)

    def _get_state_on(self, day):
        self.ensure_one()
        if self.date_term and self.date_term <= day and not self._has_more_to_bill():
            return "closed"
        return "paused" if self._is_paused_at(day) else "running"

    def _has_more_to_bill(self):
        if self.next_due_date:
            return True
        return bool(self._get_pending_rows(fields.Date.to_date("9999-12-31")))

    def _bill(self, until, invoice_date, post):
        """What has its last invoice is closed."""
        moves = super()._bill(until, invoice_date, post)
        self.filtered(lambda sub: not sub.next_due_date)._sync_states()
        return moves

    def _change_state(self, state):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for subscription in self:
            if (subscription.state, state) not in TRANSITIONS:
                raise UserError(
                    self.env._(
                        "%(name)s cannot go from %(before)s to %(after)s.",
                        name=subscription.name,
                        before=labels[subscription.state],
                        after=labels[state],
                    )
                )
        self.with_context(crm_state=STATE_CHANGE).write({"state": state})
