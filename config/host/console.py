"""What the user reads: named steps with their time, progress, and errors with a way
out.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stop(Exception):
    """An error the user can mend: a sentence that says what is wrong and what to do."""


def say(text: str = "") -> None:
    """Print a line at once, also when the output is a file."""
    print(text, flush=True)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Announce a step and tell its duration when it ends well."""
    started = time.monotonic()
    say(f"-> {name}")
    yield
    say(f"   {name}: {time.monotonic() - started:.1f} s")


class Progress:
    """A download's progress: one moving line on a terminal, a line every 10 %
    elsewhere.
    """

    def __init__(self, name: str, total: int) -> None:
        """Follow `total` bytes of `name`."""
        self.name, self.total = name, total
        self.shown = -10
        self.started = time.monotonic()

    def show(self, done: int) -> None:
        """Tell that `done` bytes are here."""
        percent = int(100 * done / self.total) if self.total else 100
        text = f"   {self.name}: {percent} % of {self.total / 1e6:.0f} MB"
        if sys.stdout.isatty():
            print(f"\r{text}", end="" if done < self.total else "\n", flush=True)
        elif percent >= self.shown + 10:
            self.shown = percent
            say(f"{text} ({time.monotonic() - self.started:.0f} s)")
