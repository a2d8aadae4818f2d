from odoo.tests import tagged

from .capture_common import SITE, CaptureCase


@tagged("post_install", "-at_install")
class TestCo16Visitor(CaptureCase):
    """Who agreed to be recognised and comes back is called back."""

    def visit(self, token, **body):
        return self.post(path="/visit", visitor=token, **body).json()["status"]

    def tasks(self):
        lead = self.leads().with_user(self.salesperson)
        lead.invalidate_recordset()
        return lead.activity_ids

    def test_co_16_known_visitor_gets_the_owner_a_task_once(self):
        token = self.post(values=self.values(tracking=True)).json()["visitor"]
        self.assertTrue(token)
        for _twice in range(2):
            self.assertEqual(self.visit(token, url=f"{SITE}/tarifs"), "known")
        task = self.tasks()
        self.assertEqual(len(task), 1)
        self.assertEqual(task.user_id, self.salesperson)
        self.assertIn("Zoé Cœur", task.summary)
        events = self.env["crm.score.event"].search(
            [("lead_id", "=", self.leads().id), ("source", "=", "visit")]
        )
        self.assertEqual(len(events), 1)

    def test_without_consent_nobody_is_recognised(self):
        self.assertEqual(self.post().json()["visitor"], "")
        post = self.leads().crm_capture_post_ids
        forged = f"{post.id}-{post._sign('crm-capture-visitor')}"
        self.assertEqual(self.visit(forged, url=SITE), "unknown")
        self.assertFalse(self.tasks())

    def test_a_forged_token_is_unknown(self):
        token = self.post(values=self.values(tracking=True)).json()["visitor"]
        long = f"{'9' * 30}-x"
        for wrong in ("", "x", "1-", long, token[:-1], token.replace("-", "0-")):
            self.assertEqual(self.visit(wrong, url=SITE), "unknown", wrong)
        self.assertFalse(self.env["crm.capture.visit"].search_count([]))

    def test_a_download_is_an_event_of_its_own(self):
        token = self.post(values=self.values(tracking=True)).json()["visitor"]
        self.visit(token, url=f"{SITE}/guide.pdf", kind="download")
        events = self.env["crm.score.event"].search(
            [("lead_id", "=", self.leads().id)], order="id"
        )
        self.assertEqual(events.mapped("source"), ["download", "form"][::-1])
