"""Reading recurring revenue: 100,000 subscriptions, 36 months, each under a second."""

from pathlib import Path

from support.bench import run_workload
from support.record import record

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


def test_bench_mrr_figures():
    found = run_workload("figures", WORKLOAD, SIZES=SIZES)
    taken = {key: figures[0] for key, figures in found.items()}
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
