"""Which value of an index series serves: the rules S0 and S1 are found by.

A value has a period, the day on which it was published (or none known) and an order of
entry. Corrections are new vintages of the same period; nothing is overwritten. Nothing
is guessed: a value that may have been out without our knowing the day stops a "last
published" rule, and the error names its month.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from .index_period import period_end, period_start
from .index_series import IndexValueMissing, Known, Observation, Series, currency

RULES = (
    "date_month",
    "named_month",
    "month_offset",
    "last_published",
    "anniversary",
)
PUBLISHED_RULES = ("last_published", "anniversary")


@dataclass(frozen=True, slots=True)
class MonthRule:
    """How the period of an index follows from a date.

    date_month: the month of the date; named_month: `month` of the year before;
    month_offset: `offset` months earlier; last_published: the last period published by
    that day; anniversary: the last one published at the last anniversary of `anchor`.
    """

    kind: str
    month: int = 1
    offset: int = 0
    anchor: date | None = None

    def wanted_day(self, day: date) -> date | None:
        """Give a day of the month that the rule names, if it names one."""
        if self.kind == "named_month":
            return date(day.year - 1, self.month, 1)
        if self.kind == "month_offset":
            return day.replace(day=1) - relativedelta(months=self.offset)
        return None if self.kind in PUBLISHED_RULES else day

    def known_on(self, day: date) -> date:
        """Give the day at which a value must have been published."""
        if self.kind == "anniversary" and self.anchor:
            return last_anniversary(self.anchor, day)
        return day


@dataclass(frozen=True, slots=True)
class Found:
    """A value that serves; `wanted` is set when it stands in for a missing period."""

    value: Observation
    wanted: date | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a chain of series: the rule, the day, and what is known then.

    `as_of`: corrections published after that day are not known; None: all are.
    """

    chain: tuple[Series, ...]
    rule: MonthRule
    day: date
    as_of: date | None = None


def last_anniversary(anchor: date, day: date) -> date:
    """Give the last anniversary of a date that is not after the day."""
    years = day.year - anchor.year
    if anchor + relativedelta(years=years) > day:
        years -= 1
    return anchor + relativedelta(years=years)


def find_value(
    question: Question, values: Iterable[Observation], missing: str = "block"
) -> Found:
    """Find the value that a rule gives at a date.

    :param missing: `block`, or take the last one known before the missing period
    """
    known = Known.of(values)
    return known.answer(
        (question, missing), lambda: _find(question, known, missing != "block")
    )


def _find(question: Question, values: Known, may_stand_in: bool) -> Found:
    try:
        return Found(_find_exact(question, values))
    except IndexValueMissing as error:
        if not may_stand_in or error.month is None:
            raise
        return Found(_find_before(question, values, error), error.month)


def _find_exact(question: Question, values: Known) -> Observation:
    day = question.rule.wanted_day(question.day)
    if day is None:
        known_on = question.rule.known_on(question.day)
        return _last_published(question.chain, known_on, values)
    return value_of_month(question.chain, day, values, question.as_of)


def _find_before(
    question: Question, values: Known, error: IndexValueMissing
) -> Observation:
    """The last value known before the missing period, under the same rule."""
    if question.rule.wanted_day(question.day) is None:
        known_on = question.rule.known_on(question.day)
        found = _newest(question.chain, _published(question.chain, known_on, values))
    else:
        earlier = [
            value
            for value in _of_chain(question.chain, values)
            if value.month < error.month
        ]
        found = _newest(question.chain, earlier, question.as_of)
    if not found:
        raise error
    return found


def value_of_month(
    chain: tuple[Series, ...],
    day: date,
    values: Iterable[Observation],
    as_of: date | None = None,
) -> Observation:
    """Find the vintage of a day's period, in the first series that has it."""
    known = Known.of(values)
    for series in chain:
        month = period_start(day, series.period)
        if found := known.of_period(series.code, month):
            return max(found, key=lambda value: currency(value, as_of))
        if series.until and month <= series.until:
            break
    raise IndexValueMissing(
        chain[0].code, period_start(day, chain[0].period), unit=chain[0].period
    )


def _last_published(chain: tuple[Series, ...], day: date, values: Known) -> Observation:
    found = _newest(chain, _published(chain, day, values))
    units = {series.code: series for series in chain}
    dated = {(v.series, v.month, v.value) for v in values if v.published_on}
    doubtful = [
        value
        for value in _of_chain(chain, values)
        if value.published_on is None
        and (value.series, value.month, value.value) not in dated
        and (found is None or value.month > found.month)
        and _may_be_out(units[value.series], value.month, day)
    ]
    if doubtful:
        month = max(value.month for value in doubtful)
        raise IndexValueMissing(chain[0].code, month, True, chain[0].period)
    if not found:
        raise IndexValueMissing(chain[0].code, None)
    return found


def _may_be_out(series: Series, month: date, day: date) -> bool:
    end = period_end(month, series.period)
    return end + timedelta(days=series.earliest_days) <= day


def _of_chain(
    chain: tuple[Series, ...], values: Iterable[Observation]
) -> list[Observation]:
    codes = {series.code for series in chain}
    return [value for value in values if value.series in codes]


def _published(
    chain: tuple[Series, ...], day: date, values: Iterable[Observation]
) -> list[Observation]:
    return [
        value
        for value in _of_chain(chain, values)
        if value.published_on and value.published_on <= day
    ]


def _newest(
    chain: tuple[Series, ...],
    values: Iterable[Observation],
    as_of: date | None = None,
) -> Observation | None:
    """The last period, the older series first, then the vintage that serves."""
    rank = {series.code: -place for place, series in enumerate(chain)}
    unit = {series.code: series.period for series in chain}
    return max(
        values,
        key=lambda value: (
            period_end(value.month, unit[value.series]),
            rank[value.series],
            *currency(value, as_of),
        ),
        default=None,
    )
