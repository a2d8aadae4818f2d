import os

import pytest
from support.browser import Screen, chromium, without_browser
from support.outside import enable_odoo_test_flag, load_http, load_registry  # noqa: F401
from support.server import LiveServer


@pytest.fixture(scope="module")
def demo():
    """The demo, as `make run` opens it, on a server of these tests.

    For a module only: the host's test classes end every child process they find, and
    may run on the same worker between two modules.
    """
    if without_browser():
        pytest.skip("NO_BROWSER=1: screens are not looked at")
    with LiveServer("browser", os.environ["CRM_EXT_DEMO_TEMPLATE"]) as server:
        yield server


@pytest.fixture(scope="module")
def browser(demo):
    """One Chromium for all these tests."""
    with chromium() as program:
        yield program


@pytest.fixture
def sign_in(demo, browser):
    """Opens the window of a demo user; at the end no script may have failed in it."""
    screens = []

    def window(login, size=None):
        screens.append(Screen(browser, demo, size))
        return screens[-1].sign_in(login, login)

    yield window
    errors = [error for screen in screens for error in screen.errors]
    for screen in screens:
        screen.context.close()
    assert not errors, errors
