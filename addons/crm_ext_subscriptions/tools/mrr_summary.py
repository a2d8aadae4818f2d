"""The figures of a period, from the sums of the ledger."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .mrr_figures import (
    GAINED,
    LOST,
    Ratio,
    arpa,
    customer_churn,
    growth,
    lifetime_value,
    months_of,
    net_retention,
    quick_ratio,
    ratio,
    revenue_churn,
)

Moves = Mapping[tuple[str, bool], Decimal]  # {(kind, by a price revision): amount}
# the order of the bridge, what adds first
STEPS = (
    ("new", False),
    ("reactivation", False),
    ("expansion", False),
    ("expansion", True),
    ("resume", False),
    ("transfer", False),
    ("exchange", False),
    ("pause", False),
    ("contraction", False),
    ("contraction", True),
    ("churn", False),
)
ALWAYS = ("new", "expansion", "contraction", "churn")


@dataclass(frozen=True, slots=True)
class Customers:
    """Who was there, who was lost, and what their MRR became."""

    start: int
    lost: int
    paying: int
    opening: Decimal
    given_up: Decimal
    retained: Decimal

    @property
    def churn(self) -> Ratio:
        """Customers lost over customers at the start."""
        return customer_churn(self.lost, self.start)

    @property
    def revenue_churn(self) -> Ratio:
        """MRR lost by the customers of the start over their MRR."""
        return revenue_churn(self.given_up, self.opening)


@dataclass(frozen=True, slots=True)
class Summary:
    """What the tiles of the page show."""

    mrr: Decimal
    arr: Decimal
    growth: Ratio
    customers: int
    churn: Ratio
    revenue_churn: Ratio
    retention: Ratio
    arpa: Ratio
    lifetime_value: Ratio
    quick_ratio: Ratio


def summarise(
    opening: Decimal, moves: Moves, customers: Customers, first: date, last: date
) -> Summary:
    """The figures of a period."""
    closing = opening + sum(moves.values(), start=Decimal(0))
    account = arpa(closing, customers.paying)
    churn = customers.churn
    return Summary(
        mrr=closing,
        arr=closing * 12,
        growth=growth(opening, closing),
        customers=customers.paying,
        churn=churn,
        revenue_churn=customers.revenue_churn,
        retention=net_retention(customers.opening, customers.retained),
        arpa=account,
        lifetime_value=lifetime_value(account, churn, months_of(first, last)),
        quick_ratio=quick_ratio(_total(moves, GAINED), -_total(moves, LOST)),
    )


def _total(moves: Moves, kinds: tuple[str, ...]) -> Decimal:
    return sum(
        (amount for (kind, _by), amount in moves.items() if kind in kinds),
        start=Decimal(0),
    )


def bridge_steps(moves: Moves) -> Iterator[tuple[str, bool, Decimal]]:
    """(kind, by a price revision, amount), in order; what did not move is left out
    but for the four that everybody looks for. They sum to the moves whatever comes."""
    known = dict(moves)
    for step in STEPS:
        amount = known.pop(step, Decimal(0))
        if amount or (step[0] in ALWAYS and not step[1]):
            yield (*step, amount)
    for (kind, revised), amount in known.items():
        yield kind, revised, amount


def share(part: Decimal, whole: Decimal) -> Ratio:
    """A bar's length, as a share of the longest."""
    return ratio(part, whole, "no_mrr_at_start")
