from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .revision_common import DAY, RevisionCase

TOLD = date(2014, 12, 20)


@tagged("post_install", "-at_install")
class TestSu08Answer(RevisionCase):
    """Letters in time, and a price that the customer contests."""

    def announced(self, **clause):
        subscription = self.indexed(**clause)
        revision = self.approved(subscription)
        revision.action_send_letter()
        return revision

    # ------------------------------------------------------------------ notice
    @freeze_time(TOLD)
    def test_su_08_the_last_day_of_notice_is_told(self):
        subscription = self.indexed(notice_days=30, notice_required=True)
        revision = self.approved(subscription)
        self.assertEqual(revision.notice_deadline, date(2015, 1, 2))
        with self.assertRaisesRegex(UserError, "2015-01-02"):
            revision.action_apply()
        revision.action_send_letter()
        self.assertEqual(revision.contest_until, date(2015, 1, 4))
        revision.action_apply()
        self.assertEqual(revision.state, "applied")

    @freeze_time(date(2014, 12, 28))
    def test_su_08_letters_to_send_raise_one_task(self):
        alone = self.approved(self.indexed(notice_days=30))
        self.indexed(notice_days=30)
        self.indexed(notice_days=30)
        campaign = self.campaign()
        campaign.action_approve()
        self.env["crm.price.revision"]._cron_alert_notices()
        self.env["crm.price.revision"]._cron_alert_notices()
        self.assertEqual(len(alone.activity_ids), 1)
        self.assertEqual(alone.activity_ids.date_deadline, date(2015, 1, 2))
        self.assertEqual(len(campaign.activity_ids), 1)
        self.assertIn("2", campaign.activity_ids.summary)
        self.assertEqual(campaign.activity_ids.user_id, self.manager)
        alone.action_send_letter()
        self.assertFalse(alone.activity_ids)

    @freeze_time(TOLD)
    def test_su_08_a_letter_is_traced_on_contact_and_company(self):
        contact = self.env["res.partner"].create(
            {
                "name": "Accounts",
                "type": "invoice",
                "parent_id": self.partner.id,
                "email": "accounts@client.example",
            }
        )
        revision = self.announced()
        number = revision.subscription_id.name
        for partner in (contact, self.partner):
            self.assertIn(number, str(partner.message_ids.mapped("body")))
        self.assertEqual(revision.letter_id.mimetype, "application/pdf")
        count = len(revision.subscription_id.message_ids)
        revision.action_send_letter()
        self.assertEqual(len(revision.subscription_id.message_ids), count)

    def test_su_08_without_an_address_nothing_is_told(self):
        self.partner.email = False
        revision = self.approved(self.indexed())
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            revision.action_send_letter()
        self.assertFalse(revision.notice_sent_on)

    # ------------------------------------------------------------------ answer
    @freeze_time(TOLD)
    def test_su_08_a_contested_price_waits_for_a_manager(self):
        revision = self.announced()
        revision._record_answer("contested", self.partner, "Not agreed in our contract")
        self.assertEqual(revision.answer, "contested")
        self.assertEqual(revision.answered_by, self.partner)
        task = revision.activity_ids
        self.assertEqual(task.user_id, self.seller)
        bodies = str(revision.subscription_id.message_ids.mapped("body"))
        self.assertIn("Not agreed in our contract", bodies)
        with self.assertRaisesRegex(UserError, "contested by the customer"):
            revision.action_apply()
        for user in (self.seller, self.accountant):
            with self.assertRaises(AccessError):
                revision.with_user(user).action_uphold()
        revision.action_uphold()
        self.assertEqual(revision.upheld_by, self.manager)
        self.assertFalse(revision.activity_ids)
        revision.action_apply()
        self.assertEqual(self.price_at(revision.subscription_id, DAY), 502.44)

    @freeze_time(TOLD)
    def test_su_08_a_second_click_changes_nothing(self):
        revision = self.announced()
        self.assertTrue(revision._record_answer("accepted", self.partner))
        count = len(revision.subscription_id.message_ids)
        self.assertFalse(revision._record_answer("accepted", self.partner))
        self.assertFalse(revision._record_answer("contested", self.partner, "No"))
        self.assertEqual(revision.answer, "accepted")
        self.assertEqual(len(revision.subscription_id.message_ids), count)

    @freeze_time(TOLD)
    def test_su_08_a_contest_needs_a_reason_and_comes_in_time(self):
        revision = self.announced(contest_days=10)
        with self.assertRaises(ValidationError):
            revision._record_answer("contested", self.partner, "  ")
        with freeze_time(date(2014, 12, 31)), self.assertRaisesRegex(UserError, "over"):
            revision._record_answer("contested", self.partner, "Too late")
        with freeze_time(date(2014, 12, 30)):
            revision._record_answer("contested", self.partner, "In time")
        self.assertEqual(revision.answer, "contested")

    @freeze_time(TOLD)
    def test_su_08_before_the_letter_there_is_nothing_to_answer(self):
        revision = self.approved(self.indexed())
        self.assertFalse(revision._record_answer("accepted", self.partner))
        self.assertFalse(revision.answer)
