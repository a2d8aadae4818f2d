"""A series, its values, and what is known of them when a question is asked."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .index_period import period_label
from .index_rounding import Link


class IndexValueMissing(Exception):
    """No value serves; `month` is the period looked for, None when none is known.

    `undated` says that a value of that month exists, published on a day not known.
    """

    def __init__(
        self,
        series: str,
        month: date | None,
        undated: bool = False,
        unit: str = "month",
    ) -> None:
        """Remember what was looked for; the caller words the message."""
        super().__init__(f"{series} {month or 'last published'}")
        self.series = series
        self.month = month
        self.undated = undated
        self.label = period_label(month, unit) if month else ""


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a chain; `link` leads to the next one, its successor.

    `earliest_days`: no value is ever out sooner than so many days after its period. It
    dates nothing; it only tells what cannot have been published yet. `until`: the last
    period of the series; a month until then is not read in a successor's back-cast.
    """

    code: str
    period: str = "month"
    link: Link | None = None
    earliest_days: int = 0
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """One vintage of one period of a series. `key` is the caller's own reference.

    A mean has its `parts`: the values of the periods that it is the mean of.
    """

    series: str
    month: date
    value: Decimal
    published_on: date | None = None
    order: int = 0
    key: int = 0
    provisional: bool = False
    vintage: str = ""
    parts: tuple["Observation", ...] = ()


def currency(value: Observation, as_of: date | None) -> tuple[object, ...]:
    """Order vintages: those known by that day, by publication, final ones, by entry.

    A vintage without a publication day ranks below those known by that day, above those
    published later. When none was known yet, the last publication serves. As known
    today (no day given), a final value stands over a provisional one.
    """
    known = as_of is None or not value.published_on or value.published_on <= as_of
    day, final = value.published_on or date.min, not value.provisional
    return known, as_of is None and final, day, final, value.order


class Known:
    """Values by series and period; it remembers the answers of many questions."""

    __slots__ = ("_answers", "_by_period", "_shared", "values")

    def __init__(self, values: Iterable[Observation]) -> None:
        """Sort the values by series and period."""
        self.values = tuple(values)
        self._answers: dict[Hashable, object] = {}
        self._shared: dict[Hashable, Hashable] = {}
        self._by_period: dict[tuple[str, date], list[Observation]] = {}
        for value in self.values:
            self._by_period.setdefault((value.series, value.month), []).append(value)

    @classmethod
    def of(cls, values: Iterable[Observation]) -> "Known":
        """Take values as they are, or sort them."""
        return values if isinstance(values, cls) else cls(values)

    def __iter__(self) -> Iterator[Observation]:
        """Give the values in their order."""
        return iter(self.values)

    def __add__(self, others: Iterable[Observation]) -> "Known":
        """Know more values; those known stay as they are."""
        return Known((*self.values, *others))

    def of_period(self, series: str, month: date) -> list[Observation]:
        """Give the vintages of one period."""
        return self._by_period.get((series, month), [])

    def share(self, asker: Hashable) -> Hashable:
        """Give the first of equal askers, so that its identity stands for them all."""
        return self._shared.setdefault(asker, asker)

    def answer(self, key: Hashable, find: Callable[[], object]) -> object:
        """Find an answer once; that a value is missing is remembered too."""
        if key not in self._answers:
            try:
                self._answers[key] = find()
            except IndexValueMissing as error:
                self._answers[key] = error
        found = self._answers[key]
        if isinstance(found, IndexValueMissing):
            raise found.with_traceback(None)
        return found
