"""Write the rows that were refused so that they can be mended and fed again."""

import csv
import io
from collections.abc import Iterable, Sequence

WORKBOOK_ENCODING, WORKBOOK_SEPARATOR = "utf-8-sig", ";"
"""Spreadsheets open this without asking; also used when the file was a workbook."""


def write_rejects(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    encoding: str = "",
    separator: str = "",
) -> bytes:
    """The file's own columns, encoding and separator.

    What the encoding cannot write (a reason in another language) makes it UTF-8.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=separator or WORKBOOK_SEPARATOR)
    writer.writerow(header)
    writer.writerows(rows)
    text = buffer.getvalue()
    if encoding in ("utf-16-le", "utf-16-be"):
        encoding = "utf-16"
    try:
        return text.encode(encoding or WORKBOOK_ENCODING)
    except UnicodeEncodeError:
        return text.encode(WORKBOOK_ENCODING)
