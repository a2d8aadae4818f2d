from uuid import uuid4

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from .case import CrmCasePortal

TEXT_FIELDS = ("subject", "description")
ID_FIELDS = ("category_id", "line_id")


class CrmCaseFormPortal(CrmCasePortal):
    """The forms by which a customer opens and corrects a request."""

    @http.route(
        "/my/cases/new",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_new_case(self, line_id="", **_kwargs):
        return self._render_new_case({"line_id": self._to_id(line_id)})

    @http.route(
        "/my/cases/new", type="http", auth="user", website=True, methods=["POST"]
    )
    def portal_create_case(self, form_token="", **post):
        values = {name: post.get(name, "") for name in TEXT_FIELDS}
        values |= {name: self._to_id(post.get(name)) for name in ID_FIELDS}
        try:
            case = request.env["crm.case"]._portal_create(
                values, self._read_uploads(), form_token or str(uuid4())
            )
        except UserError as error:
            return self._render_new_case(values, str(error))
        return request.redirect(f"{case.access_url}?sent=1")

    @http.route(
        "/my/cases/<int:case_id>/edit",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_edit_case(self, case_id, subject="", description="", **_kwargs):
        case = request.env["crm.case"].browse(case_id)
        try:
            self._document_check_access("crm.case", case_id)
            case._portal_edit(subject, description)
        except (AccessError, MissingError):
            return request.redirect("/my")
        except UserError as error:
            # sudo: the page of a record that the customer may read, as at its address
            values = self._prepare_case_values(case.sudo(), None, error=str(error))
            return request.render("crm_ext_portal.my_case", values)
        return request.redirect(case.access_url)

    def _render_new_case(self, values, error=""):
        customer = request.env.user.partner_id
        subscriptions = request.env["crm.subscription"]
        return request.render(
            "crm_ext_portal.new_case",
            self._prepare_portal_layout_values()
            | {
                "page_name": "crm_case_new",
                "form": values,
                "form_error": error,
                "form_token": str(uuid4()),
                # sudo: labels that the form offers to every customer
                "categories": request.env["crm.case.category"].sudo().search([]),
                "lines": subscriptions._get_portal_line_choices(customer),
                "upload_help": request.env["crm.case"]._get_upload_help(),
            },
        )

    def _read_uploads(self):
        files = request.httprequest.files.getlist("attachments")
        # a browser sends one nameless part when no file was chosen
        return [(file.filename, file.read()) for file in files if file.filename]

    def _to_id(self, text):
        text = str(text or "")
        return int(text) if text.isdecimal() else 0
