"""Billing periods: which days a subscription line is billed for, and when.

Periods tile time: each begins the day after the one before it ends. Their bounds are
computed from the start, never from the previous bound, so that an anchor on the 31st
gives 28 February and then 31 March again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import islice

from dateutil.relativedelta import relativedelta

DAYS = {"day": 1, "week": 7}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
UNITS = (*DAYS, *MONTHS)
MAX_INTERVAL = 366
LAST_YEAR = 9000  # beyond it an open-ended schedule stops instead of overflowing


class BillingTermsError(Exception):
    """Terms that cannot make a schedule; `field` names the one at fault."""

    def __init__(self, field: str) -> None:
        """Remember the field at fault; the caller words the message."""
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class BillingTerms:
    """How often a subscription is billed, from when, and until when.

    `anchor_day` is the day of the month on which periods begin (31: the last day);
    empty, it is the day of `start`. `instalments` counts periods, `end` is the last
    day.
    """

    start: date
    interval: int = 1
    unit: str = "month"
    anchor_day: int | None = None
    in_advance: bool = True
    instalments: int | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        """Refuse terms without a schedule."""
        if not 1 <= self.interval <= MAX_INTERVAL:
            raise BillingTermsError("interval")
        if self.unit not in UNITS:
            raise BillingTermsError("unit")
        if self.anchor_day is not None and not 1 <= self.anchor_day <= 31:
            raise BillingTermsError("anchor_day")
        if self.instalments is not None and self.instalments < 1:
            raise BillingTermsError("instalments")
        if self.end is not None and self.end < self.start:
            raise BillingTermsError("end")


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `date_from` to `date_to`, both included.

    `whole_days` is the length of the full period that these days are part of.
    """

    number: int
    date_from: date
    date_to: date
    due_date: date
    whole_days: int

    @property
    def days(self) -> int:
        """How many days are billed."""
        return (self.date_to - self.date_from).days + 1

    @property
    def fraction(self) -> Fraction:
        """The exact part of the full price that these days cost."""
        return Fraction(self.days, self.whole_days)


def prorate(amount: Decimal, fraction: Fraction) -> Decimal:
    """Take a fraction of an amount, unrounded: the currency rounds once, at the end."""
    return amount * fraction.numerator / fraction.denominator


def iter_periods(terms: BillingTerms, first: int = 1) -> Iterator[Period]:
    """Yield the periods from number `first` on; endless for open-ended terms."""
    number = first
    while (period := period_at(terms, number)) is not None:
        yield period
        number += 1


def period_at(terms: BillingTerms, number: int) -> Period | None:
    """Compute the period of that number (1 is the first), or None past the end."""
    if terms.instalments is not None and number > terms.instalments:
        return None
    date_from = _bound(terms, number - 1)
    if date_from.year > LAST_YEAR or (terms.end and date_from > terms.end):
        return None
    next_bound = _bound(terms, number)
    date_to = next_bound - timedelta(days=1)
    if terms.end:
        date_to = min(date_to, terms.end)
    return Period(
        number=number,
        date_from=date_from,
        date_to=date_to,
        due_date=date_from if terms.in_advance else date_to,
        whole_days=(next_bound - _whole_start(terms, number)).days,
    )


def due_periods(
    terms: BillingTerms, until: date, after: date | None = None
) -> list[Period]:
    """List the periods due by `until` that begin after the day `after`."""
    due = []
    for period in iter_periods(terms, _number_after(terms, after)):
        if period.due_date > until:
            break
        due.append(period)
    return due


def next_period(terms: BillingTerms, after: date | None = None) -> Period | None:
    """Find the first period that begins after the day `after`."""
    return next(iter_periods(terms, _number_after(terms, after)), None)


def schedule(terms: BillingTerms, limit: int) -> tuple[list[Period], bool]:
    """List at most `limit` periods, and tell whether more would follow."""
    periods = list(islice(iter_periods(terms), limit + 1))
    return periods[:limit], len(periods) > limit


def _bound(terms: BillingTerms, index: int) -> date:
    """First day of the period after `index` periods."""
    if index == 0:
        return terms.start
    if terms.unit in DAYS:
        return terms.start + timedelta(days=index * terms.interval * DAYS[terms.unit])
    months = terms.interval * MONTHS[terms.unit]
    anchored = _first_anchor(terms)
    if anchored == terms.start:
        return _on_anchor(terms, terms.start, index * months)
    return _on_anchor(terms, anchored, (index - 1) * months)


def _whole_start(terms: BillingTerms, number: int) -> date:
    """First day of the full period; earlier than the start for a short first period."""
    if number > 1 or terms.unit in DAYS:
        return _bound(terms, number - 1)
    anchored = _first_anchor(terms)
    if anchored == terms.start:
        return terms.start
    return _on_anchor(terms, anchored, -terms.interval * MONTHS[terms.unit])


def _first_anchor(terms: BillingTerms) -> date:
    """First anchor day on or after the start."""
    same_month = _on_anchor(terms, terms.start, 0)
    return (
        same_month if same_month >= terms.start else _on_anchor(terms, terms.start, 1)
    )


def _on_anchor(terms: BillingTerms, day: date, months: int) -> date:
    """Anchor day of the month that lies `months` later, or that month's last day."""
    anchor = terms.anchor_day or terms.start.day
    return day + relativedelta(months=months, day=anchor)


def _number_after(terms: BillingTerms, after: date | None) -> int:
    """Number of the first period that begins after a day, by bisection."""
    if after is None or after < terms.start:
        return 1
    low, high = 0, 1
    while _bound(terms, high) <= after:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _bound(terms, middle) <= after else (low, middle)
    return high + 1
