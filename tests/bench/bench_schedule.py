"""Schedules of many subscriptions at once; the list and a form among very many.

The preview must cost the same for each subscription however many are asked for. What a
page costs must not grow with the table: its queries are counted at N and 10N.
"""

from pathlib import Path

from support.bench import run_work
from support.record import record

PREVIEWS = (1_000, 10_000)
RECORDS = (10_000, 100_000)
WORK = Path(__file__).parent / "schedule_work.py"


def test_bench_schedule_preview_of_many():
    small, large = (
        run_work("schedule", number, WORK, TASK="preview") for number in PREVIEWS
    )
    for number, found in zip(PREVIEWS, (small, large), strict=True):
        assert found["rows"] == 12 * number
        record(
            "schedule preview of N subscriptions of 3 lines, 12 due dates each",
            f"{number:,}",
            f"{found['seconds']:.1f} s, {number / found['seconds']:,.0f} a second, "
            f"{found['queries']} queries",
            f"{PREVIEWS[0]:,}: {small['seconds']:.1f} s",
            f"{found['seconds'] / small['seconds']:.1f}",
        )
    growth = PREVIEWS[1] / PREVIEWS[0]
    assert large["seconds"] < 1.5 * growth * small["seconds"], "worse than linear"


def test_bench_list_and_form_among_many():
    small, large = (
        run_work("schedule", number, WORK, TASK="pages") for number in RECORDS
    )
    for page in ("list", "form"):
        for number, found in zip(RECORDS, (small, large), strict=True):
            record(
                f"{page} of subscriptions, as a salesperson, among N",
                f"{number:,}",
                f"{found[page]['ms']:.0f} ms, {found[page]['queries']} queries",
                f"{RECORDS[0]:,}: {small[page]['ms']:.0f} ms",
                f"{found[page]['ms'] / small[page]['ms']:.2f}",
            )
        assert large[page]["queries"] == small[page]["queries"]
