import json
from functools import wraps
from uuid import UUID

from werkzeug.exceptions import BadRequest, NotFound

from odoo import http
from odoo.http import request
from odoo.tools import file_open

from ..models.crm_capture_form_receive import HONEYPOT
from ..tools.capture import MAX_URL, CaptureError, origin_of

MAX_BODY = 8 * 1024 * 1024  # a file of 5 MB in base64, and the rest
SNIPPET = "crm_ext_core/static/capture/snippet.js"
CORS_HEADERS = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "600",
    "Vary": "Origin, Accept-Language",
}


def public(path, methods):
    """A route that other websites call without a session, and may answer them."""
    route = http.route(
        path,
        type="http",
        auth="public",
        methods=[*methods, "OPTIONS"],
        csrf=False,
        save_session=False,
    )

    def decorate(endpoint):
        @wraps(endpoint)
        def answer(self, token, *args, **kwargs):
            form = self._find_form(token)
            if request.httprequest.method == "OPTIONS":
                return self._with_cors(form, request.make_response(b""))
            return self._with_cors(form, endpoint(self, form, *args, **kwargs))

        return route(answer)

    return decorate


class CrmCapture(http.Controller):
    """Capture forms as outside websites see them; docs/rpc.md tells the answers."""

    # ------------------------------------------------------------------ pages
    @public("/crm/form/<string:token>", ["GET", "POST"])
    def capture_form(self, form, **_kwargs):
        if request.httprequest.method == "POST":
            return self._receive(form)
        origins = " ".join(form._get_origins())
        response = request.render("crm_ext_core.capture_page", {"form": form})
        response.headers["Content-Security-Policy"] = (
            f"frame-ancestors 'self' {origins}".strip()
        )
        return response

    @public("/crm/form/<string:token>/snippet.js", ["GET"])
    def capture_snippet(self, form, **_kwargs):
        with file_open(SNIPPET) as file:
            script = file.read()
        config = json.dumps(form._get_definition()).replace("</", "<\\/")
        headers = {"Content-Type": "text/javascript; charset=utf-8"}
        headers["Cache-Control"] = "public, max-age=300"
        text = script.replace("__CRM_FORM__", config, 1)
        return request.make_response(text, headers=headers)

    @public("/crm/form/<string:token>/event", ["POST"])
    def capture_event(self, form, **_kwargs):
        kind = self._read_json().get("kind")
        if kind not in ("view", "start"):
            raise BadRequest
        if not self._within_limits(form, "event"):
            return self._refuse(form, "event_refused", 429)
        self._counter()._add(form, kind)
        return self._json({"status": "counted"})

    @public("/crm/form/<string:token>/visit", ["POST"])
    def capture_visit(self, form, **_kwargs):
        body = self._read_json()
        if not self._is_allowed(form) or not self._within_limits(form, "event"):
            return self._json({"status": "refused"}, 403)
        known = request.env["crm.capture.visit"].record_visit(
            body.get("visitor"), str(body.get("url") or ""), body.get("kind", "visit")
        )
        return self._json({"status": "known" if known else "unknown"})

    @http.route(
        "/crm/form/<string:token>/confirm/<int(max=2147483647):post_id>/<string:signature>",
        type="http",
        auth="public",
        methods=["GET"],
        save_session=False,
    )
    def capture_confirm(self, token, post_id, signature, **_kwargs):
        form = self._find_form(token)
        # sudo: the link was mailed to the person; its signature is checked
        post = request.env["crm.capture.post"].sudo().browse(post_id).exists()
        good = post.form_id == form and post.confirm_opt_in(signature)
        return request.render(
            "crm_ext_core.capture_confirmed",
            {"form": form, "good": good, "post": post if good else post.browse()},
            status=200 if good else 404,
        )

    @http.route(
        "/crm/form/<string:token>/document/<int(max=2147483647):post_id>/<string:signature>",
        type="http",
        auth="public",
        methods=["GET"],
        save_session=False,
    )
    def capture_document(self, token, post_id, signature, **_kwargs):
        form = self._find_form(token)
        # sudo: the link was given to the person; its signature is checked
        post = request.env["crm.capture.post"].sudo().browse(post_id).exists()
        paper = form.white_paper_id
        if post.form_id != form or not paper or not post._is_document_token(signature):
            raise NotFound
        if not paper.file:
            return request.redirect(paper.link or form.page_url, local=False)
        stream = request.env["ir.binary"]._get_stream_from(
            paper, "file", filename=paper.file_name or paper.name
        )
        return stream.get_response(as_attachment=True)

    # ------------------------------------------------------------------ a post
    def _receive(self, form):
        """Refuse what is wrong, cheapest check first, and count it; else take it."""
        if not self._is_allowed(form):
            return self._refuse(form, "refused", 403)
        if (request.httprequest.content_length or 0) > MAX_BODY:
            return self._refuse(form, "refused", 413)
        if not self._within_limits(form):
            return self._refuse(form, "too_many", 429)
        body = self._read_json()
        posted = body.get("values")
        if not isinstance(posted, dict):
            return self._refuse(form, "refused", 400)
        if posted.get(HONEYPOT):
            # a program is told that all went well, and tries nothing else
            self._counter()._add(form, "spam")
            return self._json({"status": "accepted"})
        return self._take(form, self._read_key(body), posted, body)

    def _take(self, form, key, posted, body):
        try:
            post = form.receive(key, posted, self._get_facts(body))
        except CaptureError as error:
            self._counter()._add(form, "refused")
            faults = form._explain_faults(error.faults)
            return self._json({"status": "invalid", "faults": faults}, 422)
        if not post.env.context.get("crm_replayed"):
            # a conflict with another post shows now, before this one is counted
            post.env.flush_all()
            self._counter()._add(form, "post")
        waiting = post.state == "waiting"
        return self._json(
            {
                "status": "confirm" if waiting else "accepted",
                "visitor": post._get_visitor_token(),
                "document": post._get_document_url(),
            }
        )

    def _get_facts(self, body):
        http_request = request.httprequest
        return {
            "landing_page": str(
                body.get("landing_page") or http_request.referrer or ""
            ),
            "referrer": str(body.get("referrer") or ""),
            "origin": self._get_origin(),
            "address": request.httprequest.remote_addr,
            "lang": request.env.lang,
        }

    def _read_key(self, body):
        try:
            return str(UUID(str(body.get("key"))))
        except ValueError as error:
            raise BadRequest("key: a UUID chosen by the sender") from error

    def _refuse(self, form, kind, status):
        self._counter()._add(form, kind)
        return self._json({"status": kind}, status)

    # ------------------------------------------------------------------ helpers
    def _find_form(self, token):
        # sudo: a public form is found by its token, and by nothing else
        forms = request.env["crm.capture.form"].sudo()
        form = forms.search([("token", "=", token)], limit=1)
        if not form:
            raise NotFound
        return form

    def _counter(self):
        # sudo: counting needs no right
        return request.env["crm.capture.counter"].sudo()

    def _within_limits(self, form, scope=""):
        address = request.httprequest.remote_addr
        return self._counter()._is_within_limits(form, address, scope)

    def _get_origin(self):
        headers = request.httprequest.headers
        return headers.get("Origin", "").lower() or origin_of(
            headers.get("Referer", "")[:MAX_URL]
        )

    def _is_allowed(self, form):
        """A browser names the website it is on; a server that posts names none."""
        origin = self._get_origin()
        return not origin or form._allows(origin)

    def _with_cors(self, form, response):
        origin = request.httprequest.headers.get("Origin", "").lower()
        if origin and form._allows(origin):
            response.headers["Access-Control-Allow-Origin"] = origin
        for name, value in CORS_HEADERS.items():
            response.headers[name] = value
        return response

    def _read_json(self):
        if (request.httprequest.content_length or 0) > MAX_BODY:
            raise BadRequest
        try:
            body = json.loads(request.httprequest.get_data())
        except ValueError as error:
            raise BadRequest("JSON expected") from error
        if not isinstance(body, dict):
            raise BadRequest("JSON object expected")
        return body

    def _json(self, values, status=200):
        headers = {"Cache-Control": "no-store"}
        return request.make_json_response(values, headers=headers, status=status)
