from odoo import fields
from odoo.tests import tagged

from .common import CampaignsCase


@tagged("post_install", "-at_install")
class TestCo17Subscriber(CampaignsCase):
    """A newsletter sent to a mailing list counts for who has that address."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        email = "reader@list.example"
        cls.contact = cls.env["res.partner"].create({"name": "R", "email": email})
        cls.lead, cls.of_contact, cls.other = cls.env["crm.lead"].create(
            [
                {"name": "By address", "email_from": "R <Reader@List.example>"},
                {"name": "By contact", "partner_id": cls.contact.id},
                {"name": "Somebody else", "email_from": "other@list.example"},
            ]
        )
        cls.of_contact.email_from = "second@list.example"
        cls.contact.email = email
        subscribers = cls.env["mailing.contact"].create(
            [
                {"name": "Reader", "email": "READER@list.example"},
                {"name": "Nobody", "email": "nobody@list.example"},
            ]
        )
        cls.mailing_list = cls.env["mailing.list"].create(
            {"name": "Newsletter", "contact_ids": subscribers.ids}
        )

    def newsletter(self):
        """The mailing and its traces, sent to the list by marketing."""
        mailing = (
            self.env["mailing.mailing"]
            .with_user(self.marketing)
            .create(
                {
                    "subject": "News",
                    "body_html": "<p>News</p>",
                    "mailing_model_id": self.env["ir.model"]._get_id("mailing.list"),
                    "contact_list_ids": self.mailing_list.ids,
                }
            )
        )
        return mailing, self.send(mailing)

    def test_co_17_a_newsletter_read_by_a_subscriber_is_an_event(self):
        _mailing, traces = self.newsletter()
        self.assertEqual(set(traces.mapped("model")), {"mailing.contact"})
        traces.set_opened()
        traces.set_clicked()
        events = self.env["crm.score.event"].search(
            [("lead_id", "in", (self.lead | self.of_contact | self.other).ids)]
        )
        self.assertEqual(events.lead_id, self.lead | self.of_contact)
        self.assertEqual(
            set(events.mapped("source")), {"mailing_opened", "mailing_clicked"}
        )

    def test_the_number_of_queries_does_not_grow_with_the_readers(self):
        emails = [f"reader{i}@list.example" for i in range(12)]
        contacts = self.env["res.partner"].create(
            [{"name": email, "email": email} for email in emails]
        )
        self.env["crm.lead"].create(
            [{"name": "L", "partner_id": contact.id} for contact in contacts]
        )
        self.env["mailing.contact"].create(
            [
                {"name": email, "email": email, "list_ids": self.mailing_list.ids}
                for email in emails
            ]
        )
        _mailing, traces = self.newsletter()
        traces = traces.filtered(lambda trace: trace.email in emails)
        counts = []
        self.env.flush_all()
        for part in (traces[:2], traces):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = part._crm_leads()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual([len(leads) for leads in found.values()], [1] * len(part))
        self.assertEqual(len(traces), 12)
        self.assertEqual(*counts)

    def test_co_23_a_newsletter_read_by_a_subscriber_tags_and_untags(self):
        mailing, traces = self.newsletter()
        traces.set_opened()
        rule = self._reader_rule(mailing)
        tag = rule.tag_id
        rule._apply()
        self.assertEqual(self.lead.tag_ids, tag)
        self.assertEqual(self.of_contact.tag_ids, tag)
        self.assertEqual(self.contact.crm_tag_ids, tag)
        self.assertFalse(self.other.tag_ids)
        traces.open_datetime = fields.Datetime.to_datetime("2020-01-01")
        rule._apply()
        self.assertFalse(self.lead.tag_ids | self.contact.crm_tag_ids)

    def test_who_did_not_read_is_found_too(self):
        mailing, traces = self.newsletter()
        traces.set_opened()
        line = self.env["crm.tag.rule"].new(
            {"code": "mailing_opened", "value": {"ids": mailing.ids}, "negate": True}
        )
        leads = self.lead | self.of_contact | self.other
        found = self.env["crm.lead"].search(
            line._get_domain("crm.lead") & fields.Domain("id", "in", leads.ids)
        )
        self.assertEqual(found, self.other)
