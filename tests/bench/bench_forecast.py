"""A forecast: learnt, kept, read by month, and compared with what was won.

Half of the leads are open, half were closed in the two years before. The floor of a
snapshot is the bare INSERT ... SELECT of its lines, already worked out.
"""

from pathlib import Path

from support.bench import LEADS, run_work
from support.record import record

SIZES = (10_000, 100_000)
WORK = Path(__file__).parent / "forecast_work.py"
GROWTH = 1.5  # of the time a lead takes, from a size to ten times that


def test_bench_forecast():
    found = {number: run_work("forecast", number, LEADS, WORK) for number in SIZES}
    for number, figures in found.items():
        size = f"{number:,}"
        record(
            "snapshot of the forecast, three methods",
            size,
            f"{figures['take']:.1f} s for {figures['lines']:,} opportunities, "
            f"{figures['size'] / 2**20:.1f} MB; learning {figures['learn']:.1f} s",
            f"bare INSERT ... SELECT of the same lines {figures['bare']:.1f} s",
            f"{figures['take'] / figures['bare']:.1f}",
        )
        record(
            "forecast by month read, and accuracy of six months of snapshots",
            size,
            f"{figures['now']:.2f} s; accuracy {figures['past']:.2f} s",
        )
    small, large = (found[number] for number in SIZES)
    growth = GROWTH * SIZES[1] / SIZES[0]
    for step in ("learn", "take", "now", "past"):
        assert large[step] <= max(growth * small[step], 1.0)
