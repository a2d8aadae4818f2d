from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal


class CrmRevisionPortal(CustomerPortal):
    """A price revision as the customer reads it, accepts it or contests it."""

    @http.route(
        "/my/revisions/<int:revision_id>", type="http", auth="user", website=True
    )
    def portal_my_revision(self, revision_id, outcome="", **_kwargs):
        revision = self._find_revision(revision_id)
        if not revision:
            return request.redirect("/my")
        values = self._prepare_portal_layout_values() | {
            "page_name": "crm_revision",
            "revision": revision,
            "revisions": revision._get_letter_group(),
            "subscription": revision.subscription_id,
            "may_answer": request.env.user._is_portal()
            and revision._get_portal_answer(),
            "outcome": outcome,
        }
        return request.render("crm_ext_portal.my_revision", values)

    @http.route(
        "/my/revisions/<int:revision_id>/letter", type="http", auth="user", website=True
    )
    def portal_my_revision_letter(self, revision_id, **_kwargs):
        revision = self._find_revision(revision_id)
        if not revision:
            return request.redirect("/my")
        name, content = revision._get_portal_letter()
        headers = [
            ("Content-Type", "application/pdf"),
            ("Content-Length", len(content)),
            ("Content-Disposition", content_disposition(name)),
        ]
        return request.make_response(content, headers=headers)

    @http.route(
        "/my/revisions/<int:revision_id>/answer",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_revision_answer(self, revision_id, answer="", reason="", **_kwargs):
        revision, user = self._find_revision(revision_id), request.env.user
        if not revision or not user._is_portal():
            return request.redirect("/my")
        outcome = "ok"
        if answer in ("accepted", "contested"):
            try:
                revision._get_letter_group()._record_answer(
                    answer, user.partner_id, reason
                )
            except UserError:
                outcome = "late" if reason.strip() else "reason"
        return request.redirect(f"/my/revisions/{revision_id}?outcome={outcome}")

    def _find_revision(self, revision_id):
        try:
            revision = self._document_check_access("crm.price.revision", revision_id)
        except (AccessError, MissingError):
            return None
        return revision.with_context(lang=request.env.lang, tz=request.env.user.tz)
