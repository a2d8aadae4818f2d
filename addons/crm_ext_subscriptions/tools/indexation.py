"""Price revision by index: P1 = P0 x (a + b x S1 / S0), every step kept.

All figures are Decimal. Rounding happens only at the steps that the clause names, and
each step says what it was before and after: a revision can be read and replayed.
"""

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
CENT = Decimal("0.01")
HUNDRED = Decimal(100)


class IndexationError(Exception):
    """Figures that make no revision; `reason` is a stable technical word."""

    def __init__(self, reason: str) -> None:
        """Remember the reason; the caller words the message."""
        super().__init__(reason)
        self.reason = reason


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


@dataclass(frozen=True, slots=True)
class Formula:
    """The clause's arithmetic: fixed part, and the rounding of each step."""

    fixed: Decimal = Decimal(0)
    linked_index: Rounding | None = None
    ratio: Rounding | None = None
    coefficient: Rounding | None = None
    unit_price: Rounding | None = Rounding(2)

    @property
    def indexed(self) -> Decimal:
        """The part that follows the index: both parts make one."""
        return Decimal(1) - self.fixed


@dataclass(frozen=True, slots=True)
class Step:
    """One named step: the figure before and after its rounding, as exact strings."""

    name: str
    before: str
    after: str
    rounding: str = ""

    def as_dict(self) -> dict[str, str]:
        """Give the step as it is stored and shown."""
        return {
            "name": self.name,
            "before": self.before,
            "after": self.after,
            "rounding": self.rounding,
        }


@dataclass(frozen=True, slots=True)
class Revised:
    """A revised price with the whole reckoning behind it.

    `ratio_percent` is the variation of the index ratio, `price_percent` the variation
    between the two prices as rounded: they differ, and each has its name.
    """

    price: Decimal
    s1: Decimal
    link: Decimal | None
    ratio: Decimal
    coefficient: Decimal
    ratio_percent: Decimal
    price_percent: Decimal
    steps: tuple[Step, ...]


def revise(
    p0: Decimal, s0: Decimal, s1: Decimal, formula: Formula, link: Link | None = None
) -> Revised:
    """Compute the revised price.

    :param p0: the price before
    :param s0: the index of the base, in the old series when there is a link
    :param s1: the index of the revision, in the new series when there is a link
    :param link: given when S0 and S1 are of two series
    """
    if s0 <= 0 or s1 <= 0:
        raise IndexationError("index")
    if not 0 <= formula.fixed <= 1:
        raise IndexationError("fixed_part")
    steps: list[Step] = []
    with localcontext() as context:
        context.prec = PRECISION
        link_coefficient = link.coefficient() if link else None
        if link:
            steps.append(_link_step(link, link_coefficient))
            s1 = _round(
                steps, "linked_index", s1 * link_coefficient, formula.linked_index
            )
        ratio = _round(steps, "ratio", s1 / s0, formula.ratio)
        raw = formula.fixed + formula.indexed * ratio
        coefficient = _round(steps, "coefficient", raw, formula.coefficient)
        price = _round(steps, "unit_price", p0 * coefficient, formula.unit_price)
        price_percent = (price - p0) / p0 * HUNDRED if p0 else Decimal(0)
        return Revised(
            price=price,
            s1=s1,
            link=link_coefficient,
            ratio=ratio,
            coefficient=coefficient,
            ratio_percent=(ratio - 1) * HUNDRED,
            price_percent=price_percent,
            steps=tuple(steps),
        )


def percent_change(s0: Decimal, s1: Decimal, digits: int = 2) -> Decimal:
    """Compute the variation between two index values, in percent."""
    with localcontext() as context:
        context.prec = PRECISION
        return Rounding(digits).apply((s1 / s0 - 1) * HUNDRED)


def _link_step(link: Link, coefficient: Decimal) -> Step:
    exact = link.old_anchor / link.new_anchor
    return Step("link", plain(exact), plain(coefficient), str(link.rounding or ""))


def _round(
    steps: list[Step], name: str, value: Decimal, rounding: Rounding | None
) -> Decimal:
    after = rounding.apply(value) if rounding else value
    steps.append(Step(name, plain(value), plain(after), str(rounding or "")))
    return after


def plain(value: Decimal) -> str:
    """Write a decimal without exponent and without useless zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def exact(value: float) -> Decimal:
    """Read a numeric column that the ORM hands over as a float, digit for digit."""
    return Decimal(repr(value))
