"""Reading of a usage event as it comes from outside: values, or what is wrong."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

LARGEST = Decimal(10) ** 12
DECIMALS = -6
LONGEST_KEY = 200
_DAY_FIRST = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})(?:[ T]+(\d{1,2}:\d{2}(?::\d{2})?))?"
)
FIELDS = frozenset(
    ("meter", "line_id", "subscription", "at", "quantity", "key", "unit_key")
)


class IntakeFault(ValueError):
    """An event that cannot be taken: the field at fault and a code for the sentence."""

    def __init__(self, field: str, code: str, detail: object = "") -> None:
        """Keep what the caller needs to word the refusal."""
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Reading:
    """A usage event read: an instant in UTC and an exact quantity."""

    meter: str | int
    at: datetime
    quantity: Decimal
    key: str
    unit_key: str = ""
    line_id: int = 0
    subscription: str | int = ""


def read_event(event: Mapping[str, object]) -> Reading:
    """Read one event of the API.

    :raises IntakeFault: the first field at fault
    """
    unknown = event.keys() - FIELDS
    if unknown:
        raise IntakeFault(min(map(str, unknown)), "unknown_field")
    meter = _text_or_id(event, "meter")
    if not meter:
        raise IntakeFault("meter", "required")
    line = event.get("line_id") or 0
    subscription = _text_or_id(event, "subscription")
    if not isinstance(line, int) or not (line or subscription):
        raise IntakeFault("subscription", "required")
    return Reading(
        meter=meter,
        at=read_instant(event.get("at")),
        quantity=read_quantity(event.get("quantity")),
        key=_short_text(event, "key", required=True),
        unit_key=_short_text(event, "unit_key"),
        line_id=line,
        subscription=subscription,
    )


def read_values(values: Mapping[str, object]) -> Reading:
    """Read the field values of an event, whose instant is in UTC already.

    :raises IntakeFault: the first field at fault
    """
    utc = ZoneInfo("UTC")
    return Reading(
        meter=_given(values, "meter_id"),
        at=read_instant(values.get("at"), utc),
        quantity=read_quantity(values.get("quantity")),
        key=_short_text(values, "key", required=True),
        unit_key=_short_text(values, "unit_key"),
        line_id=_given(values, "line_id"),
    )


def read_file_event(values: Mapping[str, object], zone: ZoneInfo | None) -> Reading:
    """Read a row of a file, whose times are local where they tell no offset.

    :param zone: of the meter; None when the meter is unknown, which is told later
    :raises IntakeFault: the first field at fault
    """
    text = str(values.get("at") or "")
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year, time = match.groups()
        text = f"{year}-{int(month):02}-{int(day):02}T{(time or '00:00').zfill(5)}"
    at = read_instant(text, zone or ZoneInfo("UTC"))
    return read_event({**values, "at": at})


def read_instant(value: object, zone: ZoneInfo | None = None) -> datetime:
    """An instant in UTC; one without an offset is taken in `zone`, else refused.

    >>> read_instant("2026-03-01T00:30:00+01:00")
    datetime.datetime(2026, 2, 28, 23, 30, tzinfo=datetime.timezone.utc)
    """
    if not value:
        raise IntakeFault("at", "required")
    instant = value
    if isinstance(value, str):
        try:
            instant = datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            raise IntakeFault("at", "not_instant", value) from None
    if not isinstance(instant, datetime):
        raise IntakeFault("at", "not_instant", value)
    if instant.tzinfo is None:
        if zone is None:
            raise IntakeFault("at", "without_offset", value)
        instant = instant.replace(tzinfo=zone)
    try:
        return instant.astimezone(timezone.utc)
    except OverflowError:
        raise IntakeFault("at", "not_instant", value) from None


def read_quantity(value: object) -> Decimal:
    """An exact number of at most six decimals."""
    if value is None or value == "":
        raise IntakeFault("quantity", "required")
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise IntakeFault("quantity", "not_number", value)
    try:
        quantity = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        raise IntakeFault("quantity", "not_number", value) from None
    if not quantity.is_finite():
        raise IntakeFault("quantity", "not_number", value)
    if abs(quantity) >= LARGEST:
        raise IntakeFault("quantity", "too_large", value)
    if quantity.normalize().as_tuple().exponent < DECIMALS:
        raise IntakeFault("quantity", "too_precise", value)
    return quantity


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The calendar day of an instant where the meter stands."""
    return instant.astimezone(zone).date()


def _given(values: Mapping[str, object], field: str) -> int:
    if not values.get(field):
        raise IntakeFault(field, "required")
    return values[field]


def _text_or_id(event: Mapping[str, object], field: str) -> str | int:
    value = event.get(field) or ""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise IntakeFault(field, "not_text", value)
    return value.strip() if isinstance(value, str) else value


def _short_text(event: Mapping[str, object], field: str, required: bool = False) -> str:
    value = event.get(field)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value or "", str):
        raise IntakeFault(field, "not_text", value)
    text = (value or "").strip()
    if required and not text:
        raise IntakeFault(field, "required")
    if len(text) > LONGEST_KEY:
        raise IntakeFault(field, "too_long", LONGEST_KEY)
    return text
