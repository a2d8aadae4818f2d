from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

CONTEST_ACTIVITY = "crm_ext_subscriptions.mail_activity_type_price_contest"


class CrmPriceRevision(models.Model):
    """What the customer answered: accepted, or contested until a date with a reason.

    A contested price is not applied until a manager has decided.
    """

    _inherit = "crm.price.revision"

    contest_until = fields.Date(
        string="May be contested until", compute="_compute_contest_until", store=True
    )
    answer = fields.Selection(
        [("accepted", "Accepted"), ("contested", "Contested")],
        string="Answer of the customer",
        readonly=True,
        index="btree_not_null",
    )
    answered_at = fields.Datetime(readonly=True)
    answered_by = fields.Many2one("res.partner", readonly=True)
    contest_reason = fields.Text(string="Reason given", readonly=True)
    upheld_by = fields.Many2one(
        "res.users",
        readonly=True,
        help="The manager who maintained the price after it was contested.",
    )
    upheld_at = fields.Datetime(readonly=True)

    @api.depends("notice_sent_on", "clause_id.contest_days")
    def _compute_contest_until(self):
        for revision in self:
            days = revision.clause_id.contest_days
            revision.contest_until = (
                revision.notice_sent_on
                and days
                and revision.notice_sent_on + relativedelta(days=days)
            )

    # ------------------------------------------------------------------ customer
    def _get_letter_group(self):
        """The revisions of one letter: a subscription's at one date."""
        return (
            self.subscription_id.revision_ids.filtered(
                lambda revision: (
                    revision.effective_date == self.effective_date
                    and bool(revision.regularises_id) == bool(self.regularises_id)
                    and revision.state in ("approved", "applied")
                )
            )
            | self
        )

    def _may_answer(self, today):
        """What the customer may still answer, None when nothing."""
        self.ensure_one()
        if self.answer or not self.notice_sent_on:
            return None
        if self.state not in ("approved", "applied"):
            return None
        if self.contest_until and today <= self.contest_until:
            return "any"
        return "accept"

    def _record_answer(self, answer, partner, reason=""):
        """Write the customer's answer down; a second click changes nothing.

        :param answer: accepted or contested
        :param partner: the contact who answers, with read access to the revision
        """
        reason = (reason or "").strip()
        today = fields.Date.context_today(self)
        open_ones = self.filtered(lambda revision: revision._may_answer(today))
        if answer == "contested":
            self._check_contest(open_ones, reason, today)
        if not open_ones:
            return False
        # sudo: a customer has no write access; what he may answer was checked above
        own = open_ones.sudo().with_context(lang=self.company_id.partner_id.lang)
        own.write(
            {
                "answer": answer,
                "answered_at": fields.Datetime.now(),
                "answered_by": partner.id,
                "contest_reason": reason if answer == "contested" else False,
            }
        )
        own._trace_answer(answer, partner, reason)
        return True

    def _check_contest(self, open_ones, reason, today):
        late = open_ones.filtered(lambda revision: revision._may_answer(today) != "any")
        if late:
            raise UserError(
                self.env._("The days in which this price may be contested are over.")
            )
        if open_ones and not reason:
            raise ValidationError(
                self.env._("Reason: tell why you contest the new price.")
            )

    def _trace_answer(self, answer, partner, reason):
        """A message on the subscription, and a task when the price is contested."""
        subject = self._get_letter_title()
        body = (
            self.env._("%(title)s: accepted.", title=subject)
            if answer == "accepted"
            else self.env._(
                "%(title)s: contested. %(reason)s", title=subject, reason=reason
            )
        )
        for thread in (self.subscription_id, *self):
            thread.message_post(
                body=body, author_id=partner.id, subtype_xmlid="mail.mt_note"
            )
        if answer == "contested":
            self[:1].activity_schedule(
                CONTEST_ACTIVITY,
                summary=self.env._("Price contested: decide"),
                note=reason,
                user_id=self._get_decider().id,
            )

    def _get_decider(self):
        """Who hears of a contest: the salesperson, or who approved the price."""
        users = self.user_id | self.approved_by | self.create_uid
        return users.filtered(lambda user: user.active and not user.share)[:1]

    # ------------------------------------------------------------------ decision
    def action_uphold(self):
        """Maintain a contested price: a manager answers for it."""
        if not self.env.user.has_group(
            "crm_ext_subscriptions.group_subscriptions_manager"
        ):
            raise AccessError(
                self.env._("A manager decides on a price that was contested.")
            )
        contested = self.filtered(lambda one: one.answer == "contested")
        if not contested:
            raise UserError(self.env._("Nobody contested this price."))
        contested._advance(
            {"upheld_by": self.env.uid, "upheld_at": fields.Datetime.now()}
        )
        # sudo: users have no write access to a proof; the right was checked above
        contested.sudo().activity_feedback([CONTEST_ACTIVITY])
        contested.subscription_id._message_log_batch(
            bodies={
                subscription.id: self.env._(
                    "%(user)s maintains the contested price.", user=self.env.user.name
                )
                for subscription in contested.subscription_id
            }
        )
        return True

    def _check_contested(self):
        contested = self.filtered(
            lambda one: one.answer == "contested" and not one.upheld_by
        )
        if contested:
            raise UserError(
                self.env._(
                    "%(revisions)s: contested by the customer. A manager maintains the "
                    "price or cancels the revision first.",
                    revisions=", ".join(contested.mapped("display_name")),
                )
            )
