"""Prepaid hours: which book pays for work, in which order, and the double entry.

Hours leave the book that expires first, so that the customer loses as little as
possible. Every movement has a debit and a credit account of one book; a balance is the
sum of its movements, and all accounts of a book always add up to zero.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from ..exceptions import HoursRefused

STEP = Decimal("0.0001")
ZERO = Decimal(0)

PURCHASED = "purchased"
AVAILABLE = "available"
CONSUMED = "consumed"
EXPIRED = "expired"

# kind of movement -> (debit account, credit account)
ACCOUNTS = {
    "purchase": (AVAILABLE, PURCHASED),
    "consume": (CONSUMED, AVAILABLE),
    "expire": (EXPIRED, AVAILABLE),
}


@dataclass(frozen=True, slots=True)
class Book:
    """What the choice needs to know of an hour book.

    `overdraft` is refuse, warn or allow; without `expires_on` the hours never expire.
    """

    id: int
    available: Decimal
    expires_on: date | None = None
    overdraft: str = "refuse"


@dataclass(frozen=True, slots=True)
class Share:
    """The part of the work that one book pays; `beyond` is what it did not hold."""

    book_id: int
    hours: Decimal
    beyond: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Draw:
    """How the work is split over the books."""

    shares: tuple[Share, ...]
    warn: bool = False

    @property
    def hours(self) -> Decimal:
        """All the hours drawn."""
        return sum((share.hours for share in self.shares), ZERO)

    @property
    def beyond(self) -> Decimal:
        """The hours that no book held."""
        return sum((share.beyond for share in self.shares), ZERO)


@dataclass(frozen=True, slots=True)
class Move:
    """A movement of hours between two accounts of one book."""

    debit: str
    credit: str
    hours: Decimal

    def reversed(self) -> "Move":
        """Return the movement that undoes this one."""
        return Move(self.credit, self.debit, self.hours)


def to_hours(value: float | Decimal) -> Decimal:
    """Turn a stored number into exact hours."""
    return Decimal(str(value)).quantize(STEP, ROUND_HALF_UP)


def drawing_order(books: Iterable[Book], today: date, first_id: int = 0) -> list[Book]:
    """Return the books that may pay today: the named one, then earliest expiry."""
    usable = [b for b in books if b.expires_on is None or b.expires_on >= today]
    return sorted(
        usable, key=lambda b: (b.id != first_id, b.expires_on or date.max, b.id)
    )


def draw(books: Iterable[Book], hours: Decimal, today: date, first_id: int = 0) -> Draw:
    """Split hours of work over the books.

    What the books do not hold goes to the last of them whose policy lets it.

    :param first_id: the book that the case names, drawn before the others
    :raises HoursRefused: when hours are missing and no book allows an overdraft
    """
    order = drawing_order(books, today, first_id)
    taken: dict[int, Decimal] = {}
    missing = hours
    for book in order:
        part = min(max(book.available, ZERO), missing)
        if part > 0:
            taken[book.id] = part
            missing -= part
    if missing <= 0:
        return Draw(tuple(Share(book_id, part) for book_id, part in taken.items()))
    return _overdraw(order, taken, hours, missing)


def _overdraw(
    order: list[Book], taken: dict[int, Decimal], hours: Decimal, missing: Decimal
) -> Draw:
    payer = next((b for b in reversed(order) if b.overdraft != "refuse"), None)
    if payer is None:
        raise HoursRefused(hours, hours - missing)
    taken.setdefault(payer.id, ZERO)
    shares = tuple(
        Share(book_id, part + missing, missing)
        if book_id == payer.id
        else Share(book_id, part)
        for book_id, part in taken.items()
    )
    return Draw(shares, warn=payer.overdraft == "warn")


def balances(moves: Iterable[Move]) -> dict[str, Decimal]:
    """Return the balance of every account: debits minus credits."""
    result = dict.fromkeys((PURCHASED, AVAILABLE, CONSUMED, EXPIRED), ZERO)
    for move in moves:
        result[move.debit] += move.hours
        result[move.credit] -= move.hours
    return result
