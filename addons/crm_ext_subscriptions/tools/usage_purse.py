"""Prepaid credits of subscriptions, counted down while bills are prepared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .usage import Bill, take
from .usage_tariff import ZERO


@dataclass(frozen=True, slots=True)
class Book:
    """Money, or units of a meter, paid in advance; valid from `first` to `last`."""

    id: int
    subscription_id: int
    kind: str
    meter_id: int
    balance: Decimal
    first: date
    last: date = date.max


@dataclass(frozen=True, slots=True)
class Use:
    """Whose usage of which days is to be paid."""

    subscription_id: int
    meter_id: int
    first: date
    last: date


class Purse:
    """The books of a run: what one bill draws, the next one does not find."""

    def __init__(self, books: Iterable[Book]) -> None:
        """Order the books: first to expire, first drawn."""
        self._books: dict[int, list[Book]] = {}
        self._balances: dict[int, Decimal] = {}
        for book in sorted(books, key=lambda book: (book.last, book.id)):
            self._books.setdefault(book.subscription_id, []).append(book)
            self._balances[book.id] = book.balance

    def available(self, use: Use, kind: str) -> Decimal:
        """What is left to draw for some usage."""
        return sum((self._balances[it.id] for it in self._serving(use, kind)), ZERO)

    def draw(self, use: Use, bill: Bill) -> list[tuple[int, Decimal]]:
        """Take what a bill draws; (book id, money or units), negative given back."""
        return [
            *self.take(use, "units", bill.credit_units),
            *self.take(use, "money", bill.credit),
        ]

    def take(self, use: Use, kind: str, wanted: Decimal) -> list[tuple[int, Decimal]]:
        """Take an amount from the books that serve, in their order."""
        books = self._serving(use, kind)
        shares = take(wanted, [self._balances[book.id] for book in books])
        draws = []
        for book, share in zip(books, shares, strict=True):
            if share:
                self._balances[book.id] -= share
                draws.append((book.id, share))
        return draws

    def adjust(
        self,
        use: Use,
        kind: str,
        more: Decimal,
        drawn: Sequence[tuple[int, Decimal]],
    ) -> list[tuple[int, Decimal]]:
        """Draw more, or give back to the books that were `drawn`."""
        if more >= 0:
            return self.take(use, kind, more)
        shares = take(-more, [share for _book, share in drawn])
        given = [(it[0], -share) for it, share in zip(drawn, shares, strict=True)]
        for book, share in given:
            self._balances[book] -= share
        return [(book, share) for book, share in given if share]

    def _serving(self, use: Use, kind: str) -> list[Book]:
        return [
            book
            for book in self._books.get(use.subscription_id, ())
            if book.kind == kind
            and (kind == "money" or book.meter_id == use.meter_id)
            and book.first <= use.last
            and book.last >= use.first
        ]
