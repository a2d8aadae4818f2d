"""An index clause, the case it is applied to, and what comes out: values only."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .index_lookup import MonthRule
from .index_rounding import Link
from .index_series import Observation, Series
from .indexation import Formula, Pair, Revised

BASES = ("last_revised", "original", "sliding")
LINK_METHODS = ("coefficient", "backcast", "refuse")
MISSING = ("block", "last_known", "regularise")
TO_REGULARISE = ("provisional", "missing_regularise")


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader must know: a stable word and its figures."""

    code: str
    details: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """One index of a clause: its weight, and the S0 that the contract wrote.

    mean_of: S0 and S1 are each the mean of so many periods, up to the one found.
    """

    chain: tuple[Series, ...]
    weight: Decimal = Decimal(1)
    s0_month: date | None = None
    s0_value: Decimal | None = None
    mean_of: int = 1


@dataclass(frozen=True, slots=True)
class Clause:
    """The contract's words as settings.

    base: last_revised (P0 and S0 of the last revision), original (those of the start,
    for good) or sliding (last price, S0 one frequency before the date).
    s0_rule: the kind `fixed` is the month written in the contract.
    latest_vintages: corrections published after the date serve too.
    """

    terms: tuple[Term, ...]
    formula: Formula
    base: str = "last_revised"
    s0_rule: MonthRule = MonthRule("fixed")
    s1_rule: MonthRule = MonthRule("last_published")
    link_method: str = "coefficient"
    missing: str = "block"
    latest_vintages: bool = False
    frequency: int = 12
    anniversary: date | None = None


@dataclass(frozen=True, slots=True)
class Previous:
    """The revision before: its day, its price, and the S1 that served, if known."""

    day: date
    price: Decimal
    s1: tuple[Observation, ...] = ()


@dataclass(frozen=True, slots=True)
class Served:
    """The two values that serve for one index, and the links between their series.

    wanted: the period that S1 stands in for; recast: S0 was read in the newer series.
    """

    s0: Observation
    s1: Observation
    links: tuple[Link, ...] = ()
    wanted: date | None = None
    recast: bool = False


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A clause worked out at a date, with everything it was worked out from."""

    p0: Decimal
    current: Decimal
    quantity: Decimal
    pairs: tuple[Pair, ...]
    served: tuple[Served, ...]
    revised: Revised
    notices: tuple[Notice, ...]

    @property
    def provisional(self) -> bool:
        """Whether a later value may call for a regularisation."""
        return any(notice.code in TO_REGULARISE for notice in self.notices)


@dataclass(frozen=True, slots=True)
class Case:
    """What a clause is applied to.

    base_date: when the original price was agreed. With `given_base` the caller told it,
    and its month serves as S0 where the clause wrote a month that has no value.
    """

    price: Decimal
    day: date
    base_date: date
    previous: Previous | None = None
    quantity: Decimal = Decimal(1)
    given_base: bool = False
