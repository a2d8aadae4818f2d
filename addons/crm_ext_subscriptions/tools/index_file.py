"""Take index values in: what each row brings, or why it is refused. Nothing is guessed.

A row is a mapping with series, period, value, published_on, vintage, status, source. A
value that is known already is never changed: a correction is a new vintage, which has a
name and a publication day; a day learned later makes a vintage of the same value.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from .index_input import find_series, read_day, read_number, read_period
from .index_period import period_label
from .index_rounding import IndexationError
from .index_series import Observation, Series

JUMP = Decimal(10)
COLUMNS = {
    "series": ("series", "série", "serie", "index", "indice", "code"),
    "period": ("period", "période", "periode", "month", "mois", "trimestre", "quarter"),
    "value": ("value", "valeur"),
    "published_on": ("published_on", "published on", "publication", "publié le"),
    "vintage": ("vintage", "millésime", "millesime"),
    "status": ("status", "statut"),
    "source": ("source", "source_url"),
}
STATUSES = {
    "": "final",
    "final": "final",
    "définitif": "final",
    "provisional": "provisional",
    "provisoire": "provisional",
}


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """What is known of a series before values are taken in."""

    series: Series
    active_from: date | None = None
    active_to: date | None = None
    known: tuple[Observation, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a row: new, correction, dated, same or refused.

    `before` is the value known so far, `change` the variation in percent from the
    period before it.
    """

    number: int
    outcome: str
    value: Observation | None = None
    before: Decimal | None = None
    change: Decimal | None = None
    source: str = ""
    reason: str = ""
    details: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What the taker-in decided: the day it is, and whether jumps were looked at."""

    today: date
    accept_jumps: bool = False


def read_table(rows: Iterable[tuple[object, ...]]) -> Iterator[tuple[int, dict]]:
    """Read the rows under a header, each with its line number in the file.

    :raises IndexationError: no line names a period and a value
    """
    names: dict[int, str] | None = None
    for number, row in enumerate(rows, 1):
        if names is None:
            names = _read_header(row)
        elif any(str(cell).strip() for cell in row):
            yield (
                number,
                {name: row[place] for place, name in names.items() if place < len(row)},
            )
    if names is None:
        raise IndexationError("no_header")


def _read_header(row: tuple[object, ...]) -> dict[int, str] | None:
    words = {place: str(cell).strip().lower() for place, cell in enumerate(row)}
    found = {
        place: name
        for place, word in words.items()
        for name, known in COLUMNS.items()
        if word in known
    }
    return found if {"period", "value"} <= set(found.values()) else None


def judge(
    rows: Iterable[tuple[int, Mapping[str, object]]],
    facts: Mapping[str, SeriesFacts],
    rules: Rules,
) -> list[Verdict]:
    """Judge each row by itself; good rows pass whatever the others are.

    :param rows: line numbers and rows
    :param facts: each series by each of its names, in lower case
    """
    verdicts, read = [], []
    for number, row in rows:
        try:
            read.append((number, row, _read(row, facts, rules)))
        except IndexationError as error:
            verdicts.append(_refused(number, error, row))
    taken: list[Observation] = []
    for number, row, value in sorted(read, key=lambda one: (one[2].month, one[0])):
        try:
            fact = find_series_facts(row, facts)
            verdict = _place(number, value, fact, tuple(taken), rules)
            verdicts.append(replace(verdict, source=str(row.get("source") or "")))
            if verdict.outcome != "same":
                taken.append(verdict.value)
        except IndexationError as error:
            verdicts.append(_refused(number, error, row, value))
    return sorted(verdicts, key=lambda verdict: verdict.number)


def find_series_facts(
    row: Mapping[str, object], facts: Mapping[str, SeriesFacts]
) -> SeriesFacts:
    """Find what is known of the row's series."""
    names = {name: fact.series for name, fact in facts.items()}
    find_series(row.get("series"), names)
    return facts[str(row.get("series")).strip().lower()]


def _refused(
    number: int,
    error: IndexationError,
    row: Mapping[str, object],
    value: Observation | None = None,
) -> Verdict:
    return Verdict(
        number,
        "refused",
        value,
        source=str(row.get("source") or ""),
        reason=error.reason,
        details=tuple(error.details.items()),
    )


# ------------------------------------------------------------------ a row by itself
def _read(
    row: Mapping[str, object], facts: Mapping[str, SeriesFacts], rules: Rules
) -> Observation:
    fact = find_series_facts(row, facts)
    month = read_period(row.get("period"), fact.series.period)
    _check_month(month, fact, rules)
    value = read_number(row.get("value"))
    if value <= 0:
        raise IndexationError("not_positive", value=row.get("value"))
    published = read_day(row.get("published_on"))
    if published and not month < published <= rules.today:
        raise IndexationError("publication_day", value=published)
    status = str(row.get("status") or "").strip().lower()
    if status not in STATUSES:
        raise IndexationError("status", value=status)
    return Observation(
        series=fact.series.code,
        month=month,
        value=value,
        published_on=published,
        provisional=STATUSES[status] == "provisional",
        vintage=str(row.get("vintage") or "").strip(),
    )


def _check_month(month: date, fact: SeriesFacts, rules: Rules) -> None:
    label = period_label(month, fact.series.period)
    first = fact.active_from or min((value.month for value in fact.known), default=None)
    if first and month < first:
        since = period_label(first, fact.series.period)
        raise IndexationError("before_series", month=label, since=since)
    if fact.active_to and month > fact.active_to:
        until = period_label(fact.active_to, fact.series.period)
        raise IndexationError("after_series", month=label, until=until)
    if month > rules.today:
        raise IndexationError("future_period", month=label)


# ------------------------------------------------------------------ beside the others
def _place(
    number: int,
    value: Observation,
    fact: SeriesFacts,
    taken: tuple[Observation, ...],
    rules: Rules,
) -> Verdict:
    label = period_label(value.month, fact.series.period)
    same_file = [
        one for one in taken if (one.series, one.month) == (value.series, value.month)
    ]
    if any(one.vintage in ("", value.vintage) for one in same_file):
        raise IndexationError("duplicate_row", month=label)
    known = [one for one in fact.known if one.month == value.month]
    outcome, before = _compare(value, known, label)
    change = _get_change(value, fact, taken)
    if outcome != "same" and not rules.accept_jumps and _is_jump(change):
        raise IndexationError("jump", month=label, change=round(change, 1))
    if outcome == "dated" and not value.vintage:
        value = replace(value, vintage=f"published {value.published_on}")
    return Verdict(number, outcome, value, before, change)


def _compare(
    value: Observation, known: list[Observation], label: str
) -> tuple[str, Decimal | None]:
    """Say what a value is beside those known of its period."""
    if not known:
        return "new", None
    latest = max(known, key=lambda one: (one.published_on or date.min, one.order))
    named = [one for one in known if one.vintage == value.vintage]
    if named and named[0].value != value.value:
        raise IndexationError("vintage_known", month=label, vintage=value.vintage)
    if value.value == latest.value and not value.vintage:
        learned = value.published_on and not latest.published_on
        return ("dated" if learned else "same"), latest.value
    if named:
        return "same", latest.value
    if not value.vintage:
        raise IndexationError("known_month", month=label, before=latest.value)
    if not value.published_on:
        raise IndexationError("correction_undated", month=label)
    return "correction", latest.value


def _get_change(
    value: Observation, fact: SeriesFacts, taken: tuple[Observation, ...]
) -> Decimal | None:
    """The variation from the period before, or after when there is none before."""
    others = [
        one
        for one in (*fact.known, *taken)
        if one.series == value.series and one.month != value.month
    ]
    before = [one for one in others if one.month < value.month]
    after = [one for one in others if one.month > value.month]
    if before:
        near = max(before, key=lambda one: (one.month, one.order))
    elif after:
        near = min(after, key=lambda one: one.month)
    else:
        return None
    return (value.value / near.value - 1) * 100


def _is_jump(change: Decimal | None) -> bool:
    return change is not None and abs(change) > JUMP
