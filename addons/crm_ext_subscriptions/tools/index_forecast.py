"""A price through its next revisions: the clause applied again and again, on paper."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from .index_clause import Case, Clause, Previous, Reckoning
from .index_period import months_between
from .index_reckon import reckon
from .index_rounding import IndexationError
from .index_series import IndexValueMissing, Known
from .price_outlook import PricedLine

THRESHOLD = "threshold"


@dataclass(frozen=True, slots=True)
class Forecast:
    """One revision to come: the price before and after, and why, or why not."""

    day: date
    before: Decimal
    after: Decimal
    reckoning: Reckoning | None = None
    error: IndexationError | IndexValueMissing | None = None

    @property
    def limit(self) -> str:
        """What decided instead of the indices: threshold, cap, floor or nothing."""
        return self.reckoning.revised.limit if self.reckoning else ""

    @property
    def outcome(self) -> str:
        """revise, threshold, missing or refused."""
        if self.error:
            missing = isinstance(self.error, IndexValueMissing)
            return "missing" if missing else "refused"
        return THRESHOLD if self.limit == THRESHOLD else "revise"


def revision_dates(anchor: date, frequency: int, after: date) -> Iterator[date]:
    """Give a clause's revision dates after a day, without end.

    Each is a whole number of frequencies away from the anchor, the 31st included.
    """
    number = months_between(anchor, after) // frequency - 1
    while True:
        day = anchor + relativedelta(months=number * frequency)
        if day > after:
            yield day
        number += 1


def forecast(
    clause: Clause, case: Case, days: tuple[date, ...], known: Known
) -> tuple[Forecast, ...]:
    """Apply a clause at each date, each price following from the one before.

    A refusal or a threshold leaves the price, and the revision before it, as they are.

    :param case: the price at the first date, whatever its own day
    """
    found: list[Forecast] = []
    previous = case.previous
    price = previous.price if previous else case.price
    for day in days:
        asked = replace(case, day=day, previous=previous)
        step = _apply(clause, asked, price, known)
        found.append(step)
        if step.outcome == "revise":
            price = step.after
            s1 = tuple(served.s1 for served in step.reckoning.served)
            previous = Previous(day, price, s1)
    return tuple(found)


def _apply(clause: Clause, case: Case, price: Decimal, known: Known) -> Forecast:
    try:
        reckoning = reckon(clause, case, known)
    except (IndexationError, IndexValueMissing) as error:
        return Forecast(case.day, price, price, error=error)
    return Forecast(case.day, price, reckoning.revised.price, reckoning)


@dataclass(frozen=True, slots=True)
class Track:
    """A line on its way through the revisions to come; without days it keeps its price.

    `line`: the caller's own reference.
    """

    line: int
    priced: PricedLine
    clause: Clause | None = None
    case: Case | None = None
    days: tuple[date, ...] = ()

    def run(self, known: Known | IndexationError) -> tuple[Forecast, ...]:
        """Forecast the line's revisions; a supposition that fails refuses them all."""
        if not isinstance(known, IndexationError):
            return forecast(self.clause, self.case, self.days, known)
        price = self.priced.price
        return tuple(Forecast(day, price, price, error=known) for day in self.days)


def price_at(priced: PricedLine, forecasts: tuple[Forecast, ...], day: date) -> Decimal:
    """Give the price in force on a day, after what is forecast by then."""
    reached = [one.after for one in forecasts if one.day <= day]
    return reached[-1] if reached else priced.price
