"""Cut-off: the part of an amount that belongs before and after a closing date.

An amount is earned day by day over the days that it pays for, counted as its contract
counts them: by the calendar or in months of 30 days. The part earned is rounded, the
rest follows by subtraction: the parts always add up to the amount, and from closing to
closing the differences do too.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from .day_count import CALENDAR, count_days


@dataclass(frozen=True, slots=True)
class Split:
    """An amount at a closing date: earned until then, deferred beyond."""

    earned: Decimal
    deferred: Decimal
    days: int
    days_after: int


def split(
    amount: Decimal,
    date_from: date,
    date_to: date,
    closing: date,
    step: Decimal,
    basis: str = CALENDAR,
) -> Split:
    """Split an amount by days; both days belong to the span.

    :param step: what the currency rounds to, such as Decimal("0.01")
    :param basis: how days are counted, see day_count

    >>> split(Decimal("310"), date(2026, 1, 1), date(2026, 1, 31), date(2026, 1, 10),
    ...       Decimal("0.01")).deferred
    Decimal('210.00')
    """
    days = count_days(basis, date_from, date_to)
    if closing < date_from:
        passed, earned = 0, Decimal(0)
    elif closing >= date_to:
        passed, earned = days, amount
    else:
        passed = count_days(basis, date_from, closing)
        # the 30th to the 31st has no day of its own in months of 30 days
        earned = round_to(amount * passed / days, step) if days else amount
    return Split(earned, amount - earned, days, days - passed)


def round_to(amount: Decimal, step: Decimal) -> Decimal:
    """Round to the nearest multiple of a step, half away from zero."""
    return (amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step
