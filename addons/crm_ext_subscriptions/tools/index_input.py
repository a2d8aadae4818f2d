"""Figures, days and index values as callers and files write them: none is guessed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from .index_clause import Previous, Term
from .index_mean import is_rounded, mean_until
from .index_period import parse_period
from .index_rounding import IndexationError
from .index_series import IndexValueMissing, Known, Observation, Series

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
        provisional=_is_provisional(row),
        vintage=str(row.get("vintage") or ""),
    )


def _is_provisional(row: Mapping[str, object]) -> bool:
    """Whether its status says so, or the name of its vintage."""
    words = f"{row.get('status') or ''} {row.get('vintage') or ''}".lower().split()
    return bool({"provisional", "provisoire"} & set(words))


def find_series(name: object, names: Mapping[str, Series]) -> Series:
    """Find a series by its code or another of its names."""
    series = names.get(str(name or "").strip().lower())
    if not series:
        raise IndexationError("unknown_series", series=name or "")
    return series


def read_previous(
    given: Mapping[str, object] | list | str | None,
    price: Decimal,
    terms: tuple[Term, ...],
    values: Iterable[Observation],
) -> Previous | None:
    """Read the revision before: its date, its price, its S1 if it is told.

    An answer of an earlier simulation may be given back as it is. Without the S1 of
    each index the clause's rule finds them at that date.
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
    known = Known.of(values)
    s1 = tuple(
        _served(told_s1, day, term, known)
        for term, told_s1 in zip(terms, _told_s1(given, terms), strict=False)
    )
    return Previous(day, price if told in (None, "") else read_price(told), s1)


def _told_s1(
    given: Mapping[str, object], terms: tuple[Term, ...]
) -> list[Mapping[str, object]]:
    """What the caller says of each index's S1; nothing unless all are told."""
    if len(terms) == 1:
        told = [given]
    else:
        rows = {row.get("series"): row for row in given.get("terms") or ()}
        told = [rows.get(term.chain[0].code, {}) for term in terms]
    return [] if any(row.get("s1") in (None, "") for row in told) else told


def _served(
    told: Mapping[str, object], day: date, term: Term, known: Known
) -> Observation:
    """The value that served at a day, among those known or as it was told."""
    s1, unit = read_number(told["s1"]), term.chain[0].period
    month = read_period(told["s1_period"], unit) if told.get("s1_period") else None
    same = [
        value
        for value in _candidates(term, known)
        if _is_told(value, s1) and month in (None, value.month)
    ]
    if not same and not month:
        raise IndexationError("previous_s1", value=s1)
    if not same:
        return Observation(_series_of(term.chain, month).code, month, s1)
    return max(same, key=lambda value: (value.month <= day, value.month))


def _candidates(term: Term, known: Known) -> Iterator[Observation]:
    codes = {series.code for series in term.chain}
    for value in known:
        if value.series in codes:
            try:
                yield mean_until(value, term.chain, term.mean_of, known)
            except IndexValueMissing:
                continue


def _is_told(value: Observation, told: Decimal) -> bool:
    """Whether a value is the one told; a mean may have been told rounded."""
    return value.value == told or bool(value.parts and is_rounded(value.value, told))


def _series_of(chain: tuple[Series, ...], month: date) -> Series:
    return next(
        (series for series in chain if not series.until or month <= series.until),
        chain[-1],
    )
