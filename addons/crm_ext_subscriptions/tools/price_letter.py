"""A letter that announces a price, as a PDF: the words come in, none is made here."""

import io
from dataclasses import dataclass
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import (
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

BODY = getSampleStyleSheet()["BodyText"]
TITLE = ParagraphStyle(
    "title", BODY, fontName="Helvetica-Bold", fontSize=13, leading=17
)
FORMULA = ParagraphStyle("formula", BODY, fontName="Courier", fontSize=9, leading=13)
RIGHT = ParagraphStyle("right", BODY, leftIndent=95 * mm)
CELL = ParagraphStyle("cell", BODY, fontSize=9, leading=12)


@dataclass(frozen=True, slots=True)
class PriceTable:
    """One price: its title, its facts, its formula in numbers, and each step."""

    title: str
    facts: tuple[tuple[str, str], ...]
    formula: str
    heads: tuple[str, ...]
    steps: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """All the words of a letter, in the reader's language."""

    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    date_line: str
    title: str
    opening: tuple[str, ...]
    prices: tuple[PriceTable, ...]
    closing: tuple[str, ...]


def render(letters: tuple[Letter, ...]) -> bytes:
    """Lay letters out, each on pages of its own."""
    story: list[object] = []
    for letter in letters:
        story += _lay_out(letter)
    content = io.BytesIO()
    SimpleDocTemplate(
        content,
        pagesize=A4,
        leftMargin=22 * mm,
        rightMargin=22 * mm,
        topMargin=20 * mm,
        bottomMargin=18 * mm,
        title=letters[0].title if letters else "",
        author=letters[0].sender[0] if letters else "",
        invariant=1,
    ).build(story)
    return content.getvalue()


def _lay_out(letter: Letter) -> list[object]:
    parts: list[object] = [
        _lines(letter.sender, BODY),
        Spacer(1, 8 * mm),
        _lines(letter.recipient, RIGHT),
        Spacer(1, 8 * mm),
        Paragraph(escape(letter.date_line), RIGHT),
        Spacer(1, 8 * mm),
        Paragraph(escape(letter.title), TITLE),
        Spacer(1, 4 * mm),
    ]
    parts += [Paragraph(escape(text), BODY) for text in letter.opening]
    for price in letter.prices:
        parts += _lay_out_price(price)
    parts.append(Spacer(1, 4 * mm))
    parts += [Paragraph(escape(text), BODY) for text in letter.closing]
    parts.append(PageBreak())
    return parts


def _lay_out_price(price: PriceTable) -> list[object]:
    return [
        Spacer(1, 4 * mm),
        Paragraph(f"<b>{escape(price.title)}</b>", BODY),
        _table(price.facts, (55 * mm, 108 * mm)),
        Spacer(1, 2 * mm),
        Paragraph(escape(price.formula), FORMULA),
        Spacer(1, 2 * mm),
        _table((price.heads, *price.steps), (50 * mm, 42 * mm, 36 * mm, 35 * mm)),
    ]


def _lines(lines: tuple[str, ...], style: ParagraphStyle) -> Paragraph:
    return Paragraph("<br/>".join(escape(line) for line in lines if line), style)


def _table(rows: tuple[tuple[str, ...], ...], widths: tuple[float, ...]) -> Table:
    cells = [[Paragraph(escape(cell), CELL) for cell in row] for row in rows]
    table = Table(cells, colWidths=widths, hAlign="LEFT")
    table.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.lightgrey),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    return table
