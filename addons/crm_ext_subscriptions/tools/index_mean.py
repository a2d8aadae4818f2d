"""The mean of the last periods of a series, as clauses on the ICC ask for."""

from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext

from dateutil.relativedelta import relativedelta

from .index_lookup import value_of_month
from .index_period import MONTHS
from .index_rounding import PRECISION, Rounding
from .index_series import Known, Observation, Series


def mean_until(
    last: Observation,
    chain: tuple[Series, ...],
    count: int,
    known: Known,
    as_of: date | None = None,
) -> Observation:
    """Give the mean of so many periods, the last one included; one is itself.

    All the periods are of one series; a missing one stops the reckoning by its name.
    The mean has the period and the key of the last value, and keeps its parts.
    """
    if count == 1:
        return last
    series = next(one for one in chain if one.code == last.series)
    step = MONTHS[series.period]
    earlier = [
        value_of_month(
            (series,), last.month - relativedelta(months=step * back), known, as_of
        )
        for back in range(count - 1, 0, -1)
    ]
    return average((*earlier, last))


def average(parts: tuple[Observation, ...]) -> Observation:
    """Give the mean of values, each counting the same."""
    with localcontext() as context:
        context.prec = PRECISION
        value = sum(part.value for part in parts) / len(parts)
    return replace(
        parts[-1],
        value=value,
        provisional=any(part.provisional for part in parts),
        parts=parts,
    )


def is_rounded(mean: Decimal, printed: Decimal) -> bool:
    """Whether a figure is a mean as it was printed, with fewer decimals."""
    digits = max(-int(printed.as_tuple().exponent), 0)
    return Rounding(min(digits, 20)).apply(mean) == printed
