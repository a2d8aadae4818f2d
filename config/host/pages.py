"""docs/bench.md and docs/proofs.md: the last figure of each measure, and its commit."""

from __future__ import annotations

import subprocess
from pathlib import Path

from .console import say

HEAD = {
    "bench": ("Benches", "make bench"),
    "proofs": ("Proofs", "make prove"),
}
COLUMNS = ("what", "N", "result", "against", "ratio", "commit")


def write(root: Path, page: str, rows: Path) -> None:
    """Put new rows into a page.

    A run of a part replaces its own rows; each other row stays, with the commit that it
    was measured at.
    """
    path = root / "docs" / f"{page}.md"
    known = _read(path)
    commit = _commit(root)
    for line in rows.read_text().splitlines():
        row = (*line.split("\t"), commit)
        known[row[:2]] = row
    title, command = HEAD[page]
    lines = [
        f"# {title}",
        "",
        f"Written by `{command}`; each row tells the commit that it was measured at.",
        "",
        _line(COLUMNS),
        _line(("---",) * len(COLUMNS)),
        *map(_line, known.values()),
    ]
    path.write_text("\n".join(lines) + "\n")
    say(f"docs/{page}.md written")


def _read(path: Path) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The rows of a page, by what was measured and at which size."""
    if not path.exists():
        return {}
    table = [line for line in path.read_text().splitlines() if line.startswith("| ")]
    rows = [tuple(cell.strip() for cell in line[1:-1].split("|")) for line in table]
    return {row[:2]: row for row in rows[2:] if len(row) == len(COLUMNS)}


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _commit(root: Path) -> str:
    """What was measured; -dirty when more than these pages was changed since."""
    changed = _git(root, "status", "--porcelain", "--", ".", ":!docs")
    return _git(root, "describe", "--always") + ("-dirty" if changed else "")


def _git(root: Path, *words: str) -> str:
    found = subprocess.run(
        ["git", *words], capture_output=True, text=True, cwd=root, check=False
    )
    return found.stdout.strip()
