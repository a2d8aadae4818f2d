from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class CrmPriceRevision(models.Model):
    """Who decides on a revision, and what must hold before the price changes."""

    _inherit = "crm.price.revision"

    # ------------------------------------------------------------------ actions
    def action_approve(self):
        """Answer for the figures; only a confirmed series may become a price."""
        self._check_may_decide("draft")
        self.clause_id._check_customer()
        if below := self.filtered(lambda revision: revision.limit_kind == "threshold"):
            raise UserError(
                self.env._(
                    "%(revisions)s: below the threshold of the clause, the price in "
                    "force stays.",
                    revisions=", ".join(below.mapped("display_name")),
                )
            )
        self._check_verified()
        self._advance({"state": "approved", "approved_by": self.env.uid})
        return True

    def action_apply(self):
        """Add to each line a version at the new price from the effective date."""
        self._check_may_decide("approved")
        values = self.clause_id._get_observations()
        for revision in self:
            revision._check_not_billed()
            revision._check_base(values[revision.clause_id])
            revision._check_notice()
        # versions are history: no user writes them directly
        self.env["crm.subscription.line.version"].sudo().create(
            [vals for revision in self for vals in revision._prepare_versions()]
        )
        self._advance({"state": "applied", "applied_at": fields.Datetime.now()})
        return True

    def action_cancel(self):
        """Drop a revision that is not applied; its record stays."""
        if self.filtered(lambda revision: revision.state not in ("draft", "approved")):
            raise UserError(self.env._("An applied revision is not cancelled."))
        self._check_may_decide(None)
        self._advance({"state": "cancelled"})
        return True

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

    def _check_not_billed(self):
        # sudo: a row that one may not read is billed all the same
        billed = self.line_id.sudo().period_ids.filtered(
            lambda row: not row.cancelled and row.date_to >= self.effective_date
        )
        if billed:
            raise UserError(
                self.env._(
                    "%(revision)s: billed until %(date)s already. Choose a later "
                    "effective date.",
                    revision=self.display_name,
                    date=max(billed.mapped("date_to")),
                )
            )

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

    def _check_base(self, values):
        """A price changed or revised meanwhile gives another P0 and S0."""
        engine = self.env["crm.price.revision"]
        vals = engine._prepare_revision(
            self.line_id, self.clause_id, self.effective_date, values
        )
        if (vals["p0"], vals["s0_value_id"]) != (self.p0, self.s0_value_id.id):
            raise UserError(
                self.env._(
                    "%(revision)s: another price was applied meanwhile. Cancel this "
                    "one and revise anew.",
                    revision=self.display_name,
                )
            )

    # ------------------------------------------------------------------ notice
    def action_notice_sent(self):
        """The customer was told today, by the channel of the clause."""
        for revision in self:
            revision.record_notice(fields.Date.context_today(self))
        return True

    def record_notice(self, sent_on, channel=None):
        """Write down when and how the customer was told.

        :param sent_on: the day of the notice
        :param channel: how it went; the clause's own channel when not given
        """
        self._check_may_decide(None)
        day = fields.Date.to_date(sent_on)
        for revision in self:
            revision._advance(
                {
                    "notice_sent_on": day,
                    "notice_channel": channel or revision.clause_id.notice_channel,
                }
            )
        return True

    def _check_notice(self):
        """No notice, no revision: where the clause says so."""
        clause = self.clause_id
        if not clause.notice_required:
            return
        latest = self.effective_date - relativedelta(days=clause.notice_days)
        if not self.notice_sent_on or self.notice_sent_on > latest:
            raise UserError(
                self.env._(
                    "%(revision)s: the clause asks for a notice on %(date)s at the "
                    "latest. Record the notice, or choose a later effective date.",
                    revision=self.display_name,
                    date=latest,
                )
            )
