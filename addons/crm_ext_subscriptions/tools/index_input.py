"""Figures, days and index values as callers and files write them: none is guessed."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from .index_clause import Previous
from .index_lookup import Observation, Series
from .index_period import parse_period
from .index_rounding import IndexationError

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?$")
_COMMA = re.compile(r"[+-]?\d+,\d+$")
_FRENCH_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})$")


def read_number(value: object) -> Decimal:
    """Read a figure; a decimal comma and any other text are refused, each by name."""
    if isinstance(value, bool) or value is None:
        raise IndexationError("not_number", value=value)
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int | float):
        return _finite(Decimal(repr(value)), value)
    text = str(value).strip()
    if _COMMA.match(text):
        raise IndexationError("decimal_comma", value=text)
    if not _NUMBER.match(text):
        raise IndexationError("not_number", value=text)
    return Decimal(text)


def _finite(number: Decimal, value: object) -> Decimal:
    if not number.is_finite():
        raise IndexationError("not_number", value=value)
    return number


def read_day(value: object) -> date | None:
    """Read 2015-03-31 or 31/03/2015; nothing is no day."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value or "").strip()
    if not text:
        return None
    if found := _FRENCH_DAY.match(text):
        text = f"{found[3]}-{found[2]}-{found[1]}"
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise IndexationError("not_day", value=text) from error


def read_price(value: object) -> Decimal:
    """Read a price, zero or above."""
    price = read_number(value)
    if price < 0:
        raise IndexationError("negative_price", value=value)
    return price


def read_period(value: object, unit: str) -> date:
    """Read a month or a quarter."""
    if isinstance(value, date):
        value = value.strftime("%Y-%m-%d")
    found = parse_period(str(value or ""), unit)
    if not found:
        raise IndexationError("not_period", value=value or "")
    return found


def read_observations(
    rows: Iterable[Mapping[str, object]], names: Mapping[str, Series]
) -> tuple[Observation, ...]:
    """Read values given by a caller: series, period, value, published_on, vintage.

    :param names: the series by each of their names, in lower case
    """
    found: dict[tuple[str, date, str], Observation] = {}
    for order, row in enumerate(rows, 1):
        value = _read_observation(row, names, order)
        key = (value.series, value.month, value.vintage)
        if key in found and found[key].value != value.value:
            raise IndexationError(
                "duplicate", series=value.series, month=row.get("period")
            )
        found.setdefault(key, value)
    return tuple(found.values())


def _read_observation(
    row: Mapping[str, object], names: Mapping[str, Series], order: int
) -> Observation:
    series = find_series(row.get("series"), names)
    value = read_number(row.get("value"))
    if value <= 0:
        raise IndexationError("not_positive", value=row.get("value"))
    return Observation(
        series=series.code,
        month=read_period(row.get("period"), series.period),
        value=value,
        published_on=read_day(row.get("published_on")),
        order=order,
        provisional=row.get("status") == "provisional",
        vintage=str(row.get("vintage") or ""),
    )


def find_series(name: object, names: Mapping[str, Series]) -> Series:
    """Find a series by its code or another of its names."""
    series = names.get(str(name or "").strip().lower())
    if not series:
        raise IndexationError("unknown_series", series=name or "")
    return series


def read_previous(
    given: Mapping[str, object] | list | str | None,
    price: Decimal,
    series: Series,
    values: Iterable[Observation],
) -> Previous | None:
    """Read the revision before: its date, its price, its S1 if it is told.

    An answer of an earlier simulation may be given back as it is. Without S1 the
    clause's rule finds it at that date.
    """
    if not given:
        return None
    if isinstance(given, list | tuple):
        given = given[-1]
    if isinstance(given, str):
        given = {"date": given}
    day = read_day(given.get("date") or given.get("revision_date"))
    if not day:
        raise IndexationError("previous_date")
    told = given.get("price", given.get("p1"))
    s1 = given.get("s1")
    served = (
        () if s1 in (None, "") else (_served(read_number(s1), given, series, values),)
    )
    return Previous(day, price if told in (None, "") else read_price(told), served)


def _served(
    s1: Decimal,
    given: Mapping[str, object],
    series: Series,
    values: Iterable[Observation],
) -> Observation:
    """The value that served, among those known or as it was told."""
    same = [value for value in values if value.value == s1]
    if period := given.get("s1_period"):
        month = read_period(period, series.period)
        same = [value for value in same if value.month == month]
    if not same:
        raise IndexationError("previous_s1", value=s1)
    return max(same, key=lambda value: value.month)
