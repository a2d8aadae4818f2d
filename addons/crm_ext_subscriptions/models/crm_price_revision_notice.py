from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_index_clause_limits import NOTICE_CHANNELS

SOON = 7  # days before the last day of notice at which somebody is told
NOTICE_ACTIVITY = "crm_ext_subscriptions.mail_activity_type_price_notice"
ACTIVITIES = (
    NOTICE_ACTIVITY,
    "crm_ext_subscriptions.mail_activity_type_price_contest",
)


class CrmPriceRevision(models.Model):
    """When the customer must be told at the latest, and when he was."""

    _inherit = "crm.price.revision"

    notice_sent_on = fields.Date(readonly=True)
    notice_channel = fields.Selection(NOTICE_CHANNELS, readonly=True)
    notice_deadline = fields.Date(
        string="Notice at the latest",
        compute="_compute_notice_deadline",
        store=True,
        help="The effective date less the days of notice of the clause.",
    )
    notice_required = fields.Boolean(related="clause_id.notice_required")

    @api.depends("effective_date", "clause_id.notice_days", "clause_id.notice_required")
    def _compute_notice_deadline(self):
        for revision in self:
            clause = revision.clause_id
            revision.notice_deadline = (
                revision.effective_date
                and (clause.notice_days or clause.notice_required)
                and not revision.regularises_id
                and revision.effective_date - relativedelta(days=clause.notice_days)
            )

    def action_notice_sent(self):
        """The customer was told today, by the channel of the clause."""
        return self.record_notice(fields.Date.context_today(self))

    def record_notice(self, sent_on, channel=None):
        """Write down when and how the customer was told.

        :param sent_on: the day of the notice
        :param channel: how it went; the clause's own channel when not given
        """
        self._check_may_decide(None)
        if channel and channel not in dict(NOTICE_CHANNELS):
            raise UserError(
                self.env._(
                    "Channel: choose one of %(codes)s.",
                    codes=", ".join(dict(NOTICE_CHANNELS)),
                )
            )
        day = fields.Date.to_date(sent_on)
        for used, revisions in self.grouped(
            lambda revision: channel or revision.clause_id.notice_channel
        ).items():
            revisions._advance({"notice_sent_on": day, "notice_channel": used})
        # sudo: users have no write access to a proof; the right was checked above
        self.sudo().activity_feedback([NOTICE_ACTIVITY])
        return True

    def _check_notice(self):
        """No notice, no revision: where the clause says so."""
        for revision in self:
            latest = revision.notice_deadline
            if not latest or not revision.clause_id.notice_required:
                continue
            if not revision.notice_sent_on or revision.notice_sent_on > latest:
                raise UserError(
                    self.env._(
                        "%(revision)s: the clause asks for a notice on %(date)s at the "
                        "latest. Record the notice, or choose a later effective date.",
                        revision=revision.display_name,
                        date=latest,
                    )
                )

    # ------------------------------------------------------------------ alerts
    @api.model
    def _cron_alert_notices(self):
        """A task for whoever has letters to send in time; one a campaign."""
        today = fields.Date.context_today(self)
        waiting = self.search(
            [
                ("state", "in", ("draft", "approved")),
                ("notice_sent_on", "=", False),
                ("notice_deadline", "<=", today + relativedelta(days=SOON)),
            ]
        )
        for campaign, revisions in waiting.grouped("campaign_id").items():
            targets = campaign or revisions
            busy = targets.activity_ids.filtered(
                lambda one: one.activity_type_id == self.env.ref(NOTICE_ACTIVITY)
            )
            for target in targets.browse(set(targets.ids) - set(busy.mapped("res_id"))):
                own = revisions if campaign else target
                target._alert_notice(len(own), min(own.mapped("notice_deadline")))

    def _alert_notice(self, count, deadline):
        keepers = self.approved_by | self.user_id | self.create_uid
        self.activity_schedule(
            NOTICE_ACTIVITY,
            date_deadline=deadline,
            summary=self._get_notice_summary(count),
            user_id=keepers.filtered("active")[:1].id,
        )

    @api.model
    def _get_notice_summary(self, count):
        return self.env._("Letters of price revision to send: %(count)s", count=count)

    def _close_activities(self):
        # sudo: users have no write access to a proof; the rights were checked before
        self.sudo().activity_unlink(list(ACTIVITIES))
