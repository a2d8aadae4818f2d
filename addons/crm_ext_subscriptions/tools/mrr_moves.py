"""The moves of one customer's MRR, as known at a moment: day by day, line by line.

What kind a move is depends on the customer: the first MRR ever is new, what comes back
after nothing was left is a reactivation, the loss of all is churn, and a pause loses
nobody. docs/decisions/0010-mrr-ledger.md states the rules.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from .mrr_parts import (
    RESUME,
    TERMS,
    TRANSFER,
    Flow,
    Part,
    Past,
    is_left,
    split,
    taken_over,
)
from .mrr_terms import CENT, ONE, RUNNING, ZERO, MrrLine, Standing, standings

NEW, REACTIVATION, CHURN = "new", "reactivation", "churn"
EXPANSION, CONTRACTION, EXCHANGE = "expansion", "contraction", "exchange"
NOWHERE = Past()
REVALUED = Part(EXCHANGE, "rate", ZERO)

Rates = Callable[[int, date], Decimal]


@dataclass(frozen=True, slots=True)
class Move:
    """A signed amount of a day. Two moves are the same whatever entry they come from.

    `amount` is in the company's currency, `amount_currency` in the line's.
    """

    line: int
    date: date
    kind: str
    cause: str
    amount: Decimal
    amount_currency: Decimal
    rate: Decimal = ONE
    version: int = field(default=0, compare=False)
    change: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Book:
    """What a customer's moves are reckoned from, beside the customer's own lines.

    `others` are lines that go on in these, of this or another customer, and those that
    go on in them; `continued` tells which line goes on elsewhere, from which day on: a
    subscription that was reopened may go on elsewhere twice. `rates` gives the stated
    rate of a currency for the month that begins on a day. `rounding` is the company
    currency's unit.
    """

    others: Mapping[int, MrrLine] = field(default_factory=dict)
    continued: frozenset[tuple[int, date]] = frozenset()
    rates: Rates = lambda _currency, _month: ONE
    rounding: Decimal = CENT


class _Run:
    """A line while the days are gone through; `worth` is in the company's currency."""

    __slots__ = ("entry", "given", "line", "past", "rate", "worth")

    def __init__(self, line: MrrLine) -> None:
        self.line, self.past = line, NOWHERE
        self.worth, self.rate = ZERO, ONE
        self.given, self.entry = False, (0, 0)


Event = tuple[_Run, Standing | None, Flow | None]
Booked = tuple[_Run, Part, Decimal]


def known_moves(
    lines: Sequence[MrrLine], moment: datetime, book: Book, stays: bool = False
) -> list[Move]:
    """Every move of these lines of one customer, past and to come, as then known.

    :param stays: other lines keep the customer, whatever becomes of these
    """
    customer = _Customer(moment, book)
    if stays:
        customer.total, customer.present = ONE, True
    agenda = customer.take(lines)
    for day in sorted(agenda):
        customer.live(day, agenda[day])
    return customer.moves


class _Customer:
    """One pass over the days of a customer."""

    def __init__(self, moment: datetime, book: Book) -> None:
        self.moment, self.book = moment, book
        self.month = moment.date().replace(day=1)
        self.moves: list[Move] = []
        self.total = ZERO
        self.held = self.given = 0
        self.present = self.ever = False

    # ------------------------------------------------------------------ agenda
    def take(self, lines: Iterable[MrrLine]) -> dict[date, list[Event]]:
        """What happens on which day: a line, its new standing, what goes on in it."""
        agenda: dict[date, list[Event]] = {}
        for line in lines:
            known = standings(line, self.moment)
            if not known:
                continue
            run = _Run(line)
            flow = taken_over(line, self.moment, self.book.others)
            days = set()
            for standing in known:
                day = standing.date_from
                days.add(day)
                here = flow if flow and flow.date == day else None
                agenda.setdefault(day, []).append((run, standing, here))
            if line.currency:
                for day in months_after(known[0].date_from, self.month):
                    if day not in days:
                        agenda.setdefault(day, []).append((run, None, None))
        return agenda

    # ------------------------------------------------------------------ a day
    def live(self, day: date, events: Iterable[Event]) -> None:
        """Go through one day; the rate of the month comes before what changes."""
        booked: list[Booked] = []
        for run, standing, flow in events:
            if run.line.currency:
                self._revalue(run, day)
            if standing is None:
                continue
            left = is_left(standing) and (run.line.key, day) in self.book.continued
            run.entry = (standing.terms.key, standing.terms.change)
            for part in split(run.line, run.past, standing, flow, left):
                booked.append((run, part, self._book(run, part)))
            self._settle(run, standing)
        if booked:
            self._name(day, booked)

    def _settle(self, run: _Run, standing: Standing) -> None:
        past = run.past
        terms = standing.terms if standing.stop == RUNNING else past.terms
        run.past = Past(standing.stop, past.value, past.held, terms)
        given = standing.is_given
        self.given += given - run.given
        run.given = given

    def _revalue(self, run: _Run, day: date) -> None:
        """The rate of the month; what it makes of the value is an exchange difference.

        A month to come has no rate yet: the last one known stands for it.
        """
        month = min(day.replace(day=1), self.month)
        run.rate = self.book.rates(run.line.currency, month)
        worth = self._convert(run.past.value, run.rate)
        difference = worth - run.worth
        if difference:
            self._write(day, run, EXCHANGE, REVALUED, difference, ZERO)
            self.total += difference
            run.worth = worth

    def _convert(self, value: Decimal, rate: Decimal) -> Decimal:
        rounding = self.book.rounding
        return (value * rate / rounding).quantize(ONE, ROUND_HALF_UP) * rounding

    def _book(self, run: _Run, part: Part) -> Decimal:
        """Carry a part into the line's value; tell it in the company's currency."""
        past = run.past
        value, held = past.value + part.amount, past.held + part.held
        self.held += bool(held) - bool(past.held)
        run.past = Past(past.stop, value, held, past.terms)
        worth = self._convert(value, run.rate) if run.line.currency else value
        amount, run.worth = worth - run.worth, worth
        return amount

    # ------------------------------------------------------------------ kinds
    def _name(self, day: date, booked: Sequence[Booked]) -> None:
        """Tell the kind of each part by what the customer was, and has become.

        What a transfer brings or takes is neither won nor lost: it counts as having
        been there, or not, before the rest of the day.
        """
        was = self.present
        if any(part.kind == TRANSFER for _run, part, _amount in booked):
            moved = (
                amount
                for _run, part, amount in booked
                if part.kind in (RESUME, TRANSFER)
            )
            was = self.total + sum(moved) > 0 or bool(self.held)
        self.ever = self.ever or self.present or was
        self.total += sum(amount for _run, _part, amount in booked)
        now = self.total > 0 or self.held > 0 or (was and self.given > 0)
        whole = ""
        if now != was:
            whole = CHURN if was else REACTIVATION if self.ever else NEW
        self.present = now
        self._write_all(day, booked, whole)

    def _write_all(self, day: date, booked: Sequence[Booked], whole: str) -> None:
        """A row per line, kind and cause; per line alone of a customer won or lost."""
        sums: dict[tuple[int, str, str, int], list] = {}
        for run, part, amount in booked:
            kind = part.kind
            if kind == TERMS:
                rises = (amount or part.amount) > 0
                kind = whole or (EXPANSION if rises else CONTRACTION)
            cause = "" if kind == whole else part.cause
            # what is taken over and goes on elsewhere on one day is two transfers
            key = (run.line.key, kind, cause, part.change)
            found = sums.setdefault(key, [run, part, ZERO, ZERO])
            found[2] += amount
            found[3] += part.amount
        for (_key, kind, *_rest), (run, part, amount, own) in sums.items():
            if amount or own:
                self._write(day, run, kind, part, amount, own)

    def _write(
        self, day: date, run: _Run, kind: str, part: Part, amount: Decimal, own: Decimal
    ) -> None:
        version, change = run.entry
        figures = (run.line.key, day, kind, part.cause, amount, own, run.rate)
        self.moves.append(Move(*figures, version, part.change or change))


def months_after(first: date, last: date) -> Iterable[date]:
    """First days of the months after a day, until a month."""
    month = first.replace(day=1)
    while month < last:
        year, number = divmod(month.year * 12 + month.month, 12)
        month = date(year, number + 1, 1)
        yield month
