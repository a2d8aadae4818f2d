"""Tests that drive a server from outside need no Odoo in their own process."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def load_registry():
    """Take the place of pytest-odoo's fixture, which opens the database."""


@pytest.fixture(scope="session", autouse=True)
def load_http():
    """Take the place of pytest-odoo's fixture, which starts a server."""


@pytest.fixture(scope="module", autouse=True)
def enable_odoo_test_flag():
    """Take the place of pytest-odoo's fixture, which needs the host's settings."""
