"""A segment of many contacts: refreshed in full, after 1 % changed, against the bare
INSERT ... SELECT of the same members. CRM_EXT_FULL=1 for a million contacts."""

import os
from pathlib import Path

from support.bench import run_workload
from support.record import record

SIZES = (100_000, 1_000_000) if os.environ.get("CRM_EXT_FULL") else (10_000, 100_000)
WORKLOAD = Path(__file__).with_name("workload_segments.py")


def test_bench_segments():
    found = run_workload("segments", WORKLOAD, SIZES=SIZES)
    taken = {key: figures[0] for key, figures in found.items()}
    for number in SIZES:
        bare, full = taken["bare", number], taken["full", number]
        quick = taken["changed", number]
        for what, seconds, against, ratio in (
            ("first fill", taken["fill", number], bare, "bare INSERT ... SELECT"),
            ("refresh in full, 1 % changed", full, bare, "bare INSERT ... SELECT"),
            ("refresh of what changed, 1 % changed", quick, full, "refresh in full"),
        ):
            record(
                f"segment of contacts: {what}",
                f"{number:,}",
                f"{seconds:.3f} s",
                f"{ratio} {against:.3f} s",
                f"{seconds / against:.2f}",
            )
    # the same members either way, and the quick way is quick where it matters
    assert all(taken["same", number] for number in SIZES)
    if SIZES[-1] == 1_000_000:
        assert taken["changed", SIZES[-1]] * 20 <= taken["full", SIZES[-1]]
