from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .revision_common import DAY, RevisionCase

TOLD = date(2014, 12, 20)


@tagged("post_install", "-at_install")
class TestSu08NoticeFailed(RevisionCase):
    """A letter that came back is no notice."""

    def announced(self, **clause):
        revision = self.approved(self.indexed(**clause))
        revision.action_send_letter()
        return revision

    def fail(self, revision, status="bounce"):
        """What the host writes when a mail comes back, or the server refuses it."""
        # sudo: the mail gateway has no user of its own
        notification = revision.notice_message_id.sudo().notification_ids.filtered(
            lambda one: one.res_partner_id == self.partner
        )
        notification.write(
            {"notification_status": status, "failure_type": "mail_bounce"}
        )

    @freeze_time(TOLD)
    def test_su_08_a_bounced_letter_is_no_notice(self):
        revision = self.announced(notice_days=30, notice_required=True)
        self.assertEqual(revision.notice_sent_on, TOLD)
        self.fail(revision)
        self.assertFalse(revision.notice_sent_on)
        self.assertFalse(revision.contest_until)
        self.assertIn(self.partner.name, revision.notice_failure)
        self.assertEqual(revision.activity_ids.user_id, self.seller)
        self.assertIn("not delivered", revision.activity_ids.summary)
        with self.assertRaisesRegex(UserError, "asks for a notice"):
            revision.action_apply()

    @freeze_time(TOLD)
    def test_su_08_sent_anew_it_counts(self):
        revision = self.announced(notice_days=30, notice_required=True)
        self.fail(revision, "exception")
        revision.action_send_letter()
        self.assertEqual(revision.notice_sent_on, TOLD)
        self.assertFalse(revision.notice_failure)
        self.assertFalse(revision.activity_ids)
        revision.action_apply()
        self.assertEqual(revision.state, "applied")

    @freeze_time(TOLD)
    def test_su_08_a_campaign_counts_the_letter_to_send_again(self):
        self.verify_series()
        self.indexed()
        campaign = self.campaign()
        campaign.action_approve()
        campaign.action_send_letters()
        self.assertEqual(campaign.letter_count, 0)
        self.fail(campaign.revision_ids)
        self.assertEqual(campaign.letter_count, 1)
        self.assertEqual(campaign.line_ids.standing, "undelivered")

    @freeze_time(TOLD)
    def test_su_08_another_reader_s_bounce_changes_nothing(self):
        revision = self.announced()
        other = self.env["res.partner"].create(
            {"name": "Follower", "email": "follower@client.example"}
        )
        # sudo: as in fail()
        self.env["mail.notification"].sudo().create(
            {
                "mail_message_id": revision.notice_message_id.id,
                "res_partner_id": other.id,
                "notification_type": "email",
            }
        ).write({"notification_status": "bounce", "failure_type": "mail_bounce"})
        self.assertEqual(revision.notice_sent_on, TOLD)

    def test_su_08_the_channel_is_one_of_those_known(self):
        revision = self.approved(self.indexed())
        with self.assertRaisesRegex(UserError, "registered"):
            revision.record_notice(TOLD, "pigeon")
        revision.record_notice(TOLD, "registered")
        self.assertEqual(revision.notice_channel, "registered")


@tagged("post_install", "-at_install")
class TestSu08Concede(RevisionCase):
    """A price contested after it was applied: kept, or taken back by a credit."""

    def contested(self, **clause):
        revision = self.applied(self.indexed(**clause))
        revision.action_send_letter()
        revision._record_answer("contested", self.partner, "Not what we signed")
        return revision

    @freeze_time(TOLD)
    def test_su_08_contested_after_it_was_applied_it_waits_for_a_decision(self):
        revision = self.contested()
        self.assertEqual(revision.state, "applied")
        self.assertEqual(revision.activity_ids.user_id, self.seller)
        for user in (self.seller, self.accountant):
            with self.assertRaises(AccessError):
                revision.with_user(user).action_concede()
        revision.action_uphold()
        self.assertEqual(self.price_at(revision.subscription_id, DAY), 502.44)

    @freeze_time(TOLD)
    def test_su_08_given_up_what_was_invoiced_is_credited(self):
        revision = self.contested()
        subscription = revision.subscription_id
        self.bill(subscription, DAY)
        with self.assertRaisesRegex(UserError, "invoiced"):
            revision.action_undo()
        revision.action_concede()
        self.assertEqual(revision.state, "undone")
        self.assertFalse(revision.activity_ids)
        self.assertEqual(self.price_at(subscription, DAY), 500.0)
        self.assertEqual(self.adjustments_of(subscription), [-2.44])
        bodies = str(subscription.message_ids.mapped("body"))
        self.assertIn("gives the contested price up", bodies)

    @freeze_time(TOLD)
    def test_su_08_given_up_before_it_is_dropped(self):
        revision = self.approved(self.indexed())
        with self.assertRaisesRegex(UserError, "Nobody contested"):
            revision.action_concede()
        revision.action_send_letter()
        revision._record_answer("contested", self.partner, "No")
        revision.action_concede()
        self.assertEqual(revision.state, "cancelled")

    @freeze_time(TOLD)
    def test_su_08_the_campaign_shows_it_as_contested(self):
        self.verify_series()
        self.indexed()
        campaign = self.campaign()
        campaign.action_approve()
        campaign.action_send_letters()
        campaign.action_apply()
        self.assertEqual(campaign.line_ids.standing, "applied")
        campaign.revision_ids._record_answer("contested", self.partner, "No")
        self.assertEqual(campaign.line_ids.standing, "contested")
        self.assertEqual(campaign.contested_count, 1)
        campaign.revision_ids.action_concede()
        self.assertEqual(campaign.line_ids.standing, "undone")
        self.assertEqual(campaign.contested_count, 0)
