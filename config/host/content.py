"""Hashes that say whether a database is still the one to use."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path


def digest(text: str) -> str:
    """A short hash of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@functools.cache
def content_of(addons: Path) -> str:
    """A hash of what a database with the addons depends on: not of tests and prose.

    Taken once a command: a file edited meanwhile counts at the next one.
    """
    digest = hashlib.sha256()
    apart = {"tests", "readme", "__pycache__"}
    for path in sorted(addons.rglob("*")):
        relative = path.relative_to(addons)
        if path.is_file() and not apart & set(relative.parts) and path.suffix != ".rst":
            digest.update(f"{relative}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
