"""Write a table as a workbook or as CSV that spreadsheets open without asking."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import xlsxwriter

Cell = str | int | float | Decimal | date | None


def to_workbook(sheets: Iterable[tuple[str, Sequence[Sequence[Cell]]]]) -> bytes:
    """Write sheets of (name, rows); the first row of each is its header.

    Numbers stay numbers and days stay days, so that they can be reckoned with.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    bold = book.add_format({"bold": True, "bottom": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets:
        sheet = book.add_worksheet(name[:31])
        sheet.freeze_panes(1, 0)
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                _write(sheet, place, column, cell, day if place else bold)
        sheet.autofit()
    book.close()
    return buffer.getvalue()


def _write(sheet: object, row: int, column: int, cell: Cell, form: object) -> None:
    if not row:
        sheet.write_string(row, column, str(cell), form)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, form)
    elif isinstance(cell, int | float | Decimal):
        sheet.write_number(row, column, float(cell))
    else:
        # written as text: a customer's name that begins with = is no formula
        sheet.write_string(row, column, cell or "")


def to_csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write rows, the first one the header, separated by semicolons."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";")
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal | float):
        return format(Decimal(repr(cell)) if isinstance(cell, float) else cell, "f")
    text = str(cell)
    # a spreadsheet would take such a text for a formula
    is_formula = isinstance(cell, str) and text[:1] in ("=", "+", "-", "@", "\t")
    return f"'{text}" if is_formula else text
