"""Pricing of usage: from metered units to an amount, every step kept.

Order of the steps: free allowance, units paid in advance, tiers, minimum commitment,
then credit in money. The parts of a period (its price changed on the way) are priced
together and sum to the period to the cent. Sums and unique counts are flows: parts
share one run through the tiers, and a shorter period has a smaller allowance and
minimum. Maxima and last values are levels, priced for the whole period and taken by
days.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from .usage_tariff import ZERO, Part, Tariff, price_units, within

FLOWS = ("sum", "unique")
LEVELS = ("max", "last")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of a period under unchanged terms, with what was metered on them.

    `quantity` holds the stretch's own units for a flow, the whole period's for a level.
    `factor` multiplies the tariff's prices; None: not in force, whatever was metered.
    """

    days: int
    whole_days: int
    quantity: Decimal
    factor: Decimal | None
    tariff: Tariff

    @property
    def fraction(self) -> Fraction:
        """The exact part of the full period; nothing while not in force."""
        return Fraction(0 if self.factor is None else self.days, self.whole_days)


@dataclass(frozen=True, slots=True)
class Bill:
    """What a stretch costs: `amount` is left to pay once credit is taken off."""

    quantity: Decimal
    amount: Decimal
    parts: tuple[Part, ...]

    @property
    def credit(self) -> Decimal:
        """Money drawn from the credit paid in advance."""
        return -sum((it.amount for it in self.parts if it.kind == "credit"), ZERO)

    @property
    def credit_units(self) -> Decimal:
        """Units drawn from the units paid in advance."""
        return sum((it.units for it in self.parts if it.kind == "prepaid"), ZERO)

    def to_json(self) -> dict[str, object]:
        """The bill digit for digit, as a ledger keeps it."""
        return {
            "quantity": str(self.quantity),
            "amount": str(self.amount),
            "parts": [
                {
                    "kind": part.kind,
                    "units": str(part.units),
                    "price": str(part.price),
                    "amount": str(part.amount),
                    "first": str(part.first),
                    "last": None if part.last is None else str(part.last),
                }
                for part in self.parts
            ],
        }


def price_period(
    stretches: Sequence[Stretch],
    step: Decimal,
    level: bool = False,
    credit: Decimal = ZERO,
    credit_units: Decimal = ZERO,
) -> tuple[Bill, ...]:
    """Price the stretches of one period, in order.

    :param step: rounding of the currency, such as 0.01
    :param credit: money paid in advance and not drawn yet
    :param credit_units: units paid in advance and not drawn yet; flows only
    """
    if level:
        priced = [_price_level(stretch) for stretch in stretches]
    else:
        priced = _price_flow(stretches, credit_units)
    priced = _round_together(_with_minimum(stretches, priced), step)
    return tuple(_take_credit(priced, stretches, credit))


def take(amount: Decimal, balances: Sequence[Decimal]) -> list[Decimal]:
    """Share a draw out over the books in their order, none below zero."""
    taken = []
    for balance in balances:
        share = min(amount, max(balance, ZERO))
        taken.append(share)
        amount -= share
    return taken


def rounded(amount: Decimal, step: Decimal) -> Decimal:
    """Round half away from zero to a multiple of `step`."""
    return (amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step


# ------------------------------------------------------------------ a period
def _price_level(stretch: Stretch) -> Bill:
    if stretch.factor is None:
        return Bill(stretch.quantity, ZERO, ())
    tariff = stretch.tariff
    billable = max(stretch.quantity - tariff.allowance, ZERO)
    parts = price_units(tariff, billable)
    free = _included(stretch.quantity - billable)
    return _bill(stretch, (*free, *_scaled(parts, stretch.factor, stretch.fraction)))


def _price_flow(stretches: Sequence[Stretch], credit_units: Decimal) -> list[Bill]:
    live = [it for it in stretches if it.factor is not None]
    total = sum((it.quantity for it in live), ZERO)
    free = sum((_part_of(it.tariff.allowance, it.fraction) for it in live), ZERO)
    prepaid = min(credit_units, _beyond(total, free))
    bills, before = [], ZERO
    for stretch in stretches:
        if stretch.factor is None:
            bills.append(Bill(stretch.quantity, ZERO, ()))
            continue
        after = before + stretch.quantity
        bills.append(_price_run(stretch, before, after, total, free, prepaid))
        before = after
    return bills


def _price_run(
    stretch: Stretch,
    before: Decimal,
    after: Decimal,
    total: Decimal,
    free: Decimal,
    prepaid: Decimal,
) -> Bill:
    """Price the units from `before` to `after` of the period's run of units."""
    paid = free + prepaid
    parts = price_units(
        stretch.tariff,
        _beyond(after, paid),
        _beyond(before, paid),
        _beyond(total, paid),
    )
    drawn = within(after, free, paid) - within(before, free, paid)
    steps = (
        *_included(within(after, ZERO, free) - within(before, ZERO, free)),
        *((Part("prepaid", drawn),) if drawn else ()),
    )
    return _bill(stretch, (*steps, *_scaled(parts, stretch.factor, Fraction(1))))


def _beyond(units: Decimal, bound: Decimal) -> Decimal:
    return max(units - bound, ZERO)


def _included(units: Decimal) -> tuple[Part, ...]:
    return (Part("included", units),) if units else ()


def _bill(stretch: Stretch, parts: tuple[Part, ...]) -> Bill:
    amount = sum((part.amount for part in parts), ZERO)
    return Bill(stretch.quantity, amount, parts)


def _scaled(
    parts: Sequence[Part], factor: Decimal, fraction: Fraction
) -> tuple[Part, ...]:
    return tuple(
        replace(
            part,
            price=part.price * factor,
            amount=_part_of(part.amount * factor, fraction),
        )
        for part in parts
    )


def _part_of(amount: Decimal, fraction: Fraction) -> Decimal:
    return amount * fraction.numerator / fraction.denominator


def _with_minimum(stretches: Sequence[Stretch], bills: Sequence[Bill]) -> list[Bill]:
    """Add to the last stretch in force what lacks to the minimum."""
    bills = list(bills)
    owed = sum((_part_of(it.tariff.minimum, it.fraction) for it in stretches), ZERO)
    missing = owed - sum((bill.amount for bill in bills), ZERO)
    live = [rank for rank, it in enumerate(stretches) if it.factor is not None]
    if missing > 0 and live:
        bill = bills[live[-1]]
        parts = (*bill.parts, Part("minimum", amount=missing))
        bills[live[-1]] = Bill(bill.quantity, bill.amount + missing, parts)
    return bills


def _round_together(bills: Sequence[Bill], step: Decimal) -> list[Bill]:
    """Round running totals, so that the stretches sum to the rounded period."""
    done, exact, result = ZERO, ZERO, []
    for bill in bills:
        exact += bill.amount
        amount = rounded(exact, step) - done
        done += amount
        result.append(replace(bill, amount=amount))
    return result


def _take_credit(
    bills: Sequence[Bill], stretches: Sequence[Stretch], credit: Decimal
) -> list[Bill]:
    result = []
    for bill, stretch in zip(bills, stretches, strict=True):
        drawn = max(min(credit, bill.amount), ZERO)
        if drawn and stretch.factor is not None:
            credit -= drawn
            parts = (*bill.parts, Part("credit", amount=-drawn))
            bill = replace(bill, amount=bill.amount - drawn, parts=parts)
        result.append(bill)
    return result
