from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

PAGE = 20


class CrmSubscriptionPortal(CustomerPortal):
    """A customer's subscriptions: what is billed, when, how prices were revised."""

    @http.route(
        ["/my/subscriptions", "/my/subscriptions/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_subscriptions(self, page=1, **_kwargs):
        subscriptions = request.env["crm.subscription"]
        if not subscriptions.has_access("read"):
            return request.redirect("/my")
        pager = portal_pager(
            url="/my/subscriptions",
            total=subscriptions.search_count([]),
            page=page,
            step=PAGE,
        )
        found = subscriptions.search(
            [], order="next_due_date, id desc", limit=PAGE, offset=pager["offset"]
        )
        request.session["my_subscriptions_history"] = found.ids
        values = self._prepare_portal_layout_values() | {
            # sudo: labels of what the search has found in the customer's rights
            "subscriptions": found.sudo(),
            "page_name": "crm_subscription",
            "default_url": "/my/subscriptions",
            "pager": pager,
        }
        return request.render("crm_ext_portal.my_subscriptions", values)

    @http.route(
        "/my/subscriptions/<int:subscription_id>",
        type="http",
        auth="public",
        website=True,
    )
    def portal_my_subscription(self, subscription_id, access_token=None, **kwargs):
        try:
            subscription = self._document_check_access(
                "crm.subscription", subscription_id, access_token
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        subscription = subscription.with_context(
            lang=request.env.lang, tz=request.env.user.tz
        )
        values = {
            "page_name": "crm_subscription",
            "subscription": subscription,
            "upcoming": subscription._get_portal_next_invoice(),
            "invoices": subscription._get_portal_invoices(request.env.user),
            "revisions": subscription._get_portal_revisions(),
            "schedule": subscription._get_portal_schedule(),
            "failed": subscription._get_portal_failed(request.env.user),
            "tokens": self._get_tokens(subscription),
            "payment": kwargs.get("payment"),
        }
        return request.render(
            "crm_ext_portal.my_subscription",
            self._get_page_view_values(
                subscription,
                access_token,
                values,
                "my_subscriptions_history",
                False,
                **kwargs,
            ),
        )

    def _get_tokens(self, subscription):
        """Payment methods to choose from: a signed-in customer's own."""
        user = request.env.user
        if not user._is_portal():
            return request.env["payment.token"]
        return subscription._get_portal_tokens(user)

    @http.route(
        "/my/subscriptions/<int:subscription_id>/payment_method",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_subscription_payment(self, subscription_id, token_id="", **_kwargs):
        try:
            subscription = self._document_check_access(
                "crm.subscription", subscription_id
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        user = request.env.user
        chosen = (
            user._is_portal()
            and token_id.isdecimal()
            and subscription._portal_set_payment_token(user, int(token_id))
        )
        outcome = "ok" if chosen else "refused"
        return request.redirect(f"{subscription.access_url}?payment={outcome}")
