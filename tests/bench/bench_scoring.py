"""Scores of a whole base, and of one lead, beside what the host takes.

Each size has a database of its own: leads of which a quarter was won and a quarter
lost, 30 rules that each match a tenth (25 on what the leads are, five on what happened,
with caps and fading). The floor of the first fill is the bare INSERT ... SELECT of the
very same rows into the same table. A million leads when CRM_EXT_FULL is set.
"""

import os
from pathlib import Path

from support.bench import LEADS, run_work
from support.record import record

SIZES = (10_000, 100_000, *((1_000_000,) if os.environ.get("CRM_EXT_FULL") else ()))
WORK = Path(__file__).parent / "scoring_work.py"
BAR_FILL = 3.0  # times the bare insert
BAR_EVENT = 20  # ms
GROWTH = 1.5  # of the time a lead takes, from a size to ten times that
MORE_MEMORY = 60  # MB, from a size to ten times that


def _tell(number, found):
    size = f"{number:,}"
    record(
        "first scoring of N leads, 30 rules each matching a tenth",
        size,
        f"{found['fill']:.1f} s for {found['rows']:,} entries, "
        f"{found['size'] / 2**20:.0f} MB of table, +{found['grown']} MB of memory",
        f"bare INSERT ... SELECT of the same rows {found['bare']:.1f} s",
        f"{found['fill'] / found['bare']:.2f}",
    )
    host = found["host"]
    record(
        "whole base scored again after 1 % of the leads changed",
        size,
        f"{found['again']:.1f} s (nothing changed: {found['quiet']:.1f} s)",
        f"host's predictive cron {host:.1f} s" if host else "",
        f"{found['again'] / host:.2f}" if host else "",
    )
    record(
        "one event until the new score is written",
        size,
        f"{found['event']:.1f} ms, {found['event_high']:.1f} ms at worst in 20",
        f"write of a judged field {found['judged']:.1f} ms",
        f"of another field {found['plain']:.1f} ms",
    )


def test_bench_scoring():
    found = {number: run_work("score", number, LEADS, WORK) for number in SIZES}
    for number, figures in found.items():
        _tell(number, figures)
    for figures in found.values():
        assert figures["wrong"] == 0, "every score is the sum of its ledger"
    large = found[100_000]
    assert large["fill"] <= BAR_FILL * large["bare"]
    assert large["again"] <= large["host"]
    assert large["event"] < BAR_EVENT
    for before, after in zip(SIZES, SIZES[1:], strict=False):
        growth = GROWTH * after / before
        for step in ("fill", "again"):
            assert found[after][step] <= growth * found[before][step]
        assert found[after]["memory"] <= found[before]["memory"] + MORE_MEMORY
