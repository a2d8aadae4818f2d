from odoo import models
from odoo.tools import consteq
from odoo.tools.urls import urljoin

DOCUMENT = "crm-capture-document"


class CrmCapturePost(models.Model):
    """What a post gives and takes besides its lead: a document, a newsletter."""

    _inherit = "crm.capture.post"

    def _make_lead(self):
        fresh = not self.lead_id
        lead = super()._make_lead()
        if fresh:
            self._log_document(lead)
            if (self.values or {}).get("opt_in"):
                self.env["crm.hooks"]._capture_opt_in(self)
        return lead

    # ------------------------------------------------------------------ document
    def _log_document(self, lead):
        """The document was given: a fact for segments, an event for the score."""
        paper = self.form_id.white_paper_id
        if paper:
            self.env["crm.download"]._log(
                [(paper.id, lead.partner_id.id, lead.id, self.date)]
            )
            self.env["crm.score.event"]._log(
                "download", [(lead.id, self.date, f"paper-{paper.id}-{self.id}")]
            )

    def _get_document_url(self):
        """The person's own link to the document, once the lead is made."""
        form = self.form_id
        if not form.white_paper_id or self.state not in ("done", "joined"):
            return ""
        path = f"/crm/form/{form.token}/document/{self.id}/{self._sign(DOCUMENT)}"
        return urljoin(form.get_base_url(), path)

    def _is_document_token(self, token):
        made = self.state in ("done", "joined")
        return made and consteq(token, self._sign(DOCUMENT))
