from odoo import http
from odoo.http import request

from odoo.addons.mass_mailing.controllers.main import MassMailController


class CrmMassMailController(MassMailController):
    """Where a click in a mailing is sent on, its reader's token goes along."""

    @http.route()
    def full_url_redirect(self, code, mailing_trace_id, crm_v="", **post):
        response = super().full_url_redirect(code, mailing_trace_id, **post)
        # sudo: the public follows links; the signed token tells who consented to what
        traces = request.env["mailing.trace"].sudo()
        trace = traces.browse(mailing_trace_id).exists()
        url = trace._crm_visitor_url(response.location, crm_v)
        if url:
            response.location = url
            # what holds for one person now is no permanent address
            response.status_code = 302
            response.headers["Cache-Control"] = "no-store"
        return response
