"""Read a table out of a file: text in any usual encoding, .xls or .xlsx.

The host's readers drop blank lines (so line numbers drift), refuse a whole workbook for
one #N/A and lose zeros shown by a number format; these keep what the user sees.
"""

import collections
import csv
import datetime
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import openpyxl
import xlrd

Cell = str | Decimal | datetime.date

SEPARATORS = (";", ",", "\t", "|")
_SAMPLE_ROWS = 50
_OLE = b"\xd0\xcf\x11\xe0"
_OLD_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|table|\?xml)", re.IGNORECASE)
_OTHER_KINDS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"\x1f\x8b")
_COMMON_LETTERS = frozenset("éèêëàâäçîïôöùûüñáíóú")
_CAPITALS = frozenset("ÉÈÊËÀÂÄÇÎÏÔÖÙÛÜÑ")


class UnreadableFile(Exception):
    """A file that holds no table we can read; `code` says why."""

    def __init__(self, code: str, detail: str = "") -> None:
        """Keep the code, which models translate, and the reader's own words."""
        super().__init__(detail or code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a file as written, blank ones included."""

    rows: tuple[tuple[Cell, ...], ...]
    kind: str
    encoding: str = ""
    separator: str = ""


def read_sheet(content: bytes, encoding: str = "", separator: str = "") -> Sheet:
    """Read the first sheet that holds something.

    :param encoding: of a text file; guessed when empty
    :param separator: of a text file; guessed when empty
    :raises UnreadableFile: empty, encrypted, damaged, not_table, ods or encoding
    """
    if not content.strip():
        raise UnreadableFile("empty")
    kind = file_kind(content)
    if kind == "xlsx":
        sheet = Sheet(tuple(_workbook_rows(_open_xlsx, content)), kind)
    elif kind == "xls":
        sheet = Sheet(tuple(_workbook_rows(_open_xls, content)), kind)
    else:
        sheet = _read_text(content, encoding, separator)
    if not any(any(row) for row in sheet.rows):
        raise UnreadableFile("empty")
    return sheet


def file_kind(content: bytes) -> str:
    """Tell by the first bytes: names and types given by browsers are no proof."""
    if content.startswith(_OTHER_KINDS) or _MARKUP.match(content):
        raise UnreadableFile("not_table")
    if content.startswith(b"PK\x03\x04"):
        return _zip_kind(content)
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UnreadableFile("encrypted")
        return "xls"
    return "xls" if content.startswith(_OLD_BIFF) else "csv"


def _zip_kind(content: bytes) -> str:
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except zipfile.BadZipFile as error:
        raise UnreadableFile("damaged", str(error)) from error
    if "xl/workbook.xml" in names:
        return "xlsx"
    raise UnreadableFile("ods" if "content.xml" in names else "not_table")


# ------------------------------------------------------------------ text files
def _read_text(content: bytes, encoding: str, separator: str) -> Sheet:
    encoding = encoding or detect_encoding(content)
    try:
        text = content.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise UnreadableFile("encoding", encoding) from error
    text = text.removeprefix("\ufeff").replace("\x00", "")
    separator = separator or detect_separator(text)
    try:
        rows = tuple(map(tuple, _parse(text, separator)))
    except csv.Error as error:
        raise UnreadableFile("damaged", str(error)) from error
    return Sheet(rows, "csv", encoding, separator)


def _parse(text: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator)


def detect_encoding(content: bytes) -> str:
    """Byte-order mark, then strict UTF-8, then the likeliest 8-bit code page."""
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = content[:4000]
    if head.count(0) > len(head) // 5:
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return max(
            ("cp1252", "mac_roman", "cp850"), key=lambda it: _likely(content, it)
        )
    return "utf-8"


def _likely(content: bytes, encoding: str) -> tuple[float, bool]:
    """Count the accents of western European languages that a reading gives."""
    try:
        seen = collections.Counter(content.decode(encoding))
    except UnicodeDecodeError:
        seen = collections.Counter(content.decode(encoding, "replace"))
    common = sum(seen[letter] for letter in _COMMON_LETTERS)
    capitals = sum(seen[letter] for letter in _CAPITALS)
    return common + capitals / 2 - seen["\ufffd"], encoding == "cp1252"


def detect_separator(text: str) -> str:
    """The separator that cuts most of the first records into the same width."""
    return max(SEPARATORS, key=lambda separator: _regularity(text, separator))


def _regularity(text: str, separator: str) -> tuple[float, int]:
    widths: collections.Counter[int] = collections.Counter()
    try:
        for number, row in enumerate(_parse(text, separator)):
            if number >= _SAMPLE_ROWS:
                break
            widths[len(row)] += bool(row)
    except csv.Error:
        return 0.0, 0
    total = sum(widths.values())
    width, count = max(
        widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0)
    )
    return (round(count / total, 1), width) if width > 1 and total else (0.0, 0)


# ------------------------------------------------------------------ workbooks
def _workbook_rows(opener: object, content: bytes) -> Iterable[tuple[Cell, ...]]:
    try:
        return list(opener(content))
    except UnreadableFile:
        raise
    except Exception as error:  # noqa: BLE001 both libraries leak any error there is
        raise UnreadableFile("damaged", str(error)) from error


def _open_xlsx(content: bytes) -> Iterator[tuple[Cell, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        rows = [
            tuple(_xlsx_cell(cell.value, cell.number_format) for cell in row)
            for row in sheet.iter_rows()
        ]
        if any(any(row) for row in rows):
            yield from rows
            return


def _xlsx_cell(value: object, number_format: str) -> Cell:
    if isinstance(value, datetime.date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value, number_format)
    return "" if value is None else str(value)


def _open_xls(content: bytes) -> Iterator[tuple[Cell, ...]]:
    book = _xls_book(content)
    for sheet in book.sheets():
        if sheet.nrows:
            for index in range(sheet.nrows):
                yield tuple(_xls_cell(book, cell) for cell in sheet.row(index))
            return


def _xls_book(content: bytes) -> xlrd.book.Book:
    quiet = io.StringIO()
    try:
        return xlrd.open_workbook(
            file_contents=content, formatting_info=True, logfile=quiet
        )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise UnreadableFile("encrypted") from error
        raise


def _xls_cell(book: xlrd.book.Book, cell: xlrd.sheet.Cell) -> Cell:
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return _number(cell.value, _xls_format(book, cell.xf_index))
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(cell.value, book.datemode)
        except (ValueError, OverflowError):
            return _number(cell.value, "")
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return str(bool(cell.value))
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#N/A")
    return str(cell.value)


def _xls_format(book: xlrd.book.Book, xf_index: int | None) -> str:
    if xf_index is None or xf_index >= len(book.xf_list):
        return ""
    known = book.format_map.get(book.xf_list[xf_index].format_key)
    return known.format_str if known else ""


def _number(value: float, number_format: str) -> Cell:
    """A number as shown: whole ones as digits, with the zeros of a 00000 format."""
    if value % 1:
        return Decimal(repr(value))
    digits = str(int(value))
    zeros = re.fullmatch(r"0+", number_format or "")
    return digits.zfill(len(number_format)) if zeros else digits
