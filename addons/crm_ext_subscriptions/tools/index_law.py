"""What the reader of a revision must know, and what the law refuses.

Codes and figures only: the caller words them in the reader's language.
"""

from datetime import date

from dateutil.relativedelta import relativedelta

from .index_clause import Case, Clause, Notice, Served
from .index_period import months_between, period_start
from .index_period import period_label as _label
from .index_rounding import IndexationError
from .index_series import Observation
from .indexation import Revised


def notices_of(clause: Clause, case: Case, served: Served) -> list[Notice]:
    """Tell what there is to know about the two values of one index."""
    unit = _unit(clause, served)
    notices = _notices_of_provisional(served, unit)
    notices += [
        _notice("after_series", series=value.series, month=_label(value.month, unit))
        for value in (served.s0, served.s1)
        if _is_past_its_series(clause, value)
    ]
    if notice := _check_l112_1(clause, case, served):
        notices.append(notice)
    if served.wanted:
        wanted, used = _label(served.wanted, unit), _label(served.s1.month, unit)
        notices.append(_notice(f"missing_{clause.missing}", wanted=wanted, used=used))
    if case.given_base and _is_of_base(clause, case, served):
        notices.append(_notice("s0_base_date", month=_label(served.s0.month, unit)))
    if not served.s0.order:
        notices.append(_notice("s0_printed", month=_label(served.s0.month, unit)))
    if clause.link_method == "backcast" and served.recast:
        notices.append(_notice("backcast", series=served.s0.series))
    return notices


def notices_of_waiting(served: Served, unit: str) -> list[Notice]:
    """Tell what of a revision read anew still waits for a final value."""
    notices = _notices_of_provisional(served, unit)
    if served.wanted:
        wanted, used = _label(served.wanted, unit), _label(served.s1.month, unit)
        notices.append(_notice("missing_regularise", wanted=wanted, used=used))
    return notices


def _notices_of_provisional(served: Served, unit: str) -> list[Notice]:
    return [
        _notice("provisional", series=value.series, month=_label(value.month, unit))
        for value in (served.s0, served.s1)
        if value.provisional
    ]


def _unit(clause: Clause, served: Served) -> str:
    return next(
        series.period
        for term in clause.terms
        for series in term.chain
        if series.code == served.s1.series
    )


def _is_past_its_series(clause: Clause, value: Observation) -> bool:
    return any(
        series.code == value.series and series.until and value.month > series.until
        for term in clause.terms
        for series in term.chain
    )


def _is_of_base(clause: Clause, case: Case, served: Served) -> bool:
    """Whether S0 is of the base date's month where the clause wrote another."""
    unit = _unit(clause, served)
    written = {
        period_start(term.s0_month, unit) for term in clause.terms if term.s0_month
    }
    return (
        clause.s0_rule.kind == "fixed"
        and clause.base != "sliding"
        and not (case.previous and clause.base == "last_revised")
        and served.s0.month not in written
    )


def _check_l112_1(clause: Clause, case: Case, served: Served) -> Notice | None:
    """CMF L112-1: the index must not vary over longer than the time between revisions.

    Refused when the price is chained; on a fixed base a warning.
    """
    index_months = months_between(served.s0.month, served.s1.month)
    since = case.previous.day if case.previous else case.base_date
    elapsed = months_between(since, case.day)
    if case.previous and clause.frequency and clause.formula.threshold is None:
        elapsed = min(elapsed, clause.frequency)
    if index_months <= elapsed:
        return None
    if clause.base != "original":
        raise IndexationError("l112_1", index_months=index_months, elapsed=elapsed)
    return _notice("l112_1", index_months=index_months, elapsed=elapsed)


def notices_of_limits(clause: Clause, case: Case, revised: Revised) -> list[Notice]:
    """Tell what limited the price, and whether the date is one of the clause's."""
    notices = []
    if clause.formula.floor is not None and clause.formula.floor >= 0:
        notices.append(_notice("one_way"))
    if revised.limit:
        notices.append(_notice(f"limit_{revised.limit}"))
    anchor = clause.anniversary
    if anchor and clause.frequency and _off_schedule(anchor, clause.frequency, case):
        notices.append(_notice("off_schedule"))
    return notices


def _off_schedule(anchor: date, frequency: int, case: Case) -> bool:
    months = months_between(anchor, case.day)
    return bool(months % frequency) or anchor + relativedelta(months=months) != case.day


def _notice(code: str, **details: object) -> Notice:
    return Notice(code, tuple(details.items()))
