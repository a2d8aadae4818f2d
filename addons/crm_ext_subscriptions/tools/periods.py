"""Billing periods: which days a subscription line is billed for, and when.

Periods tile time: each begins the day after the one before it ends. Their bounds are
computed from the start, never from the previous bound, so that an anchor on the 31st
gives 28 February and then 31 March again.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import islice

from .day_count import BASES, CALENDAR, NONE, count_days

DAYS = {"day": 1, "week": 7}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
UNITS = (*DAYS, *MONTHS)
MAX_INTERVAL = 366
LAST_YEAR = 9000  # beyond it an open-ended schedule stops instead of overflowing
SHORTEST_MONTH = 28
ONE_DAY = timedelta(days=1)


class BillingTermsError(Exception):
    """Terms that cannot make a schedule; `field` names the one at fault."""

    def __init__(self, field: str) -> None:
        """Remember the field at fault; the caller words the message."""
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class BillingTerms:
    """How often a subscription is billed, from when, and until when.

    `anchor_days` are the days of the month on which periods begin (31: the last day);
    empty, it is the day of `start`. Several of them split each month. `instalments`
    counts periods, `end` is the last day. `first` is the first day of a line that
    begins later than the subscription: it keeps the subscription's periods.
    """

    start: date
    interval: int = 1
    unit: str = "month"
    anchor_days: tuple[int, ...] = ()
    in_advance: bool = True
    instalments: int | None = None
    end: date | None = None
    basis: str = CALENDAR
    first: date | None = None

    def __post_init__(self) -> None:
        """Refuse terms without a schedule."""
        if not 1 <= self.interval <= MAX_INTERVAL:
            raise BillingTermsError("interval")
        if self.unit not in UNITS:
            raise BillingTermsError("unit")
        self._check_anchor_days()
        if self.instalments is not None and self.instalments < 1:
            raise BillingTermsError("instalments")
        if self.end is not None and self.end < self.start:
            raise BillingTermsError("end")
        if self.basis not in BASES:
            raise BillingTermsError("basis")

    def _check_anchor_days(self) -> None:
        """Several days must stay apart even in February, and split one month."""
        days = self.anchor_days
        apart = {min(day, SHORTEST_MONTH) for day in days}
        if not all(1 <= day <= 31 for day in days) or len(apart) != len(days):
            raise BillingTermsError("anchor_days")
        if len(days) > 1 and (self.unit, self.interval) != ("month", 1):
            raise BillingTermsError("anchor_days")


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `date_from` to `date_to`, both included.

    They are all or part of the full period from `whole_from` to `whole_to`, whose price
    is shared out by days. Without prorata (basis "none") a period that the contract's
    start or end cuts is a full one.
    """

    number: int
    date_from: date
    date_to: date
    due_date: date
    whole_from: date
    whole_to: date
    basis: str = CALENDAR

    @property
    def days(self) -> int:
        """How many days are billed, in the basis of the prorata."""
        return self.count(self.date_from, self.date_to)

    @property
    def whole_days(self) -> int:
        """How many days the full period has, in the basis of the prorata."""
        return self.count(self.whole_from, self.whole_to)

    @property
    def is_whole(self) -> bool:
        """Whether the full price is due."""
        return (self.date_from, self.date_to) == (self.whole_from, self.whole_to)

    @property
    def fraction(self) -> Fraction:
        """The exact part of the full price that these days cost."""
        return Fraction(self.days, self.whole_days)

    def count(self, first: date, last: date) -> int:
        """Count days in the basis of the prorata."""
        return count_days(self.basis, first, last)

    def starting(self, day: date) -> "Period":
        """The days that are left from a day on; in advance they are due on that day."""
        if day <= self.date_from:
            return self
        in_advance = self.due_date == self.date_from
        due_date = day if in_advance else self.due_date
        return replace(self, date_from=day, due_date=due_date)


def parse_anchor_days(text: str) -> tuple[int, ...]:
    """Read days of the month as typed: "1, 15"; empty text: none."""
    try:
        days = {int(word) for word in text.replace(";", ",").split(",") if word.strip()}
    except ValueError as error:
        raise BillingTermsError("anchor_days") from error
    return tuple(sorted(days))


def prorate(amount: Decimal, fraction: Fraction) -> Decimal:
    """Take a fraction of an amount, unrounded: the currency rounds once, at the end."""
    return amount * fraction.numerator / fraction.denominator


def iter_periods(terms: BillingTerms, number: int = 1) -> Iterator[Period]:
    """Yield the periods from a number on; endless for open-ended terms."""
    if terms.first:
        number = max(number, number_of(terms, terms.first))
    while (period := period_at(terms, number)) is not None:
        yield period
        number += 1


def period_at(terms: BillingTerms, number: int) -> Period | None:
    """Compute the period of that number (1 is the first), or None past the end."""
    if terms.instalments is not None and number > terms.instalments:
        return None
    date_from = _bound(terms, number - 1)
    if terms.first and terms.first > date_from:
        date_from = terms.first
    if date_from.year > LAST_YEAR or (terms.end and date_from > terms.end):
        return None
    whole_to = _bound(terms, number) - ONE_DAY
    date_to = min(whole_to, terms.end) if terms.end else whole_to
    full = terms.basis == NONE
    return Period(
        number=number,
        date_from=date_from,
        date_to=date_to,
        due_date=date_from if terms.in_advance else date_to,
        whole_from=date_from if full else _whole_start(terms, number),
        whole_to=date_to if full else whole_to,
        basis=period_basis(terms),
    )


def period_basis(terms: BillingTerms) -> str:
    """How the days of periods count; months of 30 days say nothing about weeks."""
    return CALENDAR if terms.unit in DAYS and terms.basis != NONE else terms.basis


def remaining_periods(
    terms: BillingTerms, after: date | None = None
) -> Iterator[Period]:
    """Yield the periods after a day; of the one that goes on, its days left."""
    if after is None:
        yield from iter_periods(terms)
        return
    day = after + ONE_DAY
    for period in iter_periods(terms, number_of(terms, day)):
        if period.date_to >= day:
            yield period.starting(day)


def due_periods(
    terms: BillingTerms, until: date, after: date | None = None
) -> list[Period]:
    """List what is due by `until` of the periods after a day."""
    due = []
    for period in remaining_periods(terms, after):
        if period.due_date > until:
            break
        due.append(period)
    return due


def next_period(terms: BillingTerms, after: date | None = None) -> Period | None:
    """Find the first days to bill after a day."""
    return next(remaining_periods(terms, after), None)


def periods_between(terms: BillingTerms, first: date, last: date) -> Iterator[Period]:
    """Yield the periods, uncut, that have a day from `first` to `last`."""
    for period in iter_periods(terms, number_of(terms, first)):
        if period.date_from > last:
            return
        if period.date_to >= first:
            yield period


def schedule(terms: BillingTerms, limit: int) -> tuple[list[Period], bool]:
    """List at most `limit` periods, and tell whether more would follow."""
    periods = list(islice(iter_periods(terms), limit + 1))
    return periods[:limit], len(periods) > limit


def period_start(terms: BillingTerms, number: int) -> date:
    """First day of the period of that number, whatever the end of the contract."""
    return _bound(terms, number - 1)


def number_of(terms: BillingTerms, day: date) -> int:
    """Number of the period that holds a day, by bisection; 1 before the start."""
    low, high = 0, 1
    while _bound(terms, high) <= day:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _bound(terms, middle) <= day else (low, middle)
    return high


@lru_cache(maxsize=4096)  # many subscriptions of one plan share their bounds
def _bound(terms: BillingTerms, index: int) -> date:
    """First day of the period after `index` periods; -1: before a short first one."""
    if index == 0:
        return terms.start
    if terms.unit in DAYS:
        return terms.start + timedelta(days=index * terms.interval * DAYS[terms.unit])
    slot = _first_slot(terms)
    starts_on_anchor = _on_slot(terms, slot) == terms.start
    return _on_slot(terms, slot + index - (0 if starts_on_anchor else 1))


def _whole_start(terms: BillingTerms, number: int) -> date:
    """First day of the full period; earlier than the start for a short first period."""
    if number > 1 or terms.unit in DAYS:
        return _bound(terms, number - 1)
    slot = _first_slot(terms)
    anchored = _on_slot(terms, slot)
    return anchored if anchored == terms.start else _on_slot(terms, slot - 1)


def _anchors(terms: BillingTerms) -> tuple[int, ...]:
    return terms.anchor_days or (terms.start.day,)


def _first_slot(terms: BillingTerms) -> int:
    """Slot of the first anchor day on or after the start: 0 is the month's first."""
    count = len(_anchors(terms))
    for slot in range(count):
        if _anchor_date(terms, 0, slot) >= terms.start:
            return slot
    return count


def _on_slot(terms: BillingTerms, slot: int) -> date:
    """Day on which the period of a slot begins."""
    count = len(_anchors(terms))
    if count > 1:
        return _anchor_date(terms, *divmod(slot, count))
    # one anchor: the first lies in the month of the start or in the next one, and the
    # following ones a whole interval apart
    base = 0 if _anchor_date(terms, 0, 0) >= terms.start else 1
    step = slot - base
    months = base + step * terms.interval * MONTHS[terms.unit]
    return _anchor_date(terms, months, 0)


def _anchor_date(terms: BillingTerms, months: int, rank: int) -> date:
    """An anchor day of the month that lies `months` later, or that month's last day."""
    years, month = divmod(terms.start.month - 1 + months, 12)
    year, month = terms.start.year + years, month + 1
    return date(year, month, min(_anchors(terms)[rank], monthrange(year, month)[1]))
