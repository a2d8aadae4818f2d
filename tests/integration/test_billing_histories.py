"""Random lives of subscriptions: days once, money to the cent.

Each history is billed, changed, paused, closed, reopened, transferred, credited,
cancelled and billed again at random, under a clock that also goes back; after each step
every day of every line is covered once or by an explained gap, rows and adjustments are
the price of the terms, and the invoices say what the ledger says.
"""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.record import record
from support.server import databases

FULL = bool(os.environ.get("CRM_EXT_FULL"))
HISTORIES, PROCESSES = (1000, 2) if FULL else (8, 2)
SCRIPT = Path(__file__).parent / "histories_script.py"


def _live(database, first, last):
    """The histories of these seeds, in a process of their own."""
    run = subprocess.run(
        [
            str(databases().places.python), "-m", "odoo", "shell",
            "-c", os.environ["CRM_EXT_CONFIG"], "-d", database,
            "--no-http", "--log-level=error",
        ],
        input=SCRIPT.read_text(),
        env=os.environ | {"CRM_EXT_SEEDS": f"{first}:{last}"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    lines = [line for line in run.stdout.splitlines() if line.startswith("RESULT ")]
    assert lines, run.stderr[-3000:]
    return json.loads(lines[-1].removeprefix("RESULT "))


@pytest.mark.prove
def test_days_once_and_money_adds_up_in_any_life():
    known = databases()
    database = f"crm_ext_test_{os.getppid()}_{os.getpid()}_histories"
    share = HISTORIES // PROCESSES
    # a database each: both begin by making the same users
    bounds = [(f"{database}_{n}", n * share, (n + 1) * share) for n in range(PROCESSES)]
    try:
        for name, _first, _last in bounds:
            known.copy(os.environ["CRM_EXT_TEMPLATE"], name)
        with ThreadPoolExecutor(PROCESSES) as pool:
            results = list(pool.map(lambda one: _live(*one), bounds))
    finally:
        for name, _first, _last in bounds:
            known.drop(name)
    broken = [story for result in results for story in result["broken"]]
    assert not broken, "\n\n".join(broken[:3])
    assert sum(result["done"]["confirm"] for result in results) == HISTORIES
    record(
        "random histories of subscriptions",
        HISTORIES,
        f"{sum(sum(result['done'].values()) for result in results)} steps, "
        f"{sum(result['checks'] for result in results)} checks, 0 broken",
    )
