from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CampaignsCase


@tagged("post_install", "-at_install")
class TestCampaign(CampaignsCase):
    def test_ca_03_each_recipient_has_a_state(self):
        campaign = self.create_campaign()
        mailing = self.prepare_mailing(campaign)
        traces = self.send(mailing)
        self.assertEqual(mailing.state, "done")
        self.assertEqual(
            {trace.email for trace in traces}, set(self.contacts.mapped("email"))
        )
        traces[0].set_opened()
        traces[0].set_clicked()
        self.assertEqual(campaign.crm_sent_count, 3)
        self.assertEqual(campaign.crm_opened_count, 1)
        self.assertEqual(campaign.crm_clicked_count, 1)
        self.assertEqual(self._sent_to(mailing), sorted(self.contacts.mapped("email")))

    def _sent_to(self, mailing):
        traces = mailing.mailing_trace_ids.filtered("sent_datetime")
        return sorted(traces.mapped("email"))

    def test_ca_03_recipients_are_settled_at_launch(self):
        mailing = self.prepare_mailing(self.create_campaign())
        mailing.action_launch()
        self.assertEqual(mailing.crm_frozen_segment_id.kind, "frozen")
        self.segment.domain = repr([("id", "=", self.gone.id)])
        with self.mock_mail_gateway():
            mailing.sudo()._action_send_mail()
        self.assertEqual(self._sent_to(mailing), sorted(self.contacts.mapped("email")))

    def test_ca_03_excluded_after_launch_is_skipped(self):
        mailing = self.prepare_mailing(self.create_campaign())
        mailing.action_launch()
        self.env["mail.blacklist"]._add(self.full.email)
        with self.mock_mail_gateway():
            mailing.sudo()._action_send_mail()
        self.assertNotIn(self.full.email, self._sent_to(mailing))
        self.assertEqual(len(self._sent_to(mailing)), 2)

    def test_cancelled_before_sending_takes_the_segment_anew(self):
        mailing = self.prepare_mailing(self.create_campaign())
        mailing.action_launch()
        mailing.action_cancel()
        self.assertFalse(mailing.crm_frozen_segment_id)
        self.segment.domain = repr([("id", "=", self.gone.id)])
        self.send(mailing)
        self.assertEqual(self._sent_to(mailing), [self.gone.email])

    def test_a_campaign_without_segment_prepares_nothing(self):
        campaign = self.create_campaign()
        campaign.crm_segment_id = False
        with self.assertRaises(UserError):
            campaign.action_crm_prepare_mailing()

    def test_a_segment_of_leads_is_mailed_too(self):
        lead = self.env["crm.lead"].create(
            {"name": "Lead", "email_from": "lead@client.example", "type": "lead"}
        )
        self.segment = self.env["crm.segment"].create(
            {
                "name": "Leads of the test",
                "res_model": "crm.lead",
                "domain": repr([("id", "=", lead.id)]),
                "user_id": self.marketing.id,
            }
        )
        mailing = self.prepare_mailing(self.create_campaign())
        self.assertEqual(mailing.mailing_model_real, "crm.lead")
        self.send(mailing)
        self.assertEqual(self._sent_to(mailing), ["lead@client.example"])

    def test_ca_21_deliverability_is_sent_minus_all_returned(self):
        campaign = self.create_campaign()
        traces = self.send(self.prepare_mailing(campaign))
        self.send(self.prepare_mailing(campaign, "Second letter"))
        self.bounce(self.trace_of(traces, self.gone), "hard")
        self.bounce(self.trace_of(traces, self.filtered_contact), "spam")
        campaign.invalidate_recordset()
        self.assertEqual(campaign.crm_sent_count, 6)
        self.assertEqual(campaign.crm_returned_count, 2)
        self.assertEqual(
            (campaign.crm_hard_count, campaign.crm_soft_count, campaign.crm_spam_count),
            (1, 0, 1),
        )
        self.assertEqual(campaign.crm_delivered_count, 4)
        self.assertEqual(campaign.crm_deliverability_rate, 66.67)

    def test_ca_21_nothing_sent_has_no_rate(self):
        self.assertEqual(self.create_campaign().crm_deliverability_rate, 0)

    def test_campaigns_of_another_company_are_out_of_sight(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.env["utm.campaign"].create(
            {"title": "Theirs", "company_id": other.id}
        )
        with self.assertRaises(AccessError):
            theirs.with_user(self.marketing).read(["title"])
        mine = self.create_campaign(title="Theirs")
        self.assertNotEqual(mine.name, theirs.name, "identifiers stay unique")


@tagged("post_install", "-at_install")
class TestCampaignHooks(CampaignsCase):
    def test_segment_of_addresses_that_do_not_exist(self):
        segment = (
            self.env["crm.segment"]
            .with_user(self.marketing)
            .create(
                {
                    "name": "To correct",
                    "res_model": "res.partner",
                    "criterion_ids": [(0, 0, {"code": "contact_bounced_hard"})],
                }
            )
        )
        traces = self.send_letter()
        self.bounce(self.trace_of(traces, self.gone), "hard")
        self.assertEqual(segment._get_records(), self.gone)

    def test_opening_gives_a_score_event_to_the_open_lead(self):
        lead = self.env["crm.lead"].create(
            {"name": "Opportunity", "partner_id": self.gone.id}
        )
        trace = self.trace_of(self.send_letter(), self.gone)
        trace.set_opened()
        trace.set_opened()
        trace.set_clicked()
        events = self.env["crm.score.event"].search([("lead_id", "=", lead.id)])
        self.assertEqual(
            sorted(events.mapped("source")), ["mailing_clicked", "mailing_opened"]
        )

    def test_audit_is_red_when_a_hard_address_is_not_excluded(self):
        trace = self.trace_of(self.send_letter(), self.gone)
        bounce = self.bounce(trace, "hard")
        self.assertFalse(self.env["crm.bounce"]._audit_hard_excluded().broken)
        self.env.cr.execute(
            "UPDATE mail_blacklist SET active = FALSE WHERE email = %s", [bounce.email]
        )
        self.env.invalidate_all()
        finding = self.env["crm.bounce"]._audit_hard_excluded()
        self.assertEqual(finding.res_ids, tuple(bounce.ids))

    def test_contact_counts_its_returns(self):
        trace = self.trace_of(self.send_letter(), self.gone)
        self.bounce(trace, "hard")
        counters = self.gone.with_user(self.marketing).crm_counters
        self.assertIn(("bounces", "1"), [(c["code"], c["value"]) for c in counters])
