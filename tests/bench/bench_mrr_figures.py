"""Reading recurring revenue: 100,000 subscriptions, 36 months, each under a second."""

import os
from pathlib import Path

from support.record import record
from support.server import databases

SIZES = (10_000, 100_000)
LIMIT = 1.0  # second
WORKLOAD = Path(__file__).with_name("workload_mrr_figures.py")
LABELS = {
    "mrr": "MRR at a date",
    "bridge": "MRR bridge of a year",
    "curve": "MRR by month and kind",
    "churn": "customer and revenue churn of a year",
    "product": "churn of a year by product",
    "cohort": "cohorts of 36 months",
}


def _measure():
    """{(name, number): seconds or rows}, measured in a copy of the addons' template."""
    base = databases()
    name = f"crm_ext_test_{os.getppid()}_{os.getpid()}_bench"
    base.drop(name)
    base.copy(os.environ["CRM_EXT_TEMPLATE"], name)
    try:
        output = base.shell(name, f"SIZES = {SIZES}\nexec({WORKLOAD.read_text()!r})\n")
    finally:
        base.drop(name)
    rows = [row.split("\t") for row in output.splitlines() if "MEASURE\t" in row]
    return {(row[1], int(row[2])): float(row[3]) for row in rows}


def test_bench_mrr_figures():
    taken = _measure()
    first, last = SIZES
    for name, label in LABELS.items():
        for number in SIZES:
            seconds = taken[name, number]
            growth = f"{seconds / taken[name, first]:.1f} for 10 N"
            record(
                label,
                f"{number:,} subscriptions, {taken['rows', number]:,.0f} moves",
                f"{seconds:.3f} s",
                f"at most {LIMIT} s",
                growth if number == last else "",
            )
    assert max(taken[name, last] for name in LABELS) < LIMIT, taken
    assert all(taken[name, last] < 20 * taken[name, first] for name in LABELS), taken
