"""How days are counted: by the calendar, or in months of 30 days.

Both ways add up: the days of two neighbouring ranges are the days of their union.
"""

from datetime import date, timedelta

CALENDAR = "calendar"
THIRTY_360 = "30_360"
NONE = "none"
BASES = (CALENDAR, THIRTY_360, NONE)


def count_days(basis: str, first: date, last: date) -> int:
    """Count the days from `first` to `last`, both included."""
    after = last + timedelta(days=1)
    if basis == THIRTY_360:
        return _ordinal_360(after) - _ordinal_360(first)
    return (after - first).days


def _ordinal_360(day: date) -> int:
    """Rank of a day in years of 360 days: the 31st counts as the 30th (30E/360)."""
    return day.year * 360 + day.month * 30 + min(day.day, 30)
