"""How often a recurring price comes back: what a year or a month of it is worth."""

from fractions import Fraction

PER_YEAR = {"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1}


def periods_per_year(interval: int, unit: str) -> Fraction:
    """How many periods of `interval` units a year holds (365 days, 52 weeks)."""
    return Fraction(PER_YEAR[unit], interval)


def periods_per_month(interval: int, unit: str) -> Fraction:
    """How many periods a month holds: a yearly price counts for one twelfth."""
    return periods_per_year(interval, unit) / 12
