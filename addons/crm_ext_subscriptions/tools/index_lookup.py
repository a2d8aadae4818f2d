"""Which value of an index series serves: the rules S0 and S1 are found by.

A value has a month, the day on which it was published (or none known) and an order of
entry. Corrections are new vintages of the same month; nothing is overwritten.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta

RULES = ("date_month", "named_month", "month_offset", "last_published")


class IndexValueMissing(Exception):
    """No value serves; `month` is the one looked for, None under "last published"."""

    def __init__(self, series: str, month: date | None) -> None:
        """Remember what was looked for; the caller words the message."""
        super().__init__(f"{series} {month or 'last published'}")
        self.series = series
        self.month = month


@dataclass(frozen=True, slots=True)
class Observation:
    """One vintage of one month of a series. `key` is the caller's own reference."""

    series: str
    month: date
    value: Decimal
    published_on: date | None = None
    order: int = 0
    key: int = 0


@dataclass(frozen=True, slots=True)
class MonthRule:
    """How the month of an index follows from a date.

    date_month: the month of the date; named_month: `month` of the year before;
    month_offset: `offset` months earlier; last_published: the last month published by
    that day (values whose publication day is unknown never serve).
    """

    kind: str
    month: int = 1
    offset: int = 0

    def wanted_month(self, day: date) -> date | None:
        """Give the first day of the month that the rule names, if it names one."""
        first = day.replace(day=1)
        if self.kind == "named_month":
            return date(day.year - 1, self.month, 1)
        if self.kind == "month_offset":
            return first - relativedelta(months=self.offset)
        return None if self.kind == "last_published" else first


def find_value(
    chain: tuple[str, ...], rule: MonthRule, day: date, values: Iterable[Observation]
) -> Observation:
    """Find the value that a rule gives at a date.

    :param chain: the series and its successors; the first that has the month serves
    """
    month = rule.wanted_month(day)
    if month is None:
        return _last_published(chain, day, values)
    return value_of_month(chain, month, values)


def value_of_month(
    chain: tuple[str, ...], month: date, values: Iterable[Observation]
) -> Observation:
    """Find the latest vintage of a month, in the first series that has it."""
    found = [
        value for value in values if value.month == month and value.series in chain
    ]
    if not found:
        raise IndexValueMissing(chain[0], month)
    return max(found, key=lambda value: (-chain.index(value.series), value.order))


def _last_published(
    chain: tuple[str, ...], day: date, values: Iterable[Observation]
) -> Observation:
    known = [
        value
        for value in values
        if value.series in chain and value.published_on and value.published_on <= day
    ]
    if not known:
        raise IndexValueMissing(chain[0], None)
    return max(known, key=lambda value: _freshness(chain, value))


def _freshness(
    chain: tuple[str, ...], value: Observation
) -> tuple[date, int, date, int]:
    """Order values by month, the older series first, then by publication and entry."""
    rank = -chain.index(value.series)
    return value.month, rank, value.published_on or date.min, value.order
