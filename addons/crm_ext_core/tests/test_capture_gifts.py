import base64
from urllib.parse import urlsplit

from odoo.fields import Command
from odoo.tests import tagged

from .capture_common import SITE, CaptureCase


@tagged("post_install", "-at_install")
class TestCaptureGifts(CaptureCase):
    """A form gives documents, and strangers' names of sources stay few."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.paper = cls.env["crm.white.paper"].create(
            {
                "name": "Ten backups",
                "file": base64.b64encode(b"%PDF-1.4 ten"),
                "file_name": "ten.pdf",
            }
        )

    def _landing(self, name):
        return f"{SITE}/?utm_source={name}"

    def test_a_document_is_given_and_its_download_noted(self):
        self.form.white_paper_id = self.paper
        answer = self.post().json()
        lead = self.leads()
        self.assertEqual(lead.crm_download_ids.white_paper_id, self.paper)
        events = lead.crm_score_event_ids.mapped("source")
        self.assertEqual(sorted(events), ["download", "form"])
        path = urlsplit(answer["document"]).path
        self.assertEqual(self.url_open(path).content, b"%PDF-1.4 ten")
        self.assertEqual(self.url_open(path[:-1] + "0x").status_code, 404)
        nobody = path.replace("/document/", "/document/99999999999")
        self.assertEqual(self.url_open(nobody).status_code, 404)
        self.post()
        self.assertEqual(len(lead.crm_download_ids), 1, "the same post again")

    def test_segment_of_documents_downloaded_works_from_a_post(self):
        self.form.white_paper_id = self.paper
        self.post()
        segment = self.env["crm.segment"].create(
            {
                "name": "Read ten backups",
                "res_model": "all",
                "criterion_ids": [
                    Command.create(
                        {"code": "download", "value": {"ids": self.paper.ids}}
                    )
                ],
            }
        )
        leads = self.env["crm.lead"].search(segment._criteria_domain("crm.lead"))
        self.assertEqual(leads, self.leads())

    def test_nothing_is_given_before_the_confirmation(self):
        self.form.write({"white_paper_id": self.paper.id, "double_opt_in": True})
        self.assertEqual(self.post().json()["document"], "")
        post = self.env["crm.capture.post"].search([("form_id", "=", self.form.id)])
        self.assertFalse(self.env["crm.download"].search(
            [("white_paper_id", "=", self.paper.id)]))  # fmt: skip
        page = self.url_open(
            f"/crm/form/{self.form.token}/confirm/{post.id}/{post._get_opt_in_token()}"
        )
        self.assertIn("/document/", page.text)
        self.assertEqual(self.leads().crm_download_ids.white_paper_id, self.paper)

    def test_unknown_sources_are_made_up_to_the_limit_then_kept_as_text(self):
        self.form.write({"new_source_limit": 2, "duplicate_rule": "new"})
        for number in range(1, 5):
            self.post(number, landing_page=self._landing(f"Stranger-{number}"))
        made = self.env["utm.source"].search([("name", "like", "Stranger-%")])
        self.assertEqual(len(made), 2)
        texts = set(self.leads().mapped("crm_unknown_source"))
        self.assertEqual(
            texts, {False, "utm_source=Stranger-3", "utm_source=Stranger-4"}
        )

    def test_a_known_source_is_taken_and_joker_signs_find_nothing(self):
        self.form.write({"new_source_limit": 0, "duplicate_rule": "new"})
        known = self.env["utm.source"].create({"name": "Salon Vannes"})
        self.post(1, landing_page=self._landing("salon+vannes"))
        self.assertEqual(self.leads().source_id, known)
        self.post(2, landing_page=self._landing("salon%25"))
        last = self.leads().sorted("id")[-1]
        self.assertFalse(last.source_id)
        self.assertEqual(last.crm_unknown_source, "utm_source=salon%")

    def test_signals_are_limited_without_taking_the_place_of_posts(self):
        self.form.rate_limit = 1
        statuses = [
            self.post(path="/event", kind="view").status_code for _each in range(12)
        ]
        self.assertEqual(statuses, [200] * 10 + [429] * 2)
        self.assertEqual(self.post().status_code, 200)
        self.assertEqual(self.counts(), (10, 0, 1, 2))
        action = self.form.with_user(self.salesperson).action_open_refused()
        counters = self.env["crm.capture.counter"].with_user(self.salesperson)
        self.assertEqual(counters.search(action["domain"]).kind, "event_refused")
