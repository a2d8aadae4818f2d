"""Leads given to people by our rules, and by the host's own assignment.

Ten people in two teams, each with the postcodes of a department; the very same leads in
the same run. The host also looks for duplicates of each lead and makes it an
opportunity; it goes through all leads that are left for each one that it gives, so that
its time grows with the square. It is measured on two samples, and what the large number
would take is worked out from them: the row says so.
"""

from pathlib import Path

from support.bench import LEADS, run_work
from support.record import record

WORK = Path(__file__).parent / "assignment_work.py"
SAMPLES = (500, 1000)
NUMBER = 10_000
BAR = 20  # times as fast as the host
GROWTH = 1.5  # of the time a lead takes, from a size to ten times that


def square(times, number):
    """The time of `number` from those of two samples, as a x n + b x n squared."""
    (one, first), (two, second) = sorted(times.items())
    growth = max(0.0, (second / two - first / one) / (two - one))
    return number * (first / one + growth * (number - one))


def test_bench_assignment():
    found = run_work("assign", NUMBER, LEADS, WORK, SAMPLES=SAMPLES)
    ours = {int(number): seconds for number, seconds in found["ours"].items()}
    host = {int(number): sum(both) for number, both in found["host"].items()}
    for number in SAMPLES:
        teams, people = found["host"][str(number)]
        record(
            "leads that nobody has given to people by territory",
            f"{number:,}",
            f"{ours[number]:.2f} s",
            f"host {host[number]:.1f} s ({teams:.1f} s among teams with duplicates, "
            f"{people:.1f} s among people)",
            f"host takes {host[number] / ours[number]:.0f} x as long",
        )
    worked_out = square(host, NUMBER)
    record(
        "leads that nobody has given to people by territory",
        f"{NUMBER:,}",
        f"{ours[NUMBER]:.2f} s",
        f"host {worked_out:.0f} s, worked out from {SAMPLES[0]:,} and {SAMPLES[1]:,}, "
        "not run",
        f"host would take {worked_out / ours[NUMBER]:.0f} x as long",
    )
    assert host[SAMPLES[-1]] >= BAR * ours[SAMPLES[-1]]
    assert ours[NUMBER] <= GROWTH * ours[1000] * NUMBER / 1000
