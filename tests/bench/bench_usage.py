"""Usage: intake against a bare COPY of ready-made rows, and the pricing of events."""

from pathlib import Path

from support.bench import run_workload
from support.record import record

INTAKE = (10_000, 100_000)
PRICING = (100_000, 1_000_000)
WORKLOAD = Path(__file__).with_name("workload_usage.py")


def test_bench_usage():
    found = run_workload("usage", WORKLOAD, INTAKE=INTAKE, PRICING=PRICING)
    taken = {key: figures[0] for key, figures in found.items()}
    for number in INTAKE:
        ours, floor = taken["record", number], taken["copy", number]
        record(
            "usage recorded by the API in calls of 1,000 events",
            f"{number:,}",
            f"{number / ours:,.0f} a second",
            f"bare COPY {number / floor:,.0f} a second",
            f"{floor / ours:.2f}",
        )
    for what, name in (("priced", "price"), ("handed to their rows", "attach")):
        first, last = (taken[name, number] for number in PRICING)
        for number, seconds in zip(PRICING, (first, last), strict=True):
            record(
                f"usage events {what}, 200 lines, one month",
                f"{number:,}",
                f"{seconds:.2f} s",
                f"{number / seconds:,.0f} a second",
                f"{last / first:.1f} for 10 N" if number == PRICING[-1] else "",
            )
    assert taken["price", PRICING[1]] < 20 * taken["price", PRICING[0]]
