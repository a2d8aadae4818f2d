from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

PAGE = 20


class CrmCasePortal(CustomerPortal):
    """A customer's requests: list and page."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "crm_answer_count" in counters:
            cases = request.env["crm.case"]
            values["crm_answer_count"] = (
                cases.search_count([("has_new_answer", "=", True)])
                if request.env.user.share and cases.has_access("read")
                else 0
            )
        return values

    @http.route(
        ["/my/cases", "/my/cases/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_cases(
        self, page=1, sortby="newest", filterby="all", search="", **_kwargs
    ):
        cases = request.env["crm.case"]
        if not cases.has_access("read"):
            return request.redirect("/my")
        sortings = cases._get_portal_sortings()
        filters = cases._get_portal_filters()
        sortby = sortby if sortby in sortings else "newest"
        filterby = filterby if filterby in filters else "all"
        domain = Domain(filters[filterby]["domain"]) & Domain(
            cases._get_portal_search_domain(search)
        )
        pager = portal_pager(
            url="/my/cases",
            url_args={"sortby": sortby, "filterby": filterby, "search": search},
            total=cases.search_count(domain),
            page=page,
            step=PAGE,
        )
        found = cases.search(
            domain, order=sortings[sortby]["order"], limit=PAGE, offset=pager["offset"]
        )
        request.session["my_cases_history"] = found.ids
        values = self._prepare_portal_layout_values() | {
            # sudo: labels of what the search has found in the customer's rights
            "cases": found.sudo(),
            "page_name": "crm_case",
            "default_url": "/my/cases",
            "pager": pager,
            "searchbar_sortings": sortings,
            "sortby": sortby,
            "searchbar_filters": filters,
            "filterby": filterby,
            "search": search,
        }
        return request.render("crm_ext_portal.my_cases", values)

    @http.route("/my/cases/<int:case_id>", type="http", auth="public", website=True)
    def portal_my_case(self, case_id, access_token=None, **kwargs):
        try:
            case = self._document_check_access("crm.case", case_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        if request.env.user.share:
            case._portal_mark_seen()
        return request.render(
            "crm_ext_portal.my_case",
            self._prepare_case_values(case, access_token, **kwargs),
        )

    def _prepare_case_values(self, case, access_token, **kwargs):
        own = request.env["crm.case"].browse(case.id)
        case = case.with_context(lang=request.env.lang, tz=request.env.user.tz)
        values = {
            "page_name": "crm_case",
            "case": case,
            "can_edit": not request.env.user._is_public()
            and not case.is_closed
            and own.has_access("read"),
        }
        return self._get_page_view_values(
            case, access_token, values, "my_cases_history", False, **kwargs
        )
