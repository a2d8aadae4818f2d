"""Random lives of customers: the MRR ledger is their contracts, on every day.

Each life confirms, changes, pauses, closes, reopens, renews, transfers, revises and
takes back subscriptions at random, in two currencies, under a clock that also goes
back. After each step the ledger of each line is what its terms say on every day, the
MRR of a day is that of the day before and its moves, and no figure of the past as it
was known has changed; at the end two rebuilds give the same rows, and the nightly audit
finds nothing.
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
HISTORIES, PROCESSES = (300, 2) if FULL else (8, 2)
SCRIPT = Path(__file__).parent / "mrr_histories_script.py"


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
def test_the_ledger_is_the_contracts_in_any_life():
    known = databases()
    database = f"crm_ext_test_{os.getppid()}_{os.getpid()}_mrr_lives"
    share = HISTORIES // PROCESSES
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
    total = {
        name: sum(result[name] for result in results)
        for name in ("steps", "checks", "rows", "counters")
    }
    assert total["counters"]
    record(
        "random histories of MRR",
        HISTORIES,
        f"{total['steps']} steps, {total['checks']} checks, {total['rows']} moves of "
        f"which {total['counters']} counters, rebuilt twice alike, 0 broken",
    )
