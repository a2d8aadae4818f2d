"""What a line is worth a month, day by day, as far as it was known at a moment.

The monthly value is the price of a period x the periods of a year / 12, exact, and
rounded once, half up, to the unit of the line's currency. Moves are differences of such
rounded values: whatever happens in between, they add up to the value of the day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

CENT = Decimal("0.01")
ONE = Decimal(1)
ZERO = Decimal(0)
HUNDRED = Decimal(100)
ONE_DAY = timedelta(days=1)
# no product of quantity, price and discount has so many digits: nothing is cut off
EXACT = Context(prec=80, rounding=ROUND_HALF_UP)

BEFORE, RUNNING, FREE, PAUSE = "before", "", "free", "pause"
REMOVE, CLOSE, END = "remove", "close", "end"
TAKEN_OVER = ("transfer", "swap_plan")
FOLLOWED = ("revision", "pricelist")


def monthly_value(
    hundredfold: Decimal, share: tuple[int, int], rounding: Decimal = CENT
) -> Decimal:
    """Round the price of a month, given a hundred times that of a period.

    :param share: how many periods a month holds, as a fraction
    """
    if not hundredfold:
        return ZERO
    numerator, denominator = share
    with localcontext(EXACT):
        exact = hundredfold * numerator / (HUNDRED * denominator * rounding)
        return exact.quantize(ONE) * rounding


@dataclass(frozen=True, slots=True)
class MrrTerms:
    """Terms of a line from a day on, and when they were entered.

    `quantity` is what stands behind a stop. `key` tells the order of entry.
    """

    key: int
    date_from: date
    known_at: datetime
    quantity: Decimal
    price: Decimal
    discount: Decimal = ZERO
    stop: str = RUNNING
    reason: str = "entry"
    change: int = 0


@dataclass(frozen=True, slots=True)
class MrrEnd:
    """The last day of a contract (None: it has no end), and since when that holds."""

    known_at: datetime
    last: date | None


@dataclass(frozen=True, slots=True)
class MrrLine:
    """A recurring line: its dated terms, the ends of its contract, what a month holds.

    A month holds `numerator / denominator` of its periods. `currency` is 0 where it is
    the company's. `continues` is the line of another subscription that goes on in it.
    """

    key: int
    first: date
    terms: tuple[MrrTerms, ...]
    ends: tuple[MrrEnd, ...] = ()
    numerator: int = 1
    denominator: int = 1
    rounding: Decimal = CENT
    currency: int = 0
    continues: int = 0
    opening: bool = False
    known: dict[int, Decimal] = field(default_factory=dict, compare=False, repr=False)

    def value(self, quantity: Decimal, price: Decimal, discount: Decimal) -> Decimal:
        """Monthly value of these terms."""
        share = (self.numerator, self.denominator)
        with localcontext(EXACT):
            hundredfold = quantity * price * (HUNDRED - discount)
        return monthly_value(hundredfold, share, self.rounding)

    def worth(self, terms: MrrTerms) -> Decimal:
        """Monthly value of terms as they stand; reckoned once, asked for often."""
        found = self.known.get(terms.key)
        if found is None:
            found = self.value(terms.quantity, terms.price, terms.discount)
            self.known[terms.key] = found
        return found

    def moments(self) -> set[datetime]:
        """When something about the line was entered."""
        ends = self.ends[1:] if len(self.ends) > 1 else ()
        return {one.known_at for one in (*self.terms, *ends)}


@dataclass(frozen=True, slots=True)
class Standing:
    """What a line is worth from a day on, or why it is worth nothing."""

    date_from: date
    value: Decimal
    stop: str
    terms: MrrTerms | None = None
    # whether an index or the pricelist made the price that begins on this day
    followed: str = ""

    @property
    def is_given(self) -> bool:
        """Whether it costs nothing by its discount alone."""
        terms = self.terms
        return (
            self.stop == RUNNING
            and not self.value
            and terms is not None
            and terms.discount == HUNDRED
            and terms.quantity * terms.price > 0
        )


def known_terms(line: MrrLine, moment: datetime) -> list[MrrTerms]:
    """The terms entered until a moment, by date of effect, then order of entry."""
    known = [terms for terms in line.terms if terms.known_at <= moment]
    known.sort(key=lambda terms: (terms.date_from, terms.key))
    return known


def known_end(line: MrrLine, moment: datetime) -> date | None:
    """The last day of the contract as it was known; ends are in order of entry."""
    last = None
    for rank, end in enumerate(line.ends):
        if rank and end.known_at > moment:
            break
        last = end.last
    return last


def standings(line: MrrLine, moment: datetime) -> list[Standing]:
    """What the line is worth from each day of change on; nothing before the first."""
    known, last = known_terms(line, moment), known_end(line, moment)
    found = [
        _standing(line, day, group)
        for day, group in _by_day(known, line.first)
        if last is None or day <= last or _ends_by_terms(day, group, last)
    ]
    if found and last is not None and found[-1].date_from <= last:
        found.append(Standing(last + ONE_DAY, ZERO, END, found[-1].terms))
    return found


def _ends_by_terms(day: date, group: Sequence[MrrTerms], last: date) -> bool:
    """A closing tells more than the term that it comes with."""
    return day == last + ONE_DAY and group[-1].stop in (REMOVE, CLOSE)


def _by_day(
    known: Sequence[MrrTerms], first: date
) -> Iterator[tuple[date, list[MrrTerms]]]:
    """Terms by the day on which they begin; earlier ones begin with the line."""
    group: list[MrrTerms] = []
    day = first
    for terms in known:
        begins = max(terms.date_from, first)
        if group and begins != day:
            yield day, group
            group = []
        day = begins
        group.append(terms)
    if group:
        yield day, group


def _standing(line: MrrLine, day: date, group: Sequence[MrrTerms]) -> Standing:
    terms = group[-1]
    if terms.stop:
        return Standing(day, ZERO, terms.stop, terms)
    followed = next(
        (
            one.reason
            for one in reversed(group)
            if one.reason in FOLLOWED and one.price == terms.price
        ),
        "",
    )
    return Standing(day, line.worth(terms), RUNNING, terms, followed)
