"""What an index might do from its last value on: suppositions, never facts.

The values of a scenario bear a name of their own and a supposed publication day. They
serve simulations only: nothing here is stored as a value of the series.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, localcontext

from dateutil.relativedelta import relativedelta

from .index_period import months_between, next_period, period_end, period_start
from .index_rounding import PRECISION, IndexationError, Rounding
from .index_series import Known, Observation, Series, currency

KINDS = ("flat", "trend", "yearly", "values")
VINTAGE = "scenario"
YEAR, FURTHEST_BACK = 12, 24  # months
USUAL_LAG = {"month": 30, "quarter": 90}  # days


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is supposed: flat, trend of twelve months, so many percent a year, values.

    `values`: {series: {first day of a period: value}}; a period that is not given
    keeps the one before, and a series without any stays flat.
    """

    kind: str = "flat"
    percent: Decimal = Decimal(0)
    values: Mapping[str, Mapping[date, Decimal]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what is no scenario."""
        if self.kind not in KINDS:
            raise IndexationError("scenario")
        if self.percent <= -100:
            raise IndexationError("percent", value=self.percent)


@dataclass(frozen=True, slots=True)
class Outlook:
    """How a series is prolonged: from which value, at which pace a year, so rounded.

    `lag`: days from the end of a period to its publication, as the series had them.
    `since`: the value that a trend is measured from.
    """

    series: Series
    last: Observation
    decimals: int
    lag: int
    pace: Decimal = Decimal(1)
    since: Observation | None = None
    given: tuple[tuple[date, Decimal], ...] = ()

    @property
    def percent(self) -> Decimal:
        """The pace in percent a year."""
        with localcontext() as context:
            context.prec = PRECISION
            return Rounding(3).apply((self.pace - 1) * 100)


def look_ahead(
    series: Series, decimals: int, known: Known, scenario: Scenario
) -> Outlook:
    """Say how a series goes on under a scenario.

    :raises IndexationError: no value to start from, or none to measure a trend from
    """
    values = [value for value in known if value.series == series.code]
    if not values:
        raise IndexationError("scenario_empty", series=series.code)
    last = _of_month(values, max(value.month for value in values))
    lag = _usual_lag(series, values)
    if scenario.kind == "values":
        given = tuple(sorted(scenario.values.get(series.code, {}).items()))
        return Outlook(series, last, decimals, lag, given=given)
    if scenario.kind == "trend":
        since = _find_since(series, values, last)
        pace = _pace(since, last)
        return Outlook(series, last, decimals, lag, pace, since)
    percent = scenario.percent if scenario.kind == "yearly" else Decimal(0)
    return Outlook(series, last, decimals, lag, 1 + percent / 100)


def prolong(outlook: Outlook, until: date) -> tuple[Observation, ...]:
    """Give the supposed values after the last one known, up to a day's period."""
    return tuple(_steps(outlook, until))


def _steps(outlook: Outlook, until: date) -> Iterator[Observation]:
    unit = outlook.series.period
    month, end = next_period(outlook.last.month, unit), period_start(until, unit)
    kept, given = outlook.last.value, dict(outlook.given)
    while month <= end:
        kept = given.get(month, kept)
        value = kept if outlook.given else _value(outlook, month)
        yield Observation(
            outlook.series.code,
            month,
            value,
            period_end(month, unit) + timedelta(days=outlook.lag),
            order=1,
            vintage=VINTAGE,
        )
        month = next_period(month, unit)


def _value(outlook: Outlook, month: date) -> Decimal:
    """The last value at a steady pace, as its publisher rounds."""
    with localcontext() as context:
        context.prec = PRECISION
        years = Decimal(months_between(outlook.last.month, month)) / YEAR
        exact = outlook.last.value * outlook.pace**years
    digits = max(outlook.decimals, -int(outlook.last.value.as_tuple().exponent))
    return Rounding(digits).apply(exact)


def _pace(since: Observation, last: Observation) -> Decimal:
    with localcontext() as context:
        context.prec = PRECISION
        years = Decimal(months_between(since.month, last.month)) / YEAR
        return (last.value / since.value) ** (1 / years)


def _find_since(
    series: Series, values: list[Observation], last: Observation
) -> Observation:
    """The value of a year before, or the last one known before that, a year at most."""
    latest = last.month - relativedelta(months=YEAR)
    earliest = last.month - relativedelta(months=FURTHEST_BACK)
    months = {value.month for value in values if earliest <= value.month <= latest}
    if not months:
        raise IndexationError("scenario_trend", series=series.code)
    return _of_month(values, max(months))


def _of_month(values: Iterable[Observation], month: date) -> Observation:
    vintages = [value for value in values if value.month == month]
    return max(vintages, key=lambda value: currency(value, None))


def _usual_lag(series: Series, values: list[Observation]) -> int:
    """Median delay of the last publications known, that of first vintages."""
    first: dict[date, int] = {}
    for value in values:
        if value.published_on:
            days = (value.published_on - period_end(value.month, series.period)).days
            first[value.month] = min(days, first.get(value.month, days))
    recent = sorted(first[month] for month in sorted(first)[-YEAR:])
    usual = recent[len(recent) // 2] if recent else USUAL_LAG[series.period]
    return max(usual, series.earliest_days)
