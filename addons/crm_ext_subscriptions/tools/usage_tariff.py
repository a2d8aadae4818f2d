"""Tariffs: what units cost, tier by tier."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

MODES = ("graduated", "volume", "package")
ZERO = Decimal(0)


class TariffError(Exception):
    """A tariff that prices nothing; `field` names what is at fault."""

    def __init__(self, field: str) -> None:
        """Remember the field; the caller words the message."""
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Tier:
    """Units up to `up_to` (None: all the others), each at `price`.

    `fee` is due once, as soon as a unit falls into the tier.
    """

    up_to: Decimal | None
    price: Decimal
    fee: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Tariff:
    """How units become money.

    graduated: each unit at the price of the tier it falls into; volume: all units at
    the price of the tier that the total reaches; package: each package of
    `package_size` units begun costs the price of the only tier. `allowance` units are
    free and `minimum` is owed in any case, both for a full period.
    """

    mode: str = "graduated"
    tiers: tuple[Tier, ...] = (Tier(None, Decimal(1)),)
    allowance: Decimal = ZERO
    minimum: Decimal = ZERO
    package_size: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        """Refuse tiers with a hole, without an end, or at a negative price."""
        if self.mode not in MODES:
            raise TariffError("mode")
        if self.allowance < 0:
            raise TariffError("allowance")
        if self.minimum < 0:
            raise TariffError("minimum")
        if self.package_size <= 0:
            raise TariffError("package_size")
        self._check_tiers()

    def _check_tiers(self) -> None:
        bounds = [tier.up_to for tier in self.tiers]
        if not bounds or bounds[-1] is not None or None in bounds[:-1]:
            raise TariffError("up_to")
        known = [ZERO, *bounds[:-1]]
        if any(low >= high for low, high in zip(known, known[1:], strict=False)):
            raise TariffError("up_to")
        if any(tier.price < 0 or tier.fee < 0 for tier in self.tiers):
            raise TariffError("price")
        if self.mode == "package" and len(self.tiers) > 1:
            raise TariffError("tiers")


@dataclass(frozen=True, slots=True)
class Part:
    """One step of a price: kind is included, prepaid, tier, package, fee, minimum or
    credit; `first` to `last` are the tier's bounds.
    """

    kind: str
    units: Decimal = ZERO
    price: Decimal = ZERO
    amount: Decimal = ZERO
    first: Decimal = ZERO
    last: Decimal | None = None


def price_units(
    tariff: Tariff, after: Decimal, before: Decimal = ZERO, total: Decimal | None = None
) -> tuple[Part, ...]:
    """Price the units between `before` and `after` of a period that has `total`."""
    if tariff.mode == "volume":
        return _volume(tariff, after - before, after if total is None else total)
    if tariff.mode == "package":
        return _packages(tariff, before, after)
    return _graduated(tariff, before, after)


def _graduated(tariff: Tariff, before: Decimal, after: Decimal) -> tuple[Part, ...]:
    parts: list[Part] = []
    low = ZERO
    for tier in tariff.tiers:
        units = within(after, low, tier.up_to) - within(before, low, tier.up_to)
        if units:
            amount = units * tier.price
            parts.append(Part("tier", units, tier.price, amount, low, tier.up_to))
        entered = (after > low) - (before > low)
        if entered and tier.fee:
            fee = entered * tier.fee
            parts.append(Part("fee", ZERO, ZERO, fee, low, tier.up_to))
        low = low if tier.up_to is None else tier.up_to
    return tuple(parts)


def within(units: Decimal, low: Decimal, high: Decimal | None) -> Decimal:
    """How many of the first `units` lie between two bounds."""
    top = units if high is None else min(units, high)
    return max(top - low, ZERO)


def _volume(tariff: Tariff, units: Decimal, total: Decimal) -> tuple[Part, ...]:
    if total <= 0 or not units:
        return ()
    low = ZERO
    for tier in tariff.tiers:
        if tier.up_to is None or total <= tier.up_to:
            break
        low = tier.up_to
    parts = [Part("tier", units, tier.price, units * tier.price, low, tier.up_to)]
    if tier.fee:
        fee = tier.fee * units / total
        parts.append(Part("fee", ZERO, ZERO, fee, low, tier.up_to))
    return tuple(parts)


def _packages(tariff: Tariff, before: Decimal, after: Decimal) -> tuple[Part, ...]:
    count = _begun(after, tariff.package_size) - _begun(before, tariff.package_size)
    price = tariff.tiers[0].price
    return (Part("package", count, price, count * price),) if count else ()


def _begun(units: Decimal, size: Decimal) -> Decimal:
    return (units / size).to_integral_value(ROUND_CEILING)
