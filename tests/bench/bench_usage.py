"""Usage: intake against a bare COPY of ready-made rows, and the pricing of events."""

import os
from pathlib import Path

from support.record import record
from support.server import databases

INTAKE = (10_000, 100_000)
PRICING = (100_000, 1_000_000)
WORKLOAD = Path(__file__).with_name("workload_usage.py")


def _measure():
    """{(name, number): seconds}, measured in a copy of the addons' template."""
    base = databases()
    name = f"crm_ext_test_{os.getppid()}_{os.getpid()}_bench"
    base.drop(name)
    base.copy(os.environ["CRM_EXT_TEMPLATE"], name)
    program = f"INTAKE, PRICING = {INTAKE}, {PRICING}\nexec({WORKLOAD.read_text()!r})\n"
    try:
        output = base.shell(name, program)
    finally:
        base.drop(name)
    rows = [row.split("\t") for row in output.splitlines() if "MEASURE\t" in row]
    return {(row[1], int(row[2])): float(row[3]) for row in rows}


def test_bench_usage():
    taken = _measure()
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
