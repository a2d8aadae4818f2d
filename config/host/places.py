"""Where things lie: the clone, the cache shared by clones, and this clone's own
state.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .console import Stop, say


@dataclass(frozen=True)
class Places:
    """The folders of one clone; `key` tells clones on one machine apart."""

    root: Path
    cache: Path

    @property
    def key(self) -> str:
        """A short name for this clone's path."""
        return hashlib.sha256(str(self.root).encode()).hexdigest()[:10]

    @property
    def local(self) -> Path:
        """What this clone makes and may lose: state, logs, generated configuration."""
        return self.root / ".local"

    @property
    def venv(self) -> Path:
        """The virtual environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.venv / "bin" / "python"

    @property
    def addons(self) -> Path:
        """The product."""
        return self.root / "addons"

    @property
    def data(self) -> Path:
        """Odoo's data_dir: filestores and sessions."""
        return self.local / "data"


def here() -> Places:
    """The places of the clone this file lies in."""
    root = Path(__file__).resolve().parents[2]
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    cache = os.environ.get("CRM_EXT_CACHE") or Path(base) / "crm-ext-odoo"
    places = Places(root, Path(cache))
    places.local.mkdir(exist_ok=True)
    places.cache.mkdir(parents=True, exist_ok=True)
    return places


@contextmanager
def locked(path: Path, waiting_for: str) -> Iterator[None]:
    """Hold an exclusive lock; it falls with the process, however that ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"   waiting for another command: {waiting_for}")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def need_space(folder: Path, megabytes: int, purpose: str) -> None:
    """Refuse early when the disk would fill up half-way.

    :raises Stop: when less than `megabytes` MB are free under `folder`
    """
    free = shutil.disk_usage(folder).free / 1e6
    if free < megabytes:
        raise Stop(
            f"Not enough disk under {folder}: {free:.0f} MB free, {megabytes} MB needed"
            f" for {purpose}.\nFree some space, or set CRM_EXT_CACHE to a folder"
            " elsewhere."
        )
