"""What a revision becomes when the values it was made with are final, or corrected.

The period of each value stays as the clause found it then; only the figure of that
period is read anew. All else is as it was recorded: formula, roundings, quantity.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from .index_clause import Reckoning, Served
from .index_law import notices_of_waiting
from .index_mean import average, mean_until
from .index_reckon import links_between
from .index_record import read_day, read_formula, read_pair, read_value
from .index_series import Known, Observation, Series
from .indexation import Pair, revise

Record = dict[str, object]


@dataclass(frozen=True, slots=True)
class Base:
    """What a regularised revision hands to the one made on top of it."""

    price: Decimal
    s1: Mapping[str, Observation]


@dataclass(frozen=True, slots=True)
class Rules:
    """How the values of a record are read anew.

    chains: the series of each index, by the first one's code; known_on: the day by
    which a missing period must have been published, where the clause asks for that;
    keep_s0: S0 is as the contract printed it; for_good: a period that stood in for a
    missing one keeps serving, so that only a correction of it counts.
    """

    chains: Mapping[str, tuple[Series, ...]]
    known_on: date | None = None
    keep_s0: bool = False
    for_good: bool = False


def regularise(
    record: Record,
    values: Iterable[Observation],
    rules: Rules,
    base: Base | None = None,
) -> Reckoning:
    """Reckon a recorded revision with the values as they are known now."""
    values = tuple(values)
    p0 = base.price if base else Decimal(record["p0"])
    current = base.price if base else Decimal(record["current"])
    quantity = Decimal(record["quantity"])
    found = [_settle(pair, values, rules, base) for pair in record["pairs"]]
    pairs = tuple(pair for pair, _served in found)
    revised = revise(p0, pairs, read_formula(record["formula"]), current, quantity)
    served = tuple(served for _pair, served in found)
    waiting = tuple(
        notice
        for pair, values_served in found
        for notice in notices_of_waiting(
            values_served, rules.chains[pair.name][0].period
        )
    )
    return Reckoning(p0, current, quantity, pairs, served, revised, waiting)


def _settle(
    written: dict[str, object],
    values: tuple[Observation, ...],
    rules: Rules,
    base: Base | None,
) -> tuple[Pair, Served]:
    pair = read_pair(written)
    chain = rules.chains[pair.name]
    s1, wanted = _settle_s1(written, chain, values, rules)
    s0 = read_value(written["s0"])
    if base:
        s0 = base.s1[pair.name]
    elif not rules.keep_s0:
        s0 = _newest(s0, values)
    links = pair.links
    if (s0.series, s1.series) != (written["s0"]["series"], written["s1"]["series"]):
        links = links_between(chain, s0.series, s1.series)
    return replace(pair, s0=s0.value, s1=s1.value, links=links), Served(
        s0, s1, links, wanted
    )


def _settle_s1(
    written: dict[str, object],
    chain: tuple[Series, ...],
    values: tuple[Observation, ...],
    rules: Rules,
) -> tuple[Observation, date | None]:
    """S1 as it is known now, and the period that it still stands in for."""
    served, wanted = read_value(written["s1"]), read_day(written["wanted"])
    if wanted is None or rules.for_good:
        return _newest(served, values), None
    codes = [series.code for series in chain]
    out = [v for v in values if v.month == wanted and v.series in codes]
    if rules.known_on:
        out = [v for v in out if v.published_on]
        if out and min(v.published_on for v in out) > rules.known_on:
            return _newest(served, values), None  # it was not out: the other one serves
    if not out:
        return _newest(served, values), wanted
    last = _newest(min(out, key=lambda v: codes.index(v.series)), values)
    count = len(served.parts) or 1
    return mean_until(last, chain, count, Known.of(values)), None


def _newest(served: Observation, values: tuple[Observation, ...]) -> Observation:
    """The vintage of the same period that holds now; of a mean, that of each part."""
    if served.parts:
        parts = tuple(_newest(part, values) for part in served.parts)
        return served if parts == served.parts else average(parts)
    vintages = [
        value
        for value in values
        if (value.series, value.month) == (served.series, served.month)
    ]
    # what is final, then what was published last
    newest = max(
        vintages,
        key=lambda v: (not v.provisional, v.published_on or date.min, v.order),
        default=served,
    )
    settles = served.provisional and not newest.provisional
    return newest if settles or newest.value != served.value else served
