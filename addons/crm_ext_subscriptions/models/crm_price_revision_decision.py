from decimal import Decimal

from odoo import models
from odoo.exceptions import AccessError, UserError

MEANWHILE = ("p0", "s0_value_id")


class CrmPriceRevision(models.Model):
    """Who decides on a revision, and what must hold before the price changes."""

    _inherit = "crm.price.revision"

    # ------------------------------------------------------------------ actions
    def action_approve(self):
        """Answer for the figures; only a confirmed series may become a price."""
        self._check_may_decide("draft")
        return self._carry_out("approve")

    def action_cancel(self):
        """Drop a revision that is not applied; its record stays."""
        if self.filtered(lambda revision: revision.state not in ("draft", "approved")):
            raise UserError(self.env._("An applied revision is not cancelled."))
        self._check_may_decide(None)
        return self._carry_out("cancel")

    def _approve(self):
        self.clause_id._check_customer()
        below = self.filtered(
            lambda revision: (
                revision.limit_kind == "threshold" and not revision.regularises_id
            )
        )
        if below:
            raise UserError(
                self.env._(
                    "%(revisions)s: below the threshold of the clause, the price in "
                    "force stays.",
                    revisions=", ".join(below.mapped("display_name")),
                )
            )
        self._check_verified()
        self._advance({"state": "approved", "approved_by": self.env.uid})

    def _cancel(self):
        self._advance({"state": "cancelled"})
        self._close_activities()

    # ------------------------------------------------------------------ checks
    def _check_may_decide(self, state):
        if not self.env.user.has_groups(
            "crm_ext_subscriptions.group_subscriptions_manager,"
            "crm_ext_subscriptions.group_subscriptions_accountant"
        ):
            raise AccessError(
                self.env._("A manager or an accountant decides on a price revision.")
            )
        if state and self.filtered(lambda revision: revision.state != state):
            raise UserError(self.env._("This revision is not at that stage."))

    def _advance(self, vals):
        self.check_access("read")
        # closed to direct writing: the rights were checked by the calling action
        self.sudo().write(vals)

    def _check_verified(self):
        unverified = self.value_ids.filtered(lambda value: not value.verified)
        if unverified:
            raise UserError(
                self.env._(
                    "%(values)s: not confirmed. An accountant confirms the series, or "
                    "the value, with one click before its first use.",
                    values=", ".join(unverified.mapped("display_name")),
                )
            )

    # ------------------------------------------------------------------ base
    def _check_base(self):
        """A price changed or revised meanwhile gives another P0 and S0."""
        entered = self.clause_id._get_last_entries()
        doubtful = self.filtered(
            lambda revision: not revision._has_same_base(entered[revision.clause_id])
        )
        values = doubtful.clause_id._get_observations()
        for revision in doubtful:
            vals = self._prepare_revision(
                revision.line_id,
                revision.clause_id,
                revision.effective_date,
                values[revision.clause_id],
            )
            known = (revision.p0, revision.s0_value_id.id)
            if tuple(vals[name] for name in MEANWHILE) != known:
                raise UserError(
                    self.env._(
                        "%(revision)s: another price was applied meanwhile. Cancel "
                        "this one and revise anew.",
                        revision=revision.display_name,
                    )
                )

    def _has_same_base(self, entered):
        """Whether it would be reckoned from the very same figures: nothing that P0 and
        S0 are found by has changed since. If in doubt it is reckoned anew.

        :param entered: when the clause, or a value of its series, was last entered
        """
        if not self.create_date or entered >= self.create_date:
            return False
        found = self._get_prices(self.line_id, self.clause_id, self.effective_date)
        record = self.record
        return found == (
            Decimal(record["p0"]),
            Decimal(record["current"]),
            self.previous_id,
        )
