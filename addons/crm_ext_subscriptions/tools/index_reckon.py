"""Work a clause out at a date: P0, S0, S1, what the law says, and the price.

The subscriptions, the simulator and a replay all reckon through here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from dateutil.relativedelta import relativedelta

from .index_clause import Case, Clause, Notice, Reckoning, Served, Term
from .index_law import notices_of, notices_of_limits
from .index_lookup import Found, MonthRule, Question, find_value, value_of_month
from .index_mean import is_rounded, mean_until
from .index_period import period_start
from .index_rounding import IndexationError, Link
from .index_series import IndexValueMissing, Known, Observation, Series
from .indexation import Measured, Pair, measure, revise_by


def reckon(clause: Clause, case: Case, values: Iterable[Observation]) -> Reckoning:
    """Work a clause out at a date.

    :raises IndexValueMissing: a value that the clause needs is not known
    :raises IndexationError: the figures or the law allow no revision
    """
    values = Known.of(values)
    previous = case.previous
    in_force = previous.price if previous else case.price
    p0 = case.price if clause.base == "original" else in_force
    found = _find(clause, case, values)
    revised = revise_by(p0, found.measured, clause.formula, in_force, case.quantity)
    notices = (*found.notices, *notices_of_limits(clause, case, revised))
    return Reckoning(
        p0, in_force, case.quantity, found.pairs, found.served, revised, notices
    )


@dataclass(frozen=True, slots=True)
class _Values:
    """What the values of a day make of any price."""

    served: tuple[Served, ...]
    pairs: tuple[Pair, ...]
    measured: Measured
    notices: tuple[Notice, ...]


def _find(clause: Clause, case: Case, values: Known) -> _Values:
    """Find the values once for all lines of equal clauses that ask for the same.

    Nothing here may look at the price or the quantity of the case.
    """
    clause = values.share(clause)
    before = case.previous and (case.previous.day, case.previous.s1)
    asked = (id(clause), case.day, case.base_date, case.given_base, before)
    return values.answer(asked, lambda: _look_up(clause, case, values))


def _look_up(clause: Clause, case: Case, values: Known) -> _Values:
    served = tuple(
        _serve(clause, case, place, values) for place in range(len(clause.terms))
    )
    notices = tuple(note for one in served for note in notices_of(clause, case, one))
    pairs = tuple(
        Pair(one.s0.value, one.s1.value, one.links, term.weight, term.chain[0].code)
        for term, one in zip(clause.terms, served, strict=True)
    )
    return _Values(served, pairs, measure(pairs, clause.formula), notices)


# ------------------------------------------------------------------ S0 and S1
def _serve(clause: Clause, case: Case, place: int, values: Known) -> Served:
    term = clause.terms[place]
    s1 = _ask(clause, term, clause.s1_rule, case.day, case, values, clause.missing)
    s0 = _find_s0(clause, case, place, values)
    links = links_between(term.chain, s0.series, s1.value.series)
    if links and clause.link_method == "refuse":
        raise IndexationError("link_refused", s0=s0.series, s1=s1.value.series)
    if links and clause.link_method == "backcast":
        s0 = _backcast(clause, case, s0, s1.value, values)
        return Served(s0, s1.value, (), s1.wanted, recast=True)
    return Served(s0, s1.value, links, s1.wanted)


def _ask(
    clause: Clause,
    term: Term,
    rule: MonthRule,
    day: date,
    case: Case,
    values: Known,
    missing: str = "block",
) -> Found:
    question = Question(term.chain, rule, day, _as_of(clause, case))
    found = find_value(question, values, missing)
    return Found(_mean(clause, case, term, found.value, values), found.wanted)


def _mean(
    clause: Clause, case: Case, term: Term, last: Observation, values: Known
) -> Observation:
    as_of = _as_of(clause, case)
    return mean_until(last, term.chain, term.mean_of, values, as_of)


def _value_of_month(
    clause: Clause, case: Case, term: Term, day: date, values: Known
) -> Observation:
    last = value_of_month(term.chain, day, values, _as_of(clause, case))
    return _mean(clause, case, term, last, values)


def _as_of(clause: Clause, case: Case) -> date | None:
    return None if clause.latest_vintages else case.day


def _find_s0(clause: Clause, case: Case, place: int, values: Known) -> Observation:
    term, previous = clause.terms[place], case.previous
    if clause.base == "sliding":
        day = case.day - relativedelta(months=clause.frequency)
        rule = clause.s1_rule if clause.s0_rule.kind == "fixed" else clause.s0_rule
        return _ask(clause, term, rule, day, case, values).value
    if clause.base == "last_revised" and previous:
        if previous.s1:
            return previous.s1[place]
        return _ask(clause, term, clause.s1_rule, previous.day, case, values).value
    if clause.s0_rule.kind != "fixed":
        rule = clause.s0_rule
        return _ask(clause, term, rule, case.base_date, case, values).value
    return _written_s0(clause, case, term, values)


def _written_s0(clause: Clause, case: Case, term: Term, values: Known) -> Observation:
    """The month that the contract wrote, and the vintage that it printed."""
    if not term.s0_month:
        raise IndexationError("s0_month", series=term.chain[0].code)
    printed = term.s0_value
    try:
        known = _value_of_month(clause, case, term, term.s0_month, values)
    except IndexValueMissing as error:
        return _unwritten_s0(clause, case, term, values, error)
    if printed is None or known.value == printed:
        return known
    if known.parts and is_rounded(known.value, printed):
        return replace(known, value=printed)
    vintages = [] if known.parts else [v for v in values if v.value == printed]
    try:
        return value_of_month(term.chain, term.s0_month, vintages, _as_of(clause, case))
    except IndexValueMissing as error:
        raise IndexationError(
            "s0_value", series=error.series, month=error.label, value=printed
        ) from error


def _unwritten_s0(
    clause: Clause,
    case: Case,
    term: Term,
    values: Known,
    error: IndexValueMissing,
) -> Observation:
    """No value of the written month: that of the base date given, or as printed."""
    try:
        if case.given_base:
            return _value_of_month(clause, case, term, case.base_date, values)
    except IndexValueMissing as none_either:
        error = none_either
    if term.s0_value is None:
        raise error
    first = term.chain[0]
    month = period_start(term.s0_month, first.period)
    return Observation(first.code, month, term.s0_value)


def links_between(chain: tuple[Series, ...], s0: str, s1: str) -> tuple[Link, ...]:
    """Give the links by which a value of one series is read in an earlier one."""
    codes = [series.code for series in chain]
    if s0 not in codes or codes.index(s0) > codes.index(s1):
        raise IndexationError("link_backwards", s0=s0, s1=s1)
    links = tuple(series.link for series in chain[codes.index(s0) : codes.index(s1)])
    if None in links:
        raise IndexationError("link_unknown", s0=s0, s1=s1)
    return links


def _backcast(
    clause: Clause,
    case: Case,
    s0: Observation,
    s1: Observation,
    values: Known,
) -> Observation:
    """The month of S0 as the new series tells it."""
    term = next(
        term
        for term in clause.terms
        if s1.series in {series.code for series in term.chain}
    )
    newer = tuple(series for series in term.chain if series.code == s1.series)
    as_of = _as_of(clause, case)
    last = value_of_month(newer, s0.month, values, as_of)
    return mean_until(last, newer, term.mean_of, values, as_of)
