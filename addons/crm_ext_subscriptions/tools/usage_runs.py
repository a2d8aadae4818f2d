"""Which terms of a usage line hold on which days of a period."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from .usage_tariff import Tariff

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class UsageTerms:
    """A version of a usage line; without factor it bills nothing.

    `closed`: the contract does not run, until it is reopened if ever.
    """

    date_from: date
    factor: Decimal | None
    tariff: Tariff
    key: int = 0
    closed: bool = False

    @property
    def price(self) -> tuple[Decimal | None, Tariff, bool]:
        """What is compared: versions at the same price make one run."""
        return self.factor, self.tariff, self.closed


@dataclass(frozen=True, slots=True)
class Run:
    """Days of one period under unchanged terms."""

    first: date
    last: date
    terms: UsageTerms


def runs(
    versions: Sequence[UsageTerms], first: date, last: date, cuts: Iterable[date] = ()
) -> list[Run]:
    """Split the days from `first` to `last` where the price changes, and at `cuts`.

    :param versions: by date, then order of entry; the last of a day holds
    """
    cuts = {day for day in cuts if first < day <= last}
    starts = {v.date_from for v in versions if first < v.date_from <= last} | cuts
    found: list[Run] = []
    for day in (first, *sorted(starts)):
        terms = _at(versions, day)
        if found and day not in cuts and found[-1].terms.price == terms.price:
            continue
        if found:
            found[-1] = Run(found[-1].first, day - ONE_DAY, found[-1].terms)
        found.append(Run(day, last, terms))
    return found


def _at(versions: Sequence[UsageTerms], day: date) -> UsageTerms:
    """The version in force on a day; before the first, nothing is."""
    known = [version for version in versions if version.date_from <= day]
    return known[-1] if known else UsageTerms(day, None, Tariff())
