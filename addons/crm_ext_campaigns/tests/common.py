import re

from odoo.tests import Form

from odoo.addons.crm_ext_core.tests.common import CrmExtCase
from odoo.addons.mass_mailing.tests.common import MassMailCommon

from ..tools.bounce import classify
from .bounce_set import load_bounce_set

DAEMON = "MAILER-DAEMON@receiver.example"


class CampaignsCase(CrmExtCase, MassMailCommon):
    """A marketing user, a segment of three contacts, mailings and returned mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketing = cls._new_user(
            "test_marketing", "crm_ext_campaigns.group_campaigns_user"
        )
        cls.contacts = cls.env["res.partner"].create(
            [
                {"name": f"Contact {name}", "email": f"{name}@client.example"}
                for name in ("gone", "full", "filtered")
            ]
        )
        cls.gone, cls.full, cls.filtered_contact = cls.contacts
        cls.segment = cls.env["crm.segment"].create(
            {
                "name": "Customers of the test",
                "res_model": "res.partner",
                "domain": repr([("id", "in", cls.contacts.ids)]),
                "user_id": cls.marketing.id,
            }
        )
        cls.returned = list(load_bounce_set())

    # ------------------------------------------------------------------ acting
    def _reader_rule(self, mailing):
        """Tag who opened it in the last 30 days, as a sales manager writes it."""
        manager = self._new_user("test_tags", "sales_team.group_sale_manager")
        tag = self.env["crm.tag"].create({"name": "Reader"})
        rules = self.env["crm.tag.rule"].with_user(manager)
        return rules.create(
            {
                "name": "Opened the newsletter in 30 days",
                "tag_id": tag.id,
                "reason": "criterion",
                "code": "mailing_opened",
                "value": {"ids": mailing.ids, "days": 30},
            }
        )

    def create_campaign(self, **values):
        """A campaign on the segment, as the marketing user fills the form."""
        form = Form(self.env["utm.campaign"].with_user(self.marketing))
        form.title = values.pop("title", "Spring letter")
        form.crm_segment_id = self.segment
        for name, value in values.items():
            form[name] = value
        return form.save()

    def prepare_mailing(self, campaign, subject="Spring letter"):
        action = campaign.action_crm_prepare_mailing()
        mailing = campaign.env["mailing.mailing"].browse(action["res_id"])
        mailing.write({"subject": subject, "body_html": "<p>Hello</p>"})
        return mailing

    def send(self, mailing):
        """Launch as the user does; the queue then sends, as the host's cron does."""
        with self.mock_mail_gateway():
            mailing.action_launch()
            mailing.sudo()._action_send_mail()
        return mailing.sudo().mailing_trace_ids

    def send_letter(self, subject="Spring letter"):
        return self.send(self.prepare_mailing(self.create_campaign(), subject))

    def trace_of(self, traces, contact):
        return traces.filtered(lambda trace: trace.res_id == contact.id)

    # ------------------------------------------------------------------ returned mail
    def pick_returned(self, bounce_class, reason=""):
        """The first clear mail of that class with the original's Message-Id in it."""
        for raw, rows in self.returned:
            verdict = classify(raw)
            if (
                len(rows) == 1
                and rows[0]["clear"] == "1"
                and rows[0]["cls"] == bounce_class
                and rows[0]["kind"] == "bounce-failed"
                and verdict.bounce_class == bounce_class
                and reason in ("", verdict.reason)
                and verdict.original_message_id
                and b"message/rfc822" in raw
            ):
                return raw, verdict
        raise AssertionError(f"No {bounce_class} mail in the set")

    def as_return_of(self, trace, raw, verdict, number=1):
        """That mail as the answer to one of ours: recipient and Message-Id replaced."""
        recipient = re.compile(re.escape(verdict.recipient).encode(), re.I)
        raw = recipient.sub(trace.email.encode(), raw)
        raw = raw.replace(
            verdict.original_message_id.encode(), trace.message_id.encode()
        )
        head, _, rest = raw.partition(
            b"\n\n" if b"\r\n\r\n" not in raw else b"\r\n\r\n"
        )
        head = re.sub(rb"(?im)^message-id:.*(\r?\n[ \t].*)*\r?\n?", b"", head).rstrip()
        own_id = f"Message-Id: <return-{trace.id}-{number}@receiver.example>"
        return b"\n".join([head, own_id.encode(), b"", rest])

    def receive(self, raw):
        """Hand a mail over as the mail gateway's script does by XML-RPC."""
        with self.mock_mail_gateway():
            return self.env["mail.thread"].message_process(False, raw)

    def bounce(self, trace, bounce_class, reason="", number=1):
        raw, verdict = self.pick_returned(bounce_class, reason)
        self.receive(self.as_return_of(trace, raw, verdict, number))
        return self.env["crm.bounce"].search([("email", "=", trace.email)], limit=1)

    def is_blacklisted(self, contact):
        emails = self.env["mail.blacklist"].search([]).mapped("email")
        return contact.email_normalized in emails
