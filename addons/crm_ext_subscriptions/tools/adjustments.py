"""Adjustments: the credit or supplement that a change owes on days already billed.

A billed row is never rewritten. What the terms known now cost over its days, less what
was billed and adjusted for them before, is one more signed amount: so the row and its
adjustments always sum to the price of the terms, to the cent, whatever the chain of
changes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .amendments import Terms, changed_days

Price = Callable[[date, date], Decimal]


@dataclass(frozen=True, slots=True)
class BilledRow:
    """Days of a line that were billed, and what was adjusted on them since."""

    key: int
    date_from: date
    date_to: date
    amount: Decimal
    adjusted: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Correction:
    """What is still owed on a row: a supplement above zero, a credit below."""

    key: int
    date_from: date
    date_to: date
    amount: Decimal

    @property
    def days(self) -> int:
        """How many days the change concerns."""
        return (self.date_to - self.date_from).days + 1


def correct(
    rows: Iterable[BilledRow],
    price: Price,
    before: tuple[Terms, ...] = (),
    after: tuple[Terms, ...] = (),
) -> list[Correction]:
    """List what the rows lack, or have too much, against the price of their days.

    :param price: the rounded price of the terms known now, from a day to a day
    :param before: the terms as they stood, to tell which days changed
    :param after: the terms as they stand
    """
    corrections = []
    for row in rows:
        owed = price(row.date_from, row.date_to) - row.amount - row.adjusted
        if owed:
            first, last = _days(row, before, after)
            corrections.append(Correction(row.key, first, last, owed))
    return corrections


def _days(
    row: BilledRow, before: tuple[Terms, ...], after: tuple[Terms, ...]
) -> tuple[date, date]:
    changed = changed_days(before, after, row.date_from, row.date_to)
    return changed or (row.date_from, row.date_to)
