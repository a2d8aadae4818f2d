import os

import pytest
from support.browser import chromium, without_browser
from support.outside import enable_odoo_test_flag, load_http, load_registry  # noqa: F401
from support.server import LiveServer


@pytest.fixture(scope="session")
def demo():
    """The demo, as `make run` opens it, on a server of these tests."""
    if without_browser():
        pytest.skip("NO_BROWSER=1: screens are not looked at")
    with LiveServer("browser", os.environ["CRM_EXT_DEMO_TEMPLATE"]) as server:
        yield server


@pytest.fixture(scope="session")
def browser(demo):
    """One Chromium for all these tests."""
    with chromium() as program:
        yield program
