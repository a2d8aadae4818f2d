"""The files that are fed in: their columns, their templates, the groups of rows."""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Sequence

import openpyxl

from odoo.addons.crm_ext_core.tools.import_rows import Column, ReadRow
from odoo.addons.crm_ext_core.tools.tabular import Cell

TARGET = "row"
SEPARATOR = ";"


def _column(
    field: str, *headers: str, transform: str = "text", required: bool = False
) -> Column:
    return Column(TARGET, field, (field, *headers), transform, required)


SUBSCRIPTION_COLUMNS = (
    _column("external_ref", "reference", "référence", required=True),
    _column("customer", "client", required=True),
    _column("invoice_address", "adresse de facturation"),
    _column("purchase_order", "bon de commande"),
    _column("salesperson", "commercial"),
    _column("plan", "formule"),
    _column("date_start", "début", transform="date", required=True),
    _column("date_end", "fin", transform="date"),
    _column("interval", "tous les", transform="amount"),
    _column("unit", "unité"),
    _column("anchor_days", "jours du mois"),
    _column("invoicing", "facturation"),
    _column("instalments", "échéances", transform="amount"),
    _column("payment_term", "conditions de paiement"),
    _column("currency", "devise"),
    _column("note", "conditions", transform="lines"),
    _column("display_type", "présentation"),
    _column("product", "article"),
    _column("description", "désignation", transform="lines"),
    _column("quantity", "quantité", transform="amount"),
    _column("price_unit", "prix unitaire", transform="amount"),
    _column("price_mode", "prix"),
    _column("discount", "remise", transform="amount"),
    _column("line_type", "type de ligne"),
    _column("meter", "compteur"),
    _column("tariff", "tarif"),
    _column("line_start", "début de ligne", transform="date"),
    _column("line_end", "fin de ligne", transform="date"),
    _column("billed_until", "facturé jusqu'au", transform="date"),
)
USAGE_COLUMNS = (
    _column("meter", "compteur", required=True),
    _column("subscription", "abonnement", required=True),
    _column("at", "date", "quand", required=True),
    _column("quantity", "quantité", transform="amount", required=True),
    _column("unit_key", "clé comptée"),
    _column("key", "clé"),
)
EXAMPLES = {
    "subscription": (
        {
            "external_ref": "CT-0001",
            "customer": "Client SAS",
            "date_start": "01/01/2025",
            "interval": "1",
            "unit": "month",
            "anchor_days": "1",
            "invoicing": "advance",
            "product": "MAINTENANCE",
            "description": "Maintenance",
            "quantity": "1",
            "price_unit": "450,00",
            "billed_until": "31/10/2026",
        },
        {
            "external_ref": "CT-0001",
            "customer": "Client SAS",
            "date_start": "01/01/2025",
            "product": "LICENCE",
            "description": "Licence",
            "quantity": "35",
            "price_unit": "11,70",
            "discount": "5",
            "billed_until": "31/10/2026",
        },
    ),
    "usage": (
        {
            "meter": "api",
            "subscription": "SUB/2026/0001",
            "at": "2026-10-01T08:30:00+02:00",
            "quantity": "1250",
            "key": "log-2026-10-01",
        },
        {
            "meter": "api",
            "subscription": "CT-0001",
            "at": "01/10/2026 18:00",
            "quantity": "300",
        },
    ),
}
COLUMNS = {"subscription": SUBSCRIPTION_COLUMNS, "usage": USAGE_COLUMNS}


def template_rows(kind: str) -> list[list[str]]:
    """The header and the examples of a kind of file."""
    names = [column.field for column in COLUMNS[kind]]
    rows = [[example.get(name, "") for name in names] for example in EXAMPLES[kind]]
    return [names, *rows]


def template_csv(kind: str) -> bytes:
    """A file to fill in, as spreadsheets open it."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=SEPARATOR).writerows(template_rows(kind))
    return buffer.getvalue().encode("utf-8-sig")


def template_xlsx(kind: str) -> bytes:
    """The same as a workbook."""
    book = openpyxl.Workbook()
    for row in template_rows(kind):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


class FileRow:
    """A row of the file: its values by field, or its faults, and its cells as text."""

    __slots__ = ("cells", "faults", "mark", "number", "values")

    def __init__(self, read: ReadRow, cells: Sequence[Cell], mark: str) -> None:
        """Keep what was read; `mark` tells the row from the others of its file."""
        self.number = read.number
        self.values = {field: value for (_target, field), value in read.values.items()}
        self.faults = [(fault.column, fault.code) for fault in read.faults]
        self.cells = [str(cell) for cell in cells]
        self.mark = mark


def derived_keys(rows: Iterable[Sequence[str]]) -> list[str]:
    """A key for rows that have none: that of their content and its rank in the file.

    The same file fed twice gives the same keys; two equal rows of it give two.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    keys = []
    for row in rows:
        content = tuple(row)
        seen[content] += 1
        text = "\x1f".join((*content, str(seen[content])))
        keys.append(f"file-{hashlib.sha256(text.encode()).hexdigest()[:32]}")
    return keys
