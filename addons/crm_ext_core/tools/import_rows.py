"""From the cells of a row to values of a company, contact and lead, or its faults."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from . import normalise
from .normalise_text import clean_lines, clean_text, header_key, person_name
from .tabular import Cell

Value = str | Decimal | datetime.date | int
Slot = tuple[str, str]
"""Where a value goes: (target, field name), such as ("contact", "email")."""

TARGETS = ("company", "contact", "lead")
TRANSFORMS: Mapping[str, Callable[[Cell, str], Value]] = {
    "text": lambda cell, region: clean_text(cell),
    "lines": lambda cell, region: clean_lines(cell),
    "name": lambda cell, region: person_name(cell),
    "email": lambda cell, region: normalise.email(cell),
    "phone": normalise.phone,
    "amount": lambda cell, region: normalise.amount(cell),
    "date": lambda cell, region: normalise.date(cell),
    "siret": lambda cell, region: normalise.siret(cell),
    "postcode": normalise.postcode,
}
_HEADER_SEARCH_ROWS = 20


@dataclass(frozen=True, slots=True)
class Column:
    """What a profile line says: these headers, read so, go there.

    `default` fills an empty cell, or every row when no header is named. `table` turns a
    text of the file into another; `choices`, when given, lists the only texts allowed
    and the value each stands for. Keys of both are in lower case.
    """

    target: str
    field: str
    headers: tuple[str, ...] = ()
    transform: str = "text"
    required: bool = False
    key: bool = False
    default: str = ""
    table: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Value] | None = None

    @property
    def slot(self) -> Slot:
        """Where the value goes."""
        return self.target, self.field


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row, and in which column (as the file names it)."""

    column: str
    code: str


@dataclass(frozen=True, slots=True)
class BoundColumn:
    """A column found (or not) in a given file."""

    column: Column
    index: int | None
    label: str


@dataclass(frozen=True, slots=True)
class Binding:
    """A profile's columns against a file's header."""

    columns: tuple[BoundColumn, ...]
    missing: tuple[Column, ...]
    unused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A record of the file: its number (1 is the first below the header), its cells."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row with its values, or the faults that refuse it."""

    number: int
    values: Mapping[Slot, Value]
    faults: tuple[Fault, ...] = ()


def split_header(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]]
) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """Find the header among the first rows (titles may precede it); number the rest.

    Blank rows are left out but counted, so that numbers are those the user sees.
    """
    known = {header_key(header) for column in columns for header in column.headers}

    def matches(index: int) -> tuple[int, int]:
        keys = {header_key(cell) for cell in rows[index]} - {""}
        return len(keys & known), min(len(keys), 1)

    head = max(range(min(len(rows), _HEADER_SEARCH_ROWS)), key=matches)
    header = tuple(clean_text(cell) for cell in rows[head])
    records = (
        Row(number, tuple(cells)) for number, cells in enumerate(rows[head + 1 :], 1)
    )
    return header, tuple(row for row in records if any(map(clean_text, row.cells)))


def bind(columns: Sequence[Column], header: Sequence[str]) -> Binding:
    """Find each column by the first of its headers that the file has."""
    places: dict[str, int] = {}
    for index, name in enumerate(header):
        places.setdefault(header_key(name), index)
    places.pop("", None)
    bound = tuple(_bind_one(column, header, places) for column in columns)
    used = {it.index for it in bound}
    return Binding(
        columns=bound,
        missing=tuple(
            it.column
            for it in bound
            if it.index is None and it.column.required and not it.column.default
        ),
        unused=tuple(
            name for index, name in enumerate(header) if name and index not in used
        ),
    )


def _bind_one(
    column: Column, header: Sequence[str], places: Mapping[str, int]
) -> BoundColumn:
    for name in column.headers:
        if (index := places.get(header_key(name))) is not None:
            return BoundColumn(column, index, header[index])
    return BoundColumn(column, None, column.headers[0] if column.headers else "")


def distinct_texts(bound: BoundColumn, rows: Sequence[Row]) -> tuple[str, ...]:
    """The different texts of a column, to look up the records they name."""
    texts = dict.fromkeys(_cell_text(bound, row.cells) for row in rows)
    return tuple(text for text in texts if text)


def read_row(binding: Binding, row: Row, region: str = "FR") -> ReadRow:
    """Read every column; columns that share a field are joined by a space.

    A column gives one fault at most, even when several lines read it.
    """
    parts: dict[Slot, list[Value]] = {}
    faults: dict[str, Fault] = {}
    for bound in binding.columns:
        try:
            value = _read_cell(bound, row.cells, region)
        except normalise.ValueFault as fault:
            faults.setdefault(bound.label, Fault(bound.label, fault.code))
            continue
        if value not in ("", None):
            parts.setdefault(bound.column.slot, []).append(value)
    values = {slot: _join(found) for slot, found in parts.items()}
    return ReadRow(row.number, values, tuple(faults.values()))


def _join(found: Sequence[Value]) -> Value:
    return found[0] if len(found) == 1 else " ".join(map(str, found))


def _cell_text(bound: BoundColumn, cells: Sequence[Cell]) -> str:
    """The cell's text after the translation table, or the default."""
    index = bound.index
    text = clean_text(cells[index]) if index is not None and index < len(cells) else ""
    return bound.column.table.get(text.casefold(), text) or bound.column.default


def _read_cell(bound: BoundColumn, cells: Sequence[Cell], region: str) -> Value | None:
    column = bound.column
    text = _cell_text(bound, cells)
    if not text:
        if column.required:
            raise normalise.ValueFault("required")
        return None
    if column.choices is not None:
        if text.casefold() not in column.choices:
            raise normalise.ValueFault("unknown")
        return column.choices[text.casefold()]
    index = bound.index
    raw = cells[index] if index is not None and index < len(cells) else ""
    untouched = clean_text(raw) == text  # then keep its type and its line breaks
    return TRANSFORMS[column.transform](raw if untouched else text, region)
