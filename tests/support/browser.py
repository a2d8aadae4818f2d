"""A real Chromium on a live server; what users see is kept as pictures."""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).resolve().parents[1] / "browser" / "screenshots"
NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = {"width": 1366, "height": 900}, {"width": 375, "height": 812}


@contextmanager
def chromium():
    """A headless Chromium; its absence is a failure, not a skip."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    assert program, "Chromium is missing (NO_BROWSER=1 to do without)"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


class Screen:
    """One user's window."""

    def __init__(self, browser, server, size=None, locale="fr-FR"):
        self.server = server
        self.context = browser.new_context(viewport=size or DESKTOP, locale=locale)
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def sign_in(self, login, password):
        """Fill the login form."""
        self.page.goto(f"{self.server.url}/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", password)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(lambda url: "/web/login" not in url)
        return self

    def open(self, path, until):
        """Open a path and wait for a selector."""
        self.page.goto(f"{self.server.url}{path}")
        self.page.wait_for_selector(until)
        return self.page

    def picture(self, name):
        """Keep what the user sees."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(400)
        self.page.screenshot(path=PICTURES / f"{name}.png")


def without_browser():
    """Whether the user said to do without a browser."""
    return os.environ.get("NO_BROWSER") == "1"
