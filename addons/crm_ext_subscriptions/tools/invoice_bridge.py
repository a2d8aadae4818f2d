"""From the MRR of a period to what was invoiced in it: the steps and their sum.

The MRR of a period is the sum over its days of the MRR in force on the day, divided by
the days of its calendar month: an MRR that does not move counts once a month. Every
step is worked out from rows of its own. What is then left between the MRR with all
steps and the invoices is the remainder: it is checked to be nothing, never spread.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .instalments import round_to

MRR = "mrr"
INVOICED = "invoiced"
ROUNDING = "rounding"
REMAINDER = "remainder"
# what the days of the period cost by the contracts
CONTRACT = ("day_count", "free", "discount")
# the days that these invoices do not bear, and the others that they do
TIMING = (
    "opening",
    "freed",
    "before",
    "after",
    "draft",
    "due",
    "later",
    "ahead",
    "behind",
)
# what else the ledger of billed periods put on them
LEDGER = ("changed", "adjusted", "usage", "one_off")
# what accountants did without the ledger
HANDS = ("edited", "manual", "replaced", "credit_note")
STEPS = (*CONTRACT, *TIMING, *LEDGER, *HANDS, "currency", ROUNDING)
# told for information: the MRR holds nothing of them, nor do the invoices
SILENT = ("free", "discount")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the bridge: its amount, and what the bridge comes to after it."""

    code: str
    amount: Decimal
    level: Decimal


@dataclass(frozen=True, slots=True)
class Bridge:
    """The rows from the MRR to the invoices, and what they leave unexplained."""

    rows: tuple[Row, ...]
    mrr: Decimal
    invoiced: Decimal
    remainder: Decimal


def months_at(day: date) -> Fraction:
    """Calendar months from the year 0 to the end of a day, by days of each month.

    >>> months_at(date(2026, 1, 31)) - months_at(date(2025, 12, 31))
    Fraction(1, 1)
    """
    days = monthrange(day.year, day.month)[1]
    return day.year * 12 + day.month - 1 + Fraction(day.day, days)


def build(exact: Mapping[str, Decimal], step: Decimal) -> Bridge:
    """Round the amounts to be shown, and find what is left.

    :param exact: what each step sums to, MRR and INVOICED among them
    :param step: the smallest amount of the currency

    The cents by which the shown amounts differ from the exact ones are rounding too:
    half of the smallest amount a step at most.
    """
    mrr = round_to(exact.get(MRR, Decimal(0)), step)
    shown = {
        code: round_to(exact.get(code, Decimal(0)), step)
        for code in STEPS
        if code != ROUNDING
    }
    lost = exact.get(MRR, Decimal(0)) - mrr
    lost += sum(
        (exact.get(code, Decimal(0)) - shown[code] for code in shown), Decimal(0)
    )
    shown[ROUNDING] = round_to(exact.get(ROUNDING, Decimal(0)) + lost, step)
    rows, level = [], mrr
    for code in STEPS:
        level += shown[code]
        rows.append(Row(code, shown[code], level))
    invoiced = round_to(exact.get(INVOICED, Decimal(0)), step)
    return Bridge(tuple(rows), mrr, invoiced, invoiced - level)
