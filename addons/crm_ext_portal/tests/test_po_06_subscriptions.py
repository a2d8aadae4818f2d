from datetime import date

from odoo.tests import tagged

from .common import CrmPortalCase


@tagged("post_install", "-at_install")
class TestPo06Subscriptions(CrmPortalCase):
    """What is billed, when, for how much, by which invoices and which revision."""

    def test_po_06_next_invoice_and_invoices_with_their_pdf(self):
        subscription = self.subscribe(price=100.0)
        (invoice,) = self.bill(subscription, date(2026, 2, 1))
        self.login(self.claire)
        self.assertIn(subscription.name, self.main_text("/my/subscriptions"))
        url = f"/my/subscriptions/{subscription.id}"
        text = self.main_text(url)
        self.assertIn("03/01/2026", text)
        self.assertIn("100.00", text)
        self.assertIn(invoice.name, text)
        hrefs = self.page(url).xpath("//a/@href")
        pdf = f"/my/invoices/{invoice.id}?report_type=pdf&download=true"
        self.assertIn(pdf, hrefs)
        self.assertEqual(self.url_open(f"/my/invoices/{invoice.id}").status_code, 200)

    def test_po_06_draft_invoices_and_draft_subscriptions_stay_inside(self):
        draft = self.subscribe(confirm=False)
        subscription = self.subscribe()
        self.bill(subscription, date(2026, 2, 1), post=False)
        self.login(self.claire)
        self.assertNotIn(draft.name, self.main_text("/my/subscriptions"))
        self.assertIn(
            "No invoice yet.", self.main_text(f"/my/subscriptions/{subscription.id}")
        )
        self.assertEqual(self.url_open(f"/my/subscriptions/{draft.id}").url[-3:], "/my")

    def test_po_06_a_revision_shows_its_formula_in_numbers_once_decided(self):
        subscription = self.subscribe(start=date(2021, 11, 1))
        revision = self.revise(subscription)
        self.login(self.claire)
        url = f"/my/subscriptions/{subscription.id}"
        self.assertNotIn("Price revisions", self.main_text(url))
        revision.with_user(self.accountant).action_approve()
        text = self.main_text(url)
        self.assertIn("Price revisions", text)
        self.assertIn("P1 = P0 × S1 / S0", text)
        self.assertIn(" ".join(revision._get_formula_in_numbers().split()), text)

    def test_po_06_a_program_reads_terms_and_no_internal_field(self):
        subscription = self.subscribe(price=100.0, internal_note="Margin 60 %")
        self.login(self.claire)
        (read,) = self.call("crm.subscription", "read", subscription.ids)
        self.assertEqual(read["amount_period"], 100.0)
        self.assertNotIn("internal_note", read)
        self.assertNotIn("user_id", read)
        (line,) = self.call("crm.subscription.line", "read", subscription.line_ids.ids)
        self.assertEqual(line["current_price_unit"], 100.0)
