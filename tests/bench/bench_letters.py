"""Letters of a price revision, as the run sends them, against their bare PDF."""

from pathlib import Path

from support.bench import run_workload
from support.record import record

SIZES = (100, 300)
GROWTH = 1.5  # of the time a letter takes, from the first size to the last
WORKLOAD = Path(__file__).with_name("workload_letters.py")


def test_bench_letters():
    taken = run_workload("letters", WORKLOAD, SIZES=SIZES)
    for number in SIZES:
        seconds, queries, bare = taken["letters", number]
        record(
            "letters of price revision: PDF, message, traces, notice",
            f"{number:,}",
            f"{1000 * seconds / number:.1f} ms, {queries / number:.1f} queries each",
            f"bare PDF {1000 * bare / number:.1f} ms",
            f"{seconds / bare:.1f}",
        )
    each = [taken["letters", number][0] / number for number in SIZES]
    assert each[1] <= GROWTH * each[0]
