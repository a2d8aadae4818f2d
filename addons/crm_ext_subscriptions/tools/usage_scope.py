"""Where a usage event belongs: its meter and line, or why it is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from .usage_intake import IntakeFault, Reading, local_day


@dataclass(frozen=True, slots=True)
class Meter:
    """What the intake must know of a meter."""

    id: int
    aggregation: str
    late_policy: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Line:
    """What the intake must know of a subscription line.

    `runs` are the days from which it is in force or not, in order; `covered` is the
    last day that the ledger knows.
    """

    id: int
    subscription_id: int
    company_id: int
    meter_id: int
    state: str
    first: date
    last: date | None = None
    covered: date | None = None
    runs: tuple[tuple[date, bool], ...] = ()

    def in_force(self, day: date) -> bool:
        """Whether the line is billed on a day: not before it, paused or removed."""
        found = False
        for start, live in self.runs:
            if start > day:
                break
            found = live
        return found


class Place(NamedTuple):
    """An event ready to be stored; `at` is in UTC, without saying so."""

    meter_id: int
    key: str
    line_id: int
    subscription_id: int
    company_id: int
    at: datetime
    day: date
    quantity: Decimal
    unit_key: str | None
    is_late: bool

    @property
    def value(self) -> tuple[int, datetime, Decimal, str | None]:
        """What two events of one key must have in common."""
        return self.line_id, self.at, self.quantity, self.unit_key


@dataclass(frozen=True, slots=True)
class Scope:
    """The meters and lines that a call speaks of, read at once."""

    meters: Mapping[str | int, Meter]
    lines: Mapping[int, Line]
    found: Mapping[tuple[str | int, int], Sequence[int]] = field(default_factory=dict)

    def place(self, reading: Reading | IntakeFault) -> Place:
        """Find the line of an event and check that it takes it.

        :raises IntakeFault: the field at fault
        """
        if isinstance(reading, IntakeFault):
            raise reading
        meter = self.meters.get(reading.meter)
        if meter is None:
            raise IntakeFault("meter", "unknown", reading.meter)
        self._check_quantity(meter, reading)
        line = self._line(meter, reading)
        day = local_day(reading.at, meter.zone)
        is_late = _check_day(meter, line, day)
        return Place(
            meter.id,
            reading.key,
            line.id,
            line.subscription_id,
            line.company_id,
            reading.at.replace(tzinfo=None),
            day,
            reading.quantity,
            reading.unit_key or None,
            is_late,
        )

    def _check_quantity(self, meter: Meter, reading: Reading) -> None:
        if reading.quantity < 0 and meter.aggregation != "sum":
            raise IntakeFault("quantity", "negative", reading.quantity)
        if meter.aggregation == "unique" and not reading.unit_key:
            raise IntakeFault("unit_key", "required")

    def _line(self, meter: Meter, reading: Reading) -> Line:
        if reading.line_id:
            line = self.lines.get(reading.line_id)
            if line is None:
                raise IntakeFault("line_id", "unknown", reading.line_id)
            if line.meter_id != meter.id:
                raise IntakeFault("meter", "other_line", reading.meter)
            return line
        found = self.found.get((reading.subscription, meter.id))
        if found is None:
            raise IntakeFault("subscription", "unknown_line", reading.subscription)
        if len(found) > 1:
            raise IntakeFault("line_id", "several", reading.subscription)
        return self.lines[found[0]]


def _check_day(meter: Meter, line: Line, day: date) -> bool:
    """Whether the day is billed already, once the line takes usage of that day."""
    if line.state in ("draft", "closed"):
        raise IntakeFault("subscription", line.state)
    if day < line.first or (line.last and day > line.last):
        raise IntakeFault("at", "outside", day)
    if not line.in_force(day):
        raise IntakeFault("at", "not_in_force", day)
    is_late = line.covered is not None and day <= line.covered
    if is_late and meter.late_policy == "refuse":
        raise IntakeFault("at", "period_billed", line.covered)
    return is_late
