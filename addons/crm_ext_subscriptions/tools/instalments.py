"""A contract total split in instalments, which add up to it to the cent."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction

LAST = "last"
FIRST = "first"
SPREAD = "spread"
RULES = (LAST, FIRST, SPREAD)


def round_to(value: Decimal | Fraction, rounding: Decimal) -> Decimal:
    """Round half up (away from zero) to a multiple of a currency's smallest unit."""
    if isinstance(value, Fraction):
        value /= Fraction(rounding)
        steps, rest = divmod(abs(value.numerator), value.denominator)
        steps += 2 * rest >= value.denominator
        return rounding * (steps if value >= 0 else -steps)
    return (value / rounding).quantize(Decimal(1), ROUND_HALF_UP) * rounding


@dataclass(frozen=True, slots=True)
class Instalments:
    """Into how many parts a total is split, and which of them bears the remainder.

    `skipped` instalments have passed when a line joins: it is split over the others.
    """

    count: int
    rule: str = LAST
    skipped: int = 0

    @property
    def parts(self) -> int:
        """How many instalments are left to the line."""
        return max(self.count - self.skipped, 1)

    def share(self, total: Decimal, number: int, rounding: Decimal) -> Decimal:
        """Compute the instalment of that number (1 is the first of the contract)."""
        count, rank = self.parts, number - self.skipped
        if not 1 <= rank <= count:
            return Decimal(0)
        if self.rule == SPREAD:
            upto = round_to(Fraction(total) * rank / count, rounding)
            return upto - round_to(Fraction(total) * (rank - 1) / count, rounding)
        part = (total / count / rounding).quantize(Decimal(1), ROUND_DOWN) * rounding
        bears = rank == (count if self.rule == LAST else 1)
        return total - part * (count - 1) if bears else part
