from odoo import fields
from odoo.tests import tagged

from .common import CampaignsCase


@tagged("post_install", "-at_install")
class TestTagNewsletter(CampaignsCase):
    """CO-23, CO-24: newsletters read tag their readers, returned mail is counted."""

    def test_co_23_a_newsletter_read_tags_and_untags(self):
        reader = self.segment._get_records()[:1].sudo()
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        trace = self.env["mailing.trace"].create(
            {
                "mass_mailing_id": mailing.id,
                "model": "res.partner",
                "res_id": reader.id,
                "email": reader.email,
                "trace_status": "open",
                "open_datetime": fields.Datetime.now(),
            }
        )
        rule = self._reader_rule(mailing)
        tag = rule.tag_id
        rule._apply()
        self.assertEqual(reader.crm_tag_ids, tag)
        link = rule.link_ids
        self.assertEqual((link.rule_id, link.res_id), (rule, reader.id))
        trace.open_datetime = "2020-01-01"
        rule._apply()
        self.assertFalse(reader.crm_tag_ids)
        self.assertTrue(link.removed_at)

    def test_co_24_returned_mail_counts_as_bounced(self):
        reader = self.segment._get_records()[:1].sudo()
        self.assertEqual(reader.crm_mail_state, "valid")
        self.env["crm.bounce"].create(
            {
                "company_id": self.env.company.id,
                "email": reader.email_normalized,
                "domain": "x.example",
                "bounce_class": "soft",
                "reason": "mailbox_full",
            }
        )
        reader.invalidate_recordset()
        self.assertEqual(reader.crm_mail_state, "bounced")
