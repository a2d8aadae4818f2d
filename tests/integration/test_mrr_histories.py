"""Random lives of customers: the MRR ledger is their contracts, on every day.

Each life confirms, changes, pauses, closes, reopens, renews, transfers, revises and
takes back subscriptions at random, in two currencies, under a clock that also goes
back. After each step the ledger of each line is what its terms say on every day, the
MRR of a day is that of the day before and its moves, and no figure of the past as it
was known has changed; at the end two rebuilds give the same rows, and the nightly audit
finds nothing.
"""

import os
from pathlib import Path

import pytest
from support.lives import live_all
from support.record import record

HISTORIES = 300 if os.environ.get("CRM_EXT_FULL") else 8
SCRIPT = Path(__file__).parent / "mrr_histories_script.py"


@pytest.mark.prove
def test_the_ledger_is_the_contracts_in_any_life():
    results = live_all("mrr_lives", SCRIPT, HISTORIES)
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
