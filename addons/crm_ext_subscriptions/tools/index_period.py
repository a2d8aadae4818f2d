"""Months and quarters of an index series; a period is known by its first day."""

import re
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

MONTHS = {"month": 1, "quarter": 3}
_DATED = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?$")
_MONTH_FIRST = re.compile(r"(\d{1,2})/(\d{4})$")
_QUARTER = re.compile(r"(\d{4})[- ]?[QqTt]([1-4])$")
_QUARTER_FIRST = re.compile(r"[QqTt]([1-4])[- /]?(\d{4})$")


def period_start(day: date, unit: str) -> date:
    """Give the first day of the month or quarter that a day belongs to."""
    months = MONTHS[unit]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def period_end(start: date, unit: str) -> date:
    """Give the last day of a period."""
    return start + relativedelta(months=MONTHS[unit], days=-1)


def last_due(today: date, unit: str, days: int) -> date:
    """Give the last period whose value is due, so many days after its end."""
    start = period_start(today - timedelta(days=days), unit)
    return start - relativedelta(months=MONTHS[unit])


def next_period(start: date, unit: str) -> date:
    """Give the period after a period."""
    return start + relativedelta(months=MONTHS[unit])


def months_between(start: date, end: date) -> int:
    """Count calendar months from one date to another, whatever the days."""
    return (end.year - start.year) * 12 + end.month - start.month


def parse_period(text: str, unit: str) -> date | None:
    """Read 2015-02, 2015-02-01, 02/2015, 2015-Q1 or T1 2015; None if it is none.

    A quarter is no period of a monthly series; a month names its quarter.
    """
    text = text.strip()
    if quarter := _read_quarter(text):
        return quarter if unit == "quarter" else None
    if found := _DATED.match(text):
        parts = (found[1], found[2], found[3] or "1")
    elif found := _MONTH_FIRST.match(text):
        parts = (found[2], found[1], "1")
    else:
        return None
    try:
        return period_start(date(*map(int, parts)), unit)
    except ValueError:
        return None


def _read_quarter(text: str) -> date | None:
    if found := _QUARTER.match(text):
        year, quarter = found[1], found[2]
    elif found := _QUARTER_FIRST.match(text):
        year, quarter = found[2], found[1]
    else:
        return None
    return date(int(year), int(quarter) * 3 - 2, 1)


def period_label(start: date, unit: str) -> str:
    """Write a period as people read it: 02/2015 or 2015-Q1."""
    if unit == "quarter":
        return f"{start.year}-Q{(start.month + 2) // 3}"
    return start.strftime("%m/%Y")
