from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.mail.controllers.attachment import AttachmentController


class CrmAttachment(AttachmentController):
    """A customer's file is checked in the discussion as it is in the request form."""

    @http.route()
    def mail_attachment_upload(
        self, ufile, thread_id, thread_model, is_pending=False, **kwargs
    ):
        if thread_model == "crm.case" and request.env.user.share:
            content = ufile.read()
            ufile.seek(0)
            try:
                request.env["crm.case"]._portal_check_uploads(
                    [(ufile.filename, content)]
                )
            except UserError as error:
                return request.make_json_response({"error": str(error)})
        return super().mail_attachment_upload(
            ufile, thread_id, thread_model, is_pending, **kwargs
        )
