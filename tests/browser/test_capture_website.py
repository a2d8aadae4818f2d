"""The snippet of a capture form on somebody else's website, in a real Chromium."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from support.browser import PHONE, PICTURES, chromium, without_browser
from support.rpc import Rpc
from support.server import LiveServer

DAY = 24 * 3600 * 1000
THANKS = "text=Thank you"
AGE_QUEUE = """(ms) => {
    const name = Object.keys(localStorage).find((key) => key.startsWith("crm_form_"));
    const posts = JSON.parse(localStorage.getItem(name));
    posts.forEach((post) => (post.at -= ms));
    localStorage.setItem(name, JSON.stringify(posts));
}"""

QUEUED = """() => Object.entries(localStorage)
    .filter(([key]) => key.startsWith("crm_form_"))
    .flatMap(([, text]) => JSON.parse(text))"""


class QuietHandler(SimpleHTTPRequestHandler):
    """A website of plain files."""

    def log_message(self, *_args):
        """Say nothing on the tests' output."""


@pytest.fixture(scope="module")
def server():
    """The product, without demo data."""
    if without_browser():
        pytest.skip("NO_BROWSER=1: screens are not looked at")
    with LiveServer("capture", cron_threads=0) as live:
        yield live


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Another website: its folder and its address."""
    folder = tmp_path_factory.mktemp("site")
    handler = partial(QuietHandler, directory=str(folder))
    website = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=website.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{website.server_port}"
    website.shutdown()


@pytest.fixture(scope="module")
def form(server, site):
    """A form that this website may show, and the page that shows it."""
    folder, address = site
    admin = Rpc(server, "admin", "admin")
    targets = ["contact_name", "email_from", "description"]
    (number,) = admin(
        "crm.capture.form",
        "create",
        [
            {
                "name": "Website",
                "title": "Ask for a quotation",
                "consent_text": "I agree to be answered.",
                "allowed_origins": address,
                "field_ids": [
                    (0, 0, {"target": target, "required": True}) for target in targets
                ],
            }
        ],
    )
    snippet = admin.read_one("crm.capture.form", number, "snippet")["snippet"]
    page = (
        f'<!doctype html><meta name="viewport" content="width=device-width">{snippet}'
    )
    (folder / "devis.html").write_text(page)
    return admin, number


@pytest.fixture
def visit(site, form):
    """Opens the website's page in a window of its own."""
    with chromium() as browser:

        def window(size=None):
            page = browser.new_context(viewport=size or PHONE).new_page()
            page.goto(f"{site[1]}/devis.html?utm_source=Salon")
            page.wait_for_selector("form.crm-form")
            return page

        yield window


def _fill(page, name):
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(f"{name}@moulin.example")
    page.get_by_label("Message").fill("Please call me.")
    page.get_by_label("I agree").check()


def _leads(form, name):
    admin, number = form
    domain = [("crm_capture_form_id", "=", number), ("contact_name", "=", name)]
    return admin("crm.lead", "search_read", domain, ["source_id", "crm_landing_page"])


def test_co_15_a_visitor_posts_once_however_often_he_clicks(visit, form):
    page = visit()
    _fill(page, "zoe")
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / "capture-form.png")
    page.get_by_role("button").dblclick()
    page.wait_for_selector(THANKS)
    (lead,) = _leads(form, "zoe")
    assert lead["source_id"][1] == "Salon"
    assert lead["crm_landing_page"].endswith("/devis.html?utm_source=Salon")


def test_co_16_a_token_from_a_mail_is_told_once_and_leaves_the_address(visit, site):
    page = visit()
    with page.expect_request("**/visit") as told:
        page.goto(f"{site[1]}/devis.html?utm_source=Salon&crm_v=7-ab")
    body = told.value.post_data_json
    assert body["visitor"] == "7-ab"
    assert body["url"] == page.url == f"{site[1]}/devis.html?utm_source=Salon"
    with page.expect_request("**/visit") as again:
        page.goto(f"{site[1]}/devis.html")
    assert again.value.post_data_json["visitor"] == "7-ab"


def test_a_fault_is_told_beside_its_field(visit, form):
    page = visit()
    _fill(page, "ines")
    page.get_by_label("E-mail").fill("ines@")
    page.get_by_role("button").click()
    fault = page.get_by_text("Enter an address such as")
    fault.wait_for()
    page.get_by_label("E-mail").fill("ines@moulin.example")
    page.get_by_role("button").click()
    page.wait_for_selector(THANKS)
    assert len(_leads(form, "ines")) == 1


def test_a_post_survives_the_server_and_is_forgotten_after_a_day(visit, form, server):
    page, other = visit(), visit()
    server.kill()
    for window, name in ((page, "lea"), (other, "noe")):
        _fill(window, name)
        window.get_by_role("button").click()
        window.get_by_text("kept in this browser").wait_for()
    # the other one is shut before the server is back
    address = other.url
    other.context.set_offline(True)
    server.start()
    page.wait_for_selector(THANKS, timeout=60_000)
    assert len(_leads(form, "lea")) == 1
    # and opened again a day later
    other.evaluate(AGE_QUEUE, DAY)
    assert len(other.evaluate(QUEUED)) == 1
    other.goto("about:blank")
    other.context.set_offline(False)
    other.goto(address)
    other.wait_for_selector("form.crm-form")
    other.wait_for_timeout(2000)
    assert _leads(form, "noe") == []
    # nor does the browser keep what was written
    assert other.evaluate(QUEUED) == []
