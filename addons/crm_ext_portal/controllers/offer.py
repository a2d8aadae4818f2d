from uuid import uuid4

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class CrmOfferPortal(CustomerPortal):
    """The form by which a customer asks for a quotation."""

    def _prepare_portal_layout_values(self):
        values = super()._prepare_portal_layout_values()
        user = request.env.user
        asks = user.share and bool(request.env["crm.team"]._get_portal_team())
        return values | {"crm_may_ask_offer": asks}

    @http.route("/my/offer", type="http", auth="user", website=True, methods=["GET"])
    def portal_offer(self, sent="", **_kwargs):
        return self._render_offer({}, sent=bool(sent))

    @http.route("/my/offer", type="http", auth="user", website=True, methods=["POST"])
    def portal_ask_offer(self, subject="", description="", form_token="", **_kwargs):
        token = form_token or str(uuid4())
        if not request.env.user.share:
            return request.redirect("/my")
        try:
            request.env["crm.lead"]._portal_ask(subject, description, token)
        except UserError as error:
            values = {"subject": subject, "description": description}
            return self._render_offer(values, str(error))
        return request.redirect("/my/offer?sent=1")

    def _render_offer(self, form, error="", sent=False):
        values = self._prepare_portal_layout_values()
        if not values["crm_may_ask_offer"]:
            return request.redirect("/my")
        return request.render(
            "crm_ext_portal.offer",
            values
            | {
                "page_name": "crm_offer",
                "form": form,
                "form_error": error,
                "form_token": str(uuid4()),
                "sent": sent,
            },
        )
