"""What a line is worth a period and a year, at its price or at another."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from .index_rounding import PRECISION

MONTHS_A_YEAR = Decimal(12)


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A recurring line: its price in force, and what turns a price into amounts.

    `quantity` is net of the discount; `share`: the part of the price that one period
    bears, without taxes; `step`: the currency's smallest coin.
    """

    price: Decimal
    quantity: Decimal
    periods_a_year: Decimal
    share: Decimal = Decimal(1)
    step: Decimal = Decimal("0.01")

    def period(self, price: Decimal) -> Decimal:
        """Amount of one full period at a price, as it is billed."""
        with localcontext() as context:
            context.prec = PRECISION
            units = price * self.quantity * self.share / self.step
            return units.quantize(Decimal(1), ROUND_HALF_UP) * self.step

    def year(self, price: Decimal) -> Decimal:
        """Value of a year of full periods at a price."""
        with localcontext() as context:
            context.prec = PRECISION
            units = self.period(price) * self.periods_a_year / self.step
            return units.quantize(Decimal(1), ROUND_HALF_UP) * self.step


@dataclass(frozen=True, slots=True)
class Change:
    """A value of a year before and after; `percent` and `month` follow from them."""

    old: Decimal = Decimal(0)
    new: Decimal = Decimal(0)

    @property
    def effect(self) -> Decimal:
        """What the year gains or loses."""
        return self.new - self.old

    @property
    def percent(self) -> Decimal:
        """The variation in percent of the old value, zero when there is none."""
        return self.effect / self.old * 100 if self.old else Decimal(0)

    @property
    def month(self) -> Decimal:
        """Effect on the MRR: a twelfth of the year's."""
        return (self.effect / MONTHS_A_YEAR).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def exceeds(self, percent: Decimal | None, amount: Decimal | None) -> bool:
        """Whether the variation, up or down, reaches a percentage or an amount."""
        over_percent = percent is not None and abs(self.percent) >= percent
        return over_percent or (amount is not None and abs(self.effect) >= amount)


def total(changes: Iterable[Change]) -> Change:
    """Sum changes."""
    changes = tuple(changes)
    return Change(
        sum((one.old for one in changes), Decimal(0)),
        sum((one.new for one in changes), Decimal(0)),
    )
