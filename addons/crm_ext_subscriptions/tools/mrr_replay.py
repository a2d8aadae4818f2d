"""The MRR ledger as it grew: what was entered is replayed in the order of entry.

At each moment of entry the moves are reckoned anew from all that was known then. A move
that became wrong is taken back by a counter, one that was missing is added; both are
known from that moment on, so that no figure of the past, as it was known, ever changes.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from .mrr_moves import Book, Move, known_moves, months_after
from .mrr_terms import ZERO, MrrLine

# below it, reckoning all of a customer's lines costs less than asking whether to
FEW_LINES = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the ledger: a move or its counter, and since when it is known."""

    move: Move
    known_at: datetime
    counter: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """What the customer's other lines do on a day: amount, and pauses begun or over."""

    amount: Decimal = ZERO
    held: int = 0

    def plus(self, move: Move, sign: int = 1) -> "Beside":
        """Add a move, or take it away."""
        held = {"pause": sign, "resume": -sign}.get(move.kind, 0)
        return Beside(self.amount + sign * move.amount, self.held + held)


class Ledger:
    """The moves of a customer that stand, brought from moment to moment."""

    def __init__(
        self, lines: Sequence[MrrLine], book: Book, standing: Iterable[Move] = ()
    ) -> None:
        """Begin with what stands already (neither counters nor countered)."""
        self.lines, self.book = lines, book
        self.standing: dict[int, dict[Move, Move]] = {line.key: {} for line in lines}
        self.days: dict[date, Beside] = {}
        for move in standing:
            self._hold(move)

    def replay(self, moments: Iterable[datetime]) -> list[Entry]:
        """Rows that the moments add, one after the other."""
        entered = self._by_moment()
        rows: list[Entry] = []
        for moment in moments:
            rows += self.advance(moment, list(entered.get(moment, {}).values()))
        return rows

    def advance(
        self, moment: datetime, changed: Collection[MrrLine] = ()
    ) -> list[Entry]:
        """Bring the ledger to what is known at a moment.

        :param changed: the lines about which something was entered; none: any line
        """
        few = len(self.lines) <= FEW_LINES
        if not changed or few or not self._stays_beside(changed):
            return self._replace(self.lines, moment, False)
        return self._replace(changed, moment, True)

    def _by_moment(self) -> dict[datetime, dict[int, MrrLine]]:
        """{moment: the lines changed then, and those in which changed ones go on}."""
        entered: dict[datetime, dict[int, MrrLine]] = {}
        for line in self.lines:
            for one in (line, *sources_of(line, self.book.others)):
                for moment in one.moments():
                    entered.setdefault(moment, {})[line.key] = line
        return entered

    # ------------------------------------------------------------------ one moment
    def _replace(
        self, lines: Collection[MrrLine], moment: datetime, stays: bool
    ) -> list[Entry]:
        wanted = known_moves(lines, moment, self.book, stays)
        known = {move: move for move in wanted}
        wrong = [
            move
            for line in lines
            for move in self.standing[line.key]
            if move not in known
        ]
        for move in wrong:
            self._drop(move)
        missing = [move for move in known if move not in self.standing[move.line]]
        for move in missing:
            self._hold(move)
        rows = [Entry(move, moment, True) for move in wrong]
        return rows + [Entry(move, moment) for move in missing]

    def _hold(self, move: Move) -> None:
        self.standing[move.line][move] = move
        self.days[move.date] = self.days.get(move.date, Beside()).plus(move)

    def _drop(self, move: Move) -> None:
        del self.standing[move.line][move]
        self.days[move.date] = self.days[move.date].plus(move, -1)

    def _stays_beside(self, changed: Collection[MrrLine]) -> bool:
        """Whether the other lines keep the customer from the day before the changed
        ones begin: then neither their kinds nor those of the others depend on each
        other."""
        if any(_is_negative(line) for line in changed):
            return False
        beside = dict(self.days)
        for line in changed:
            for move in self.standing[line.key]:
                beside[move.date] = beside[move.date].plus(move, -1)
        first = min(line.first for line in changed)
        total, held, was_there = ZERO, 0, False
        for day in sorted(beside):
            if day >= first and not was_there:
                return False
            total += beside[day].amount
            held += beside[day].held
            was_there = total > 0 or held > 0
        return was_there


def _is_negative(line: MrrLine) -> bool:
    return any(terms.quantity * terms.price < 0 for terms in line.terms)


def sources_of(line: MrrLine, others: Mapping[int, MrrLine]) -> Iterator[MrrLine]:
    """The line that goes on in this one, and the one that went on in that one."""
    source = others.get(line.continues)
    while source:
        yield source
        source = others.get(source.continues)


def moments_of(
    lines: Sequence[MrrLine],
    others: Iterable[MrrLine],
    now: datetime,
    since: datetime | None = None,
) -> list[datetime]:
    """When something was entered, and the months whose rate moved foreign lines.

    :param since: only what comes after
    """
    found = {moment for line in (*lines, *others) for moment in line.moments()}
    foreign = [min(line.moments()) for line in lines if line.currency and line.terms]
    if foreign:
        first, last = min(foreign).date(), now.date().replace(day=1)
        found |= {_midnight(day) for day in months_after(first, last)}
    return sorted(m for m in found if m <= now and (since is None or m > since))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 UTC, as the host's
