"""Cut-off: the part of an amount that belongs before and after a closing date.

An amount is earned day by day over the days that it pays for. The part earned is
rounded, the rest follows by subtraction: the parts always add up to the amount, and
from closing to closing the differences do too.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class Split:
    """An amount at a closing date: earned until then, deferred beyond."""

    earned: Decimal
    deferred: Decimal
    days: int
    days_after: int


def split(
    amount: Decimal, date_from: date, date_to: date, closing: date, step: Decimal
) -> Split:
    """Split an amount by days; both days belong to the span.

    :param step: what the currency rounds to, such as Decimal("0.01")

    >>> split(Decimal("310"), date(2026, 1, 1), date(2026, 1, 31), date(2026, 1, 10),
    ...       Decimal("0.01")).deferred
    Decimal('210.00')
    """
    days = (date_to - date_from).days + 1
    passed = min(max((closing - date_from).days + 1, 0), days)
    if passed in (0, days):
        earned = amount * passed / days
    else:
        earned = round_to(amount * passed / days, step)
    return Split(earned, amount - earned, days, days - passed)


def round_to(amount: Decimal, step: Decimal) -> Decimal:
    """Round to the nearest multiple of a step, half away from zero."""
    return (amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step
