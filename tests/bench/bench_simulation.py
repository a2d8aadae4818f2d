"""What if, on the whole book: 10,000 subscriptions under four scenarios.

No query in a loop: what is asked of PostgreSQL may grow with the batches in which
records are read and written, not with each of them.
"""

from pathlib import Path

from support.bench import run_work
from support.record import record

SIZES = (1_000, 10_000)
SCENARIOS = 4
WORK = Path(__file__).parent / "simulation_work.py"


def test_bench_what_if_on_the_whole_book():
    small, large = (run_work("what_if", number, WORK) for number in SIZES)
    for years in ("1", "5"):
        for number, found in zip(SIZES, (small[years], large[years]), strict=True):
            assert found["results"] == found["revised"] == SCENARIOS * number
            record(
                f"what if on N subscriptions, {SCENARIOS} scenarios, {years} years",
                f"{number:,}",
                f"{found['seconds']:.1f} s, {found['queries']} queries",
                f"{SIZES[0]:,}: {small[years]['seconds']:.1f} s",
                f"{found['seconds'] / small[years]['seconds']:.1f}",
            )
        growth = SIZES[1] - SIZES[0]
        extra = large[years]["queries"] - small[years]["queries"]
        assert extra < growth / 10, "a query in a loop"
    assert large["1"]["seconds"] < 30
