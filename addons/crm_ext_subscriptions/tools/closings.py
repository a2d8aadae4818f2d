"""The days on which a contract does not run, between its closings and reopenings.

They matter without prorata, where the days of a period share one price: those without
contract share in nothing.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from .pricing import Version
from .usage_runs import UsageTerms

ONE_DAY = timedelta(days=1)
Dated = TypeVar("Dated", Version, UsageTerms)


def closed_spans(
    turns: Iterable[tuple[date, bool]],
) -> tuple[tuple[date, date], ...]:
    """Give the days on which a contract does not run.

    :param turns: (day, whether it runs from there on) in order of entry: what is
        entered later holds from its day on, whatever was entered for later days
    :return: first and last days, ascending; date.max where no end is known
    """
    known: list[tuple[date, bool]] = []
    for day, runs in turns:
        known = [turn for turn in known if turn[0] < day]
        known.append((day, runs))
    ends = [day - ONE_DAY for day, _runs in known[1:]] + [date.max]
    return tuple(
        (day, last) for (day, runs), last in zip(known, ends, strict=False) if not runs
    )


def mark_closed(
    versions: tuple[Dated, ...], spans: tuple[tuple[date, date], ...]
) -> tuple[Dated, ...]:
    """Tell on which days the contract does not run.

    :param versions: by date, then order of entry; the last of a day holds
    :param spans: first and last days without contract, ascending
    :return: the same terms, split where the contract ends or is reopened
    """
    if not spans or not versions:
        return versions
    bounds = {first for first, _last in spans}
    bounds |= {last + ONE_DAY for _first, last in spans if last < date.max}
    start = versions[0].date_from
    days = {v.date_from for v in versions} | {day for day in bounds if day > start}
    return tuple(
        replace(
            [version for version in versions if version.date_from <= day][-1],
            date_from=day,
            closed=any(first <= day <= last for first, last in spans),
        )
        for day in sorted(days)
    )
