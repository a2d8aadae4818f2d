import base64
import io
from datetime import date

from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import SubscriptionCase


@tagged("post_install", "-at_install")
class TestPriceLetter(SubscriptionCase):
    """What the customer is told, and what is left of it on record."""

    def approved(self):
        self.verify_series()
        subscription = self.subscribe(date(2014, 2, 1), 500.0, plan_id=self.yearly.id)
        self.add_clause(subscription)
        ids = subscription.revise_price(date(2015, 2, 1))
        revision = self.env["crm.price.revision"].with_user(self.manager).browse(ids)
        revision.action_approve()
        return revision

    def words(self, content):
        reader = PdfReader(io.BytesIO(content))
        text = " ".join(page.extract_text() for page in reader.pages)
        return " ".join(text.split())

    def test_the_letter_holds_the_formula_in_numbers(self):
        revision = self.approved()
        action = revision.action_print_letter()
        attachment = self.env["ir.attachment"].browse(
            int(action["url"].split("/")[-1].split("?")[0])
        )
        text = self.words(base64.b64decode(attachment.datas))
        for words in (
            "500 × 246.8 / 245.6 = 502.442996742",
            "S0 SYNTEC 02/2014: 245.6",
            "SYNTEC 02/2015: 246.8",
            "502.44 EUR",
            "+0.489 %",
            "+0.488 %",
            self.company.name,
            self.partner.name,
        ):
            self.assertIn(words, text)

    def test_each_customer_reads_figures_as_at_home(self):
        self.partner.lang = "fr_FR"
        text = self.words(self.approved()._render_letters())
        self.assertIn("502,44 EUR", text)
        self.assertIn("+0,488 %", text)

    @freeze_time("2014-12-20")
    def test_a_sent_letter_is_traced_and_is_the_notice(self):
        self.partner.email = "client@client.example"
        revision = self.approved()
        revision.action_send_letter()
        message = revision.subscription_id.message_ids[:1]
        self.assertEqual(message.partner_ids, self.partner)
        self.assertTrue(message.attachment_ids.name.endswith(".pdf"))
        self.assertIn(
            revision.subscription_id.name, str(self.partner.message_ids.mapped("body"))
        )
        self.assertEqual(revision.notice_sent_on, date(2014, 12, 20))
        self.assertEqual(revision.notice_channel, "email")

    def test_a_draft_is_not_announced(self):
        subscription = self.subscribe(date(2014, 2, 1), 500.0, plan_id=self.yearly.id)
        self.add_clause(subscription)
        ids = subscription.revise_price(date(2015, 2, 1))
        revision = self.env["crm.price.revision"].with_user(self.manager).browse(ids)
        with self.assertRaisesRegex(UserError, "Approve"):
            revision.action_send_letter()
