"""What is read of recurring revenue: churn, retention, value, cohorts.

Pure arithmetic on sums that the ledger of MRR moves gives. A ratio that cannot be
worked out carries the reason instead of a number; nothing divides by zero.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

KINDS = (
    "new",
    "expansion",
    "contraction",
    "churn",
    "reactivation",
    "pause",
    "resume",
    "transfer",
    "exchange",
)
# A pause holds the contract back, it does not end it: who counts as a customer is told
# without these kinds.
SUSPENSIONS = ("pause", "resume")
GAINED = ("new", "expansion", "reactivation")
LOST = ("churn", "contraction")
# what the customers of the start did of their own will, at constant exchange rates
RETAINED = tuple(kind for kind in KINDS if kind != "exchange")


@dataclass(frozen=True, slots=True)
class Ratio:
    """A number, or the reason why there is none."""

    value: Decimal | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a waterfall: it spans from `low` to `high`."""

    code: str
    amount: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Cell:
    """A cohort some months after its start: who and what is kept of it."""

    customers: int
    revenue: Decimal
    customer_rate: Ratio
    revenue_rate: Ratio


@dataclass(frozen=True, slots=True)
class Cohort:
    """The customers who started in one month."""

    month: date
    cells: tuple[Cell, ...]


def ratio(part: Decimal | int, whole: Decimal | int, reason: str) -> Ratio:
    """`part / whole`, or the reason when there is no whole."""
    if whole <= 0:
        return Ratio(None, reason)
    return Ratio(Decimal(part) / Decimal(whole))


def customer_churn(lost: int, start: int) -> Ratio:
    """Customers lost in the period over customers at its start."""
    return ratio(lost, start, "no_customer_at_start")


def revenue_churn(lost: Decimal, opening: Decimal) -> Ratio:
    """Gross: churn and contraction of the customers of the start over their MRR.

    :param lost: what they took away, as a positive amount
    """
    return ratio(lost, opening, "no_mrr_at_start")


def net_retention(opening: Decimal, moved: Decimal) -> Ratio:
    """What the MRR of the start became, with the moves of its customers alone."""
    return ratio(opening + moved, opening, "no_mrr_at_start")


def growth(opening: Decimal, closing: Decimal) -> Ratio:
    """Change of MRR over the period."""
    return ratio(closing - opening, opening, "no_mrr_at_start")


def arpa(mrr: Decimal, paying: int) -> Ratio:
    """MRR per paying customer."""
    return ratio(mrr, paying, "no_paying_customer")


def months_of(first: date, last: date) -> Decimal:
    """Length of a period in months, its last day included; 30 days count as one."""
    span = relativedelta(last + timedelta(days=1), first)
    return Decimal(span.years * 12 + span.months) + Decimal(span.days) / 30


def lifetime_value(account: Ratio, churn: Ratio, months: Decimal) -> Ratio:
    """ARPA over the churn of one month, the period's churn spread evenly."""
    if account.value is None:
        return account
    if churn.value is None:
        return churn
    return ratio(account.value * months, churn.value, "no_customer_lost")


def quick_ratio(gained: Decimal, lost: Decimal) -> Ratio:
    """MRR gained over MRR lost; both positive amounts."""
    return ratio(gained, lost, "no_mrr_lost")


def waterfall(
    opening: Decimal, steps: Iterable[tuple[str, Decimal]]
) -> tuple[Bar, ...]:
    """Bars from the opening through each step to the closing."""
    level = opening
    bars = [_bar("opening", opening, Decimal(0), opening)]
    for code, amount in steps:
        bars.append(_bar(code, amount, level, level + amount))
        level += amount
    return (*bars, _bar("closing", level, Decimal(0), level))


def _bar(code: str, amount: Decimal, start: Decimal, end: Decimal) -> Bar:
    return Bar(code, amount, min(start, end), max(start, end))


def month_ends(first: date, last: date) -> tuple[date, ...]:
    """The last day of each month of a period; of the last month, the period's."""
    days, month = [], first.replace(day=1)
    while month <= last:
        month += relativedelta(months=1)
        days.append(min(month - timedelta(days=1), last))
    return tuple(days)


def cohorts(
    changes: Iterable[tuple[date, date, int, Decimal]],
    first: date,
    last: date,
    limit: int,
) -> tuple[Cohort, ...]:
    """The table of cohorts that started in a period.

    :param changes: (start month, month, customers more or less, MRR more or less)
    :param first: a day of the first start month
    :param last: the last month seen, by any of its days
    :param limit: number of months shown after the start
    """
    found: dict[date, dict[int, tuple[int, Decimal]]] = {}
    for start, month, customers, revenue in changes:
        rank = _months_between(start, month)
        known = found.setdefault(start, {}).get(rank, (0, Decimal(0)))
        found[start][rank] = (known[0] + customers, known[1] + revenue)
    return tuple(
        Cohort(start, _cells(found[start], _months_between(start, last), limit))
        for start in sorted(found)
        if start >= first.replace(day=1)
    )


def _months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _cells(
    moves: dict[int, tuple[int, Decimal]], last: int, limit: int
) -> tuple[Cell, ...]:
    customers, revenue, cells = 0, Decimal(0), []
    size = moves.get(0, (0, Decimal(0)))
    for rank in range(min(last, limit) + 1):
        more, amount = moves.get(rank, (0, Decimal(0)))
        customers, revenue = customers + more, revenue + amount
        cells.append(
            Cell(
                customers,
                revenue,
                ratio(customers, size[0], "no_customer_at_start"),
                ratio(revenue, size[1], "no_mrr_at_start"),
            )
        )
    return tuple(cells)
