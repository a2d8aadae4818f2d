"""How ledger rows become the lines of an invoice or of a credit note."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def signed(price: float, quantity: float, is_refund: bool) -> tuple[float, float]:
    """Price and quantity of a line: what is negative is the quantity, never the price.

    Electronic invoices refuse a negative price (EN 16931, BR-27); on a credit note the
    signs of the rows are the other way round.
    """
    if is_refund:
        quantity = -quantity
    return (-price, -quantity) if price < 0 else (price, quantity)


def lay_out(
    items: Sequence[Item],
    kind_of: Callable[[Item], str | None],
    is_billed: Callable[[Item], bool],
) -> list[Item]:
    """Keep what is printed, in order: billed lines, notes, sections with a billed line.

    :param kind_of: "line_section", "line_note", or nothing for a line that is billed
    """
    printed: list[Item] = []
    held: list[Item] = []
    for item in items:
        kind = kind_of(item)
        if kind == "line_section":
            held = [item]
        elif kind == "line_note" and held:
            held.append(item)
        elif kind == "line_note" or is_billed(item):
            printed += [*held, item]
            held = []
    return printed


def bundle(
    items: Iterable[Item], key_of: Callable[[Item], Hashable | None]
) -> list[list[Item]]:
    """Put items of one key together, in order of appearance; without a key, alone."""
    bundles: list[list[Item]] = []
    known: dict[Hashable, list[Item]] = {}
    for item in items:
        key = key_of(item)
        if key is not None and key in known:
            known[key].append(item)
            continue
        bundles.append([item])
        if key is not None:
            known[key] = bundles[-1]
    return bundles
