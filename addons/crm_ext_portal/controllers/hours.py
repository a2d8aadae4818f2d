from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class CrmHoursPortal(CustomerPortal):
    """A customer's prepaid hours: what is left and which request used what."""

    @http.route("/my/hours", type="http", auth="user", website=True, readonly=True)
    def portal_my_hours(self, **_kwargs):
        books = request.env["crm.hour.book"]
        if not books.has_access("read"):
            return request.redirect("/my")
        found = books.search([])
        values = self._prepare_portal_layout_values() | {
            "running": found.filtered(lambda book: book.state == "running"),
            "ended": found.filtered(lambda book: book.state != "running"),
            "draws": found._get_portal_draws(),
            "page_name": "crm_hours",
        }
        return request.render("crm_ext_portal.my_hours", values)
