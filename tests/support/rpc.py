"""An outside client: XML-RPC, as docs/rpc.md tells it, and a browser-like HTTP
session.
"""

import re
import time
import xmlrpc.client

import requests


class Rpc:
    """One user's XML-RPC connection."""

    def __init__(self, server, login, password):
        self.server, self.password = server, password
        common = xmlrpc.client.ServerProxy(f"{server.url}/xmlrpc/2/common")
        self.uid = common.authenticate(server.database, login, password, {})
        assert self.uid, f"{login} cannot sign in"
        self.object = xmlrpc.client.ServerProxy(
            f"{server.url}/xmlrpc/2/object", allow_none=True
        )

    def __call__(self, model, method, *args, **kwargs):
        return self.object.execute_kw(
            self.server.database, self.uid, self.password, model, method, args, kwargs
        )

    def read_one(self, model, record_id, *fields):
        """The fields of one record."""
        return self(model, "read", [record_id], list(fields))[0]

    def wait(self, model, record_id, field, values, seconds=60):
        """Wait until a field has one of the values; return it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            value = self.read_one(model, record_id, field)[field]
            if value in values:
                return value
            time.sleep(0.3)
        raise AssertionError(f"{model} {record_id}: {field} stays {value!r}")


class Visitor:
    """A browser without JavaScript: cookies, forms, the CSRF token."""

    def __init__(self, server):
        self.url = server.url
        self.session = requests.Session()

    def sign_in(self, login, password):
        """Post the login form."""
        page = self.get("/web/login").text
        answer = self.post(
            "/web/login",
            data={"login": login, "password": password, "csrf_token": csrf_of(page)},
        )
        assert "/my" in answer.url or "/odoo" in answer.url, answer.url
        return self

    def get(self, path, **options):
        """GET a path of the server."""
        return self.session.get(self.url + path, timeout=120, **options)

    def post(self, path, **options):
        """POST to a path of the server."""
        return self.session.post(self.url + path, timeout=120, **options)

    def json(self, path, **params):
        """Call a JSON route as the pages' own scripts do."""
        answer = self.post(path, json={"jsonrpc": "2.0", "params": params}).json()
        assert "error" not in answer, answer
        return answer["result"]


def csrf_of(page):
    """The CSRF token that a page carries."""
    found = re.search(r'csrf_token["\']?\s*[:=]\s*["\']([^"\']+)', page) or re.search(
        r'name="csrf_token" value="([^"]+)"', page
    )
    return found.group(1)
