"""What the check of a file tells: counts, the first rows, and what is refused."""

from collections.abc import Iterable, Sequence

OUTCOMES = ("created", "replayed", "rejected")
FIRST_ROWS = 20
FIRST_REJECTS = 50

Fate = tuple[int, Sequence[str], str, str]
"""Number and cells of a row, what becomes of it, and why."""
Preview = dict[str, object]


def to_preview(fates: Iterable[Fate]) -> Preview:
    """Tell the fates of some rows, as JSON."""
    counts = dict.fromkeys(OUTCOMES, 0)
    rows = []
    for number, cells, outcome, reason in fates:
        counts[outcome] += 1
        shown = {"number": number, "outcome": outcome, "reason": reason}
        rows.append({**shown, "cells": list(cells)})
    return {"counts": counts, "rows": _first(rows)}


def join_previews(previews: Sequence[Preview]) -> Preview:
    """Put the previews of the parts of a file together."""
    counts = {
        outcome: sum(preview["counts"][outcome] for preview in previews)
        for outcome in OUTCOMES
    }
    return {
        "counts": counts,
        "rows": _first([row for preview in previews for row in preview["rows"]]),
    }


def pack_together(keys: Sequence[object], size: int) -> list[list[int]]:
    """Share ranks out in parts of about `size`; those of one key stay together.

    >>> pack_together(["a", "b", "a", "c"], 2)
    [[0, 2], [1, 3]]
    """
    groups: dict[object, list[int]] = {}
    for rank, key in enumerate(keys):
        groups.setdefault(key, []).append(rank)
    parts: list[list[int]] = []
    for group in groups.values():
        if not parts or len(parts[-1]) + len(group) > size:
            parts.append([])
        parts[-1].extend(group)
    return parts


def _first(rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """The first rows, and the first that are refused, in the order of the file."""
    ordered = sorted(rows, key=lambda row: row["number"])
    refused = [row for row in ordered if row["outcome"] == "rejected"]
    chosen = [*ordered[:FIRST_ROWS], *refused[:FIRST_REJECTS]]
    shown = {row["number"]: row for row in chosen}
    return [shown[number] for number in sorted(shown)]
