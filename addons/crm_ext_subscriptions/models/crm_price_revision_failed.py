from odoo import api, fields, models

from .crm_price_revision_notice import NOTICE_ACTIVITY

FAILED = ("bounce", "exception")


class CrmPriceRevision(models.Model):
    """A letter that came back is no notice: somebody is told, and it is sent anew.

    The host says what became of each mail (mail.notification), whether the server
    refused it or it bounced days later.
    """

    _inherit = "crm.price.revision"

    notice_message_id = fields.Many2one(
        "mail.message", ondelete="set null", index="btree_not_null", readonly=True
    )
    notice_failure = fields.Char(
        string="Letter not delivered",
        readonly=True,
        help="Why the last letter did not reach the customer: it is no notice.",
    )

    def record_notice(self, sent_on, channel=None):
        self._check_may_decide(None)
        self.filtered("notice_failure")._advance({"notice_failure": False})
        return super().record_notice(sent_on, channel)

    @api.model
    def _fail_notices(self, notifications):
        """Take back the notices whose letter failed; called past the rights of whoever
        the mail server writes as."""
        found = self.search(
            [("notice_message_id", "in", notifications.mail_message_id.ids)]
        )
        for message, revisions in found.grouped("notice_message_id").items():
            own = message.notification_ids & notifications
            failed = own.filtered(
                lambda one, revisions=revisions: (
                    one.res_partner_id == revisions._get_addressee()
                )
            )
            if failed:
                revisions._fail_notice(failed[0])

    def _fail_notice(self, notification):
        decider = self[:1]._get_decider()
        worded = self.with_context(lang=decider.lang or self.env.lang)
        text = worded.env._(
            "The letter did not reach %(customer)s: %(reason)s",
            customer=notification.res_partner_id.display_name,
            reason=notification.with_env(worded.env)._get_failure_text(),
        )
        self.write(
            {
                "notice_failure": text,
                "notice_sent_on": False,
                "notice_channel": False,
                "notice_message_id": False,
                "letter_id": False,
            }
        )
        self.subscription_id._message_log_batch(
            bodies=dict.fromkeys(self.subscription_id.ids, text)
        )
        self[:1].activity_schedule(
            NOTICE_ACTIVITY,
            date_deadline=self[:1].notice_deadline or fields.Date.context_today(self),
            summary=worded.env._("Letter of price revision not delivered"),
            note=text,
            user_id=decider.id,
        )
