"""Random lives of subscriptions: days once, money to the cent.

Each history is billed, changed, paused, closed, reopened, transferred, credited,
cancelled and billed again at random, under a clock that also goes back; after each step
every day of every line is covered once or by an explained gap, rows and adjustments are
the price of the terms, and the invoices say what the ledger says.
"""

import os
from pathlib import Path

import pytest
from support.lives import live_all
from support.record import record

HISTORIES = 1000 if os.environ.get("CRM_EXT_FULL") else 8
SCRIPT = Path(__file__).parent / "histories_script.py"


@pytest.mark.prove
def test_days_once_and_money_adds_up_in_any_life():
    results = live_all("histories", SCRIPT, HISTORIES)
    assert sum(result["done"]["confirm"] for result in results) == HISTORIES
    record(
        "random histories of subscriptions",
        HISTORIES,
        f"{sum(sum(result['done'].values()) for result in results)} steps, "
        f"{sum(result['checks'] for result in results)} checks, 0 broken",
    )
