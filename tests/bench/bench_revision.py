"""A revision campaign of 1,000 and 10,000 subscriptions, letters apart: preview,
records with their proofs, approval and change of the price, each a run of its own,
against a bare create of the same revisions and versions.
"""

from pathlib import Path

from support.bench import run_workload
from support.record import record

SIZES = (1_000, 10_000)
STEPS = ("preview", "make", "approve", "apply")
GROWTH = 1.3  # of the time a subscription takes, from N to 10 N
WORKLOAD = Path(__file__).with_name("workload_revision.py")


def test_bench_revision():
    taken = run_workload("revision", WORKLOAD, SIZES=SIZES)
    each = {}
    for number in SIZES:
        floor = taken["floor", number][0]
        for step in STEPS:
            seconds, queries = taken[step, number]
            record(
                f"revision campaign: {step}",
                f"{number:,}",
                f"{1000 * seconds / number:.2f} ms, {queries / number:.2f} queries "
                "a subscription",
                f"bare create {1000 * floor / number:.2f} ms",
                f"{seconds / floor:.2f}",
            )
        # what a revision is once decided: reckoned, recorded, and the price changed
        whole = sum(taken[step, number][0] for step in ("make", "approve", "apply"))
        each[number] = whole / number
        record(
            "revision campaign: compute, records and price change",
            f"{number:,}",
            f"{whole:.1f} s, {1000 * whole / number:.2f} ms a subscription",
            f"bare create {floor:.1f} s",
            f"{whole / floor:.2f}",
        )
    assert each[SIZES[1]] <= GROWTH * each[SIZES[0]]
