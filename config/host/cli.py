"""One function a command; each reads like the list of its steps."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from . import databases as db
from . import postgres, quality, server, source, suite, venv
from .console import Stop, say, step
from .places import Places, here


def main(words: list[str]) -> int:
    """Run a command; what the user can mend is told in words, not in a traceback."""
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    command = COMMANDS.get(words[0] if words else "")
    if command is None:
        say(f"Commands: {', '.join(COMMANDS)}")
        return 2
    try:
        return command(here()) or 0
    except Stop as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; nothing half made was left.", file=sys.stderr)
        return 130


def _interrupt(*_arguments: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def ready(places: Places) -> Iterator[db.Databases]:
    """The host, .venv and a running PostgreSQL."""
    host = source.find(places)
    venv.ensure(places, host)
    with postgres.running(places) as running:
        postgres.check_given(places, running)
        yield db.Databases(places, host, running)


def run(places: Places) -> int:
    """Open the demo and serve it."""
    server.refuse_if_running(places)
    with ready(places) as databases:
        databases.ensure_demo()
        server.refuse_if_running(places)
        return server.serve(databases)


def stop(places: Places) -> None:
    """End the demo's server."""
    server.stop(places)


def reset(places: Places) -> None:
    """Throw the demo away and make it anew."""
    server.stop(places)
    with ready(places) as databases:
        with step("remove the demo"):
            databases.drop(db.DEMO)
        databases.ensure_demo()


def test(places: Places) -> int:
    """Run all tests."""
    with ready(places) as databases:
        suite.prepare(databases)
        return suite.test(databases, suite.split(os.environ.get("ARGS", "")))


def test_host(places: Places) -> int:
    """Run the host's runner on our addons and on its own suites."""
    with ready(places) as databases:
        suite.prepare(databases)
        return suite.test_host(databases)


def prove(places: Places) -> int:
    """Run the long proofs in full."""
    with ready(places) as databases:
        suite.prepare(databases)
        return suite.prove(databases, suite.split(os.environ.get("ARGS", "")))


def bench(places: Places) -> int:
    """Run the benches."""
    with ready(places) as databases:
        suite.prepare(databases)
        return suite.bench(databases, suite.split(os.environ.get("ARGS", "")))


def lint(places: Places) -> int:
    """Check form; FIX=1 mends what a tool can mend."""
    venv.ensure(places, source.find(places))
    return quality.lint(places.root, places.venv, fix=os.environ.get("FIX") == "1")


def i18n(places: Places) -> int:
    """Write every .pot anew, bring fr.po up to it, tell what has no French."""
    with ready(places) as databases:

        def with_demo() -> tuple[str, str]:
            return databases.demo_template(), str(databases.config())

        return quality.i18n(places.root, places.venv, with_demo, databases.env())


def shell(places: Places) -> int:
    """Open the host's Python shell on the demo."""
    with ready(places) as databases:
        databases.ensure_demo()
        words = [
            str(places.python),
            "-m",
            "odoo",
            "shell",
            "-c",
            str(databases.config()),
        ]
        return os.spawnve(
            os.P_WAIT, words[0], [*words, "-d", db.DEMO, "--no-http"], databases.env()
        )


def clean(places: Places) -> None:
    """Remove what this clone made: server, cluster, .venv, state; not the shared
    cache.
    """
    server.stop(places)
    with step("remove the cluster, .venv and .local"):
        postgres.Cluster(places).destroy()
        shutil.rmtree(places.venv, ignore_errors=True)
        shutil.rmtree(places.local, ignore_errors=True)


COMMANDS: dict[str, Callable[[Places], int | None]] = {
    "run": run,
    "stop": stop,
    "reset": reset,
    "test": test,
    "test-host": test_host,
    "prove": prove,
    "bench": bench,
    "lint": lint,
    "i18n": i18n,
    "shell": shell,
    "clean": clean,
}
