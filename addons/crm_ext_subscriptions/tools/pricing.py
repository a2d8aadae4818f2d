"""What days cost: dated terms over a period, rounded so that its parts add up.

The price of the days up to a day is exact and rounded once; a part costs the difference
between two such prices. Any chain of parts therefore sums to the period, to the cent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from .day_count import NONE
from .instalments import Instalments, round_to
from .periods import BillingTerms, Period, periods_between

CENT = Decimal("0.01")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Version:
    """Terms in force from a day on; `key` tells the caller which they are.

    `closed`: the contract does not run, until it is reopened if ever.
    """

    date_from: date
    quantity: Decimal
    price: Decimal
    discount: Decimal = Decimal(0)
    key: int = 0
    closed: bool = False

    @property
    def terms(self) -> tuple[Decimal, Decimal, Decimal]:
        """What is compared: versions with the same terms make one stretch."""
        return self.quantity, self.price, self.discount

    @property
    def amount(self) -> Decimal:
        """Exact price of a full period, or of the contract when it is split."""
        return self.quantity * self.price * (100 - self.discount) / 100


@dataclass(frozen=True, slots=True)
class Pricing:
    """How a line is priced: its versions by date of effect, then order of entry.

    `untaxed` is the part of the price that is left when it includes taxes.
    """

    versions: tuple[Version, ...]
    rounding: Decimal = CENT
    instalments: Instalments | None = None
    untaxed: Fraction = Fraction(1)

    def at(self, day: date) -> Version | None:
        """The version in force on a day."""
        found = None
        for version in self.versions:
            if version.date_from > day:
                break
            found = version
        return found

    def alone_between(self, first: date, last: date) -> Version | None:
        """The version in force on all these days, if there is but one."""
        if any(first < version.date_from <= last for version in self.versions):
            return None
        return self.at(first)

    def full_amount(self, version: Version, number: int) -> Decimal | Fraction:
        """Untaxed price of the whole period of that number."""
        amount = version.amount
        if self.untaxed != 1:
            amount = Fraction(amount) * self.untaxed
        if self.instalments is None:
            return amount
        total = round_to(amount, self.rounding)
        return self.instalments.share(total, number, self.rounding)

    def full_price(self, version: Version, number: int) -> Decimal:
        """The same, rounded by the currency."""
        return round_to(self.full_amount(version, number), self.rounding)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of one period under unchanged terms, and what they cost, rounded."""

    date_from: date
    date_to: date
    days: int
    whole_days: int
    version: Version
    amount: Decimal


def stretches(period: Period, pricing: Pricing) -> list[Stretch]:
    """Split the days of a period where its terms change; no version, no stretch."""
    found, whole = [], _whole_days(period, pricing)
    for first, last, version in _runs(pricing, period.date_from, period.date_to):
        amount = _price_between(period, pricing, first, last)
        days = period.count(first, last)
        found.append(Stretch(first, last, days, whole, version, amount))
    return found


def _whole_days(period: Period, pricing: Pricing) -> int:
    """Days that share the full price.

    Without prorata a period in which the contract runs costs its full price, once: days
    between a closing and a reopening share in nothing, as those cut by a start or an
    end do not.
    """
    if period.basis != NONE:
        return period.whole_days
    first, last = period.whole_from, period.whole_to
    dates = {v.date_from for v in pricing.versions if first < v.date_from <= last}
    starts = sorted({first, *dates})
    closed = sum(
        period.count(start, after - ONE_DAY)
        for start, after in zip(starts, [*starts[1:], last + ONE_DAY], strict=True)
        if (version := pricing.at(start)) and version.closed
    )
    return period.whole_days - closed or period.whole_days


def price_days(
    terms: BillingTerms, pricing: Pricing, first: date, last: date
) -> Decimal:
    """Price the days from `first` to `last` under the versions as they are known."""
    return sum(
        (
            _price_between(
                period,
                pricing,
                max(first, period.date_from),
                min(last, period.date_to),
            )
            for period in periods_between(terms, first, last)
        ),
        Decimal(0),
    )


def _price_between(
    period: Period, pricing: Pricing, first: date, last: date
) -> Decimal:
    if (first, last) == (period.whole_from, period.whole_to):
        version = pricing.alone_between(first, last)
        if version:  # the ordinary case, without fractions
            return pricing.full_price(version, period.number)
    upto = round_to(_exact_until(period, pricing, last), pricing.rounding)
    before = _exact_until(period, pricing, first - ONE_DAY)
    return upto - round_to(before, pricing.rounding)


def _exact_until(period: Period, pricing: Pricing, last: date) -> Fraction:
    """Exact price of the days of the full period up to `last`."""
    if last < period.whole_from:
        return Fraction(0)
    exact = Fraction(0)
    for start, stop, version in _runs(pricing, period.whole_from, last):
        days = period.count(start, stop)
        exact += Fraction(pricing.full_amount(version, period.number)) * days
    return exact / _whole_days(period, pricing)


def _runs(
    pricing: Pricing, first: date, last: date
) -> Iterator[tuple[date, date, Version]]:
    """Ranges of days under unchanged terms; days before the first version are left."""
    dates = {v.date_from for v in pricing.versions if first < v.date_from <= last}
    run_start, run = first, pricing.at(first)
    for day in sorted(dates):
        version = pricing.at(day)
        if run is not None and version.terms == run.terms:
            continue
        if run is not None:
            yield run_start, day - ONE_DAY, run
        run_start, run = day, version
    if run is not None:
        yield run_start, last, run
