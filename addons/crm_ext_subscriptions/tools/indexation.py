"""Price revision by index: P1 = P0 x (a + b x S1/S0 + c x T1/T0), every step kept.

All figures are Decimal. Rounding happens only at the steps that the clause names, and
each step says what it was before and after: a revision can be read and replayed.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext

from .index_rounding import PRECISION, IndexationError, Link, Rounding

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Formula:
    """The clause's arithmetic: fixed part, limits, and the rounding of each step.

    Threshold, cap and floor are in percent. Below the threshold the price in force
    stays. Cap and floor limit the coefficient; with `limits_on` current, the variation
    from the price in force instead.
    """

    fixed: Decimal = Decimal(0)
    linked_index: Rounding | None = None
    ratio: Rounding | None = None
    coefficient: Rounding | None = None
    unit_price: Rounding | None = Rounding(2)
    line: Rounding | None = Rounding(2)
    threshold: Decimal | None = None
    cap: Decimal | None = None
    floor: Decimal | None = None
    limits_on: str = "base"

    @property
    def indexed(self) -> Decimal:
        """The part that follows the indices: all parts make one."""
        return Decimal(1) - self.fixed


@dataclass(frozen=True, slots=True)
class Pair:
    """The two values of one index, and the weight of the index in the price.

    With a link, S0 is in the old series and S1 in the new one.
    """

    s0: Decimal
    s1: Decimal
    links: tuple[Link, ...] = ()
    weight: Decimal = Decimal(1)
    name: str = ""


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
class Measured:
    """What the indices make of any price: the same for all lines of the same values."""

    links: tuple[Decimal | None, ...]
    ratios: tuple[Decimal, ...]
    coefficient: Decimal
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Revised:
    """A revised price with the whole reckoning behind it.

    `ratio_percent` is the variation of the index ratio, `price_percent` the variation
    between the two prices as rounded: they differ, and each has its name. `limit` says
    what decided instead of the indices: threshold, cap or floor.
    """

    price: Decimal
    line: Decimal
    links: tuple[Decimal | None, ...]
    ratios: tuple[Decimal, ...]
    coefficient: Decimal
    ratio_percent: Decimal
    price_percent: Decimal
    steps: tuple[Step, ...]
    limit: str = ""

    @property
    def ratio(self) -> Decimal:
        """The ratio of the first index."""
        return self.ratios[0]

    @property
    def link(self) -> Decimal | None:
        """The link coefficient of the first index."""
        return self.links[0]


def measure(pairs: tuple[Pair, ...], formula: Formula) -> Measured:
    """Compute what the indices make of any price.

    :param pairs: S0 and S1 of each index; the weights and the fixed part make one
    """
    _check(pairs, formula)
    steps: list[Step] = []
    with localcontext() as context:
        context.prec = PRECISION
        measured = [_measure(steps, pair, formula, len(pairs) > 1) for pair in pairs]
        links, ratios = zip(*measured, strict=True)
        weighted = (p.weight * r for p, r in zip(pairs, ratios, strict=True))
        raw = formula.fixed + sum(weighted)
        coefficient = _round(steps, "coefficient", raw, formula.coefficient)
        return Measured(links, ratios, coefficient, tuple(steps))


def revise(
    p0: Decimal,
    pairs: tuple[Pair, ...],
    formula: Formula,
    current: Decimal | None = None,
    quantity: Decimal = Decimal(1),
) -> Revised:
    """Compute the revised price from the values of the indices."""
    return revise_by(p0, measure(pairs, formula), formula, current, quantity)


def revise_by(
    p0: Decimal,
    measured: Measured,
    formula: Formula,
    current: Decimal | None = None,
    quantity: Decimal = Decimal(1),
) -> Revised:
    """Compute the revised price.

    :param p0: the price of the base
    :param current: the price in force, when it is not p0
    :param quantity: what the line's amount is rounded for
    """
    links, ratios = measured.links, measured.ratios
    steps = list(measured.steps)
    with localcontext() as context:
        context.prec = PRECISION
        in_force = p0 if current is None else current
        coefficient = measured.coefficient
        coefficient, limit = _limit(steps, coefficient, formula, p0, in_force)
        exact_price = in_force if limit == "threshold" else p0 * coefficient
        rounding = None if limit == "threshold" else formula.unit_price
        price = _round(steps, "unit_price", exact_price, rounding)
        line = _round(steps, "line", price * quantity, formula.line)
        return Revised(
            price=price,
            line=line,
            links=links,
            ratios=ratios,
            coefficient=coefficient,
            ratio_percent=(ratios[0] - 1) * HUNDRED,
            price_percent=(price - p0) / p0 * HUNDRED if p0 else Decimal(0),
            steps=tuple(steps),
            limit=limit,
        )


def percent_change(s0: Decimal, s1: Decimal, digits: int = 2) -> Decimal:
    """Compute the variation between two index values, in percent."""
    with localcontext() as context:
        context.prec = PRECISION
        return Rounding(digits).apply((s1 / s0 - 1) * HUNDRED)


def _check(pairs: tuple[Pair, ...], formula: Formula) -> None:
    if any(pair.s0 <= 0 or pair.s1 <= 0 for pair in pairs):
        raise IndexationError("index")
    if not 0 <= formula.fixed <= 1 or any(pair.weight < 0 for pair in pairs):
        raise IndexationError("fixed_part")
    if formula.fixed + sum(pair.weight for pair in pairs) != 1:
        raise IndexationError("weights")
    if None not in (formula.cap, formula.floor) and formula.floor > formula.cap:
        raise IndexationError("limits")


def _measure(
    steps: list[Step], pair: Pair, formula: Formula, several: bool
) -> tuple[Decimal | None, Decimal]:
    """Read S1 in the series of S0 and give the link and the ratio."""
    suffix = f" {pair.name}" if several else ""
    s1, coefficient = pair.s1, None
    if pair.links:
        coefficient = _link(steps, pair.links, suffix)
        linked = s1 * coefficient
        s1 = _round(steps, f"linked_index{suffix}", linked, formula.linked_index)
    return coefficient, _round(steps, f"ratio{suffix}", s1 / pair.s0, formula.ratio)


def _link(steps: list[Step], links: tuple[Link, ...], suffix: str) -> Decimal:
    whole = Decimal(1)
    for link in links:
        coefficient = link.coefficient()
        before = link.old_anchor / link.new_anchor
        text = str(link.rounding or "")
        steps.append(Step(f"link{suffix}", plain(before), plain(coefficient), text))
        whole *= coefficient
    return whole


def _limit(
    steps: list[Step],
    coefficient: Decimal,
    formula: Formula,
    p0: Decimal,
    in_force: Decimal,
) -> tuple[Decimal, str]:
    """Apply threshold, cap and floor to the coefficient of the base price."""
    unchanged = in_force / p0 if p0 else Decimal(1)
    variation = abs(coefficient / unchanged - 1) * HUNDRED if unchanged else Decimal(0)
    if formula.threshold is not None and variation < formula.threshold:
        steps.append(Step("threshold", plain(coefficient), plain(unchanged)))
        return unchanged, "threshold"
    reference = unchanged if formula.limits_on == "current" else Decimal(1)
    for name, percent, beyond in (
        ("cap", formula.cap, 1),
        ("floor", formula.floor, -1),
    ):
        if percent is None:
            continue
        limit = (1 + percent / HUNDRED) * reference
        if (coefficient - limit) * beyond > 0:
            steps.append(Step(name, plain(coefficient), plain(limit)))
            return limit, name
    return coefficient, ""


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
