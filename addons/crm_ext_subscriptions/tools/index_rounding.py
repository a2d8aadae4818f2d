"""What a price revision is reckoned with: roundings and links between series."""

from dataclasses import dataclass
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Decimal,
    localcontext,
)

PRECISION = 40
MODES = {
    "half_up": ROUND_HALF_UP,
    "up": ROUND_CEILING,
    "down": ROUND_FLOOR,
    "half_even": ROUND_HALF_EVEN,
}


class IndexationError(Exception):
    """Figures that make no revision; `reason` is a stable technical word."""

    def __init__(self, reason: str, **details: object) -> None:
        """Remember the reason and its figures; the caller words the message."""
        super().__init__(reason)
        self.reason = reason
        self.details = details


@dataclass(frozen=True, slots=True)
class Rounding:
    """A number of decimals and a way to reach it; up means towards plus infinity."""

    digits: int
    mode: str = "half_up"

    def __post_init__(self) -> None:
        """Refuse what is no rounding."""
        if self.mode not in MODES or not 0 <= self.digits <= 20:
            raise IndexationError("rounding")

    def __str__(self) -> str:
        """Write it as it is stored: `2:half_up`."""
        return f"{self.digits}:{self.mode}"

    @classmethod
    def parse(cls, text: str) -> "Rounding | None":
        """Read what `str` wrote; nothing stands for no rounding."""
        digits, _, mode = text.partition(":")
        return cls(int(digits), mode) if text else None

    def apply(self, value: Decimal) -> Decimal:
        """Round a value."""
        with localcontext() as context:
            context.prec = PRECISION
            return value.quantize(Decimal(1).scaleb(-self.digits), MODES[self.mode])


@dataclass(frozen=True, slots=True)
class Link:
    """How values of a new series are read in the old one.

    The two anchors are the same moment measured in both series (SYNTEC: 280.6 in the
    original, 286.4 in the revised), so old-equivalent = new x old_anchor / new_anchor.
    The coefficient is rounded as it was published (SYNTEC: 0.97975).
    """

    old_anchor: Decimal
    new_anchor: Decimal
    rounding: Rounding | None = Rounding(5)

    def coefficient(self) -> Decimal:
        """Compute what a new value is multiplied by to be read in the old series."""
        with localcontext() as context:
            context.prec = PRECISION
            if self.old_anchor <= 0 or self.new_anchor <= 0:
                raise IndexationError("link")
            exact = self.old_anchor / self.new_anchor
        return self.rounding.apply(exact) if self.rounding else exact
