"""`make run`, `make stop`, `make reset`: the demo in the foreground, ended from
anywhere.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from .console import Stop, say, step
from .databases import DEMO, Databases
from .places import Places

# role, login, password; the users are those of the addons' demo data
LOGINS = (
    ("administrator", "admin", "admin"),
    ("salesperson", "salesperson", "salesperson"),
    ("marketing", "marketing", "marketing"),
    ("agent", "agent", "agent"),
    ("accountant", "accountant", "accountant"),
    ("portal", "customer", "customer"),
)
PR_SET_PDEATHSIG = 1


def port() -> int:
    """The demo's port: PORT=, else 8069."""
    text = os.environ.get("PORT") or "8069"
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise Stop(f"PORT={text} is no port: give a number between 1 and 65535.")
    return int(text)


def refuse_if_running(places: Places) -> None:
    """Say so when this clone's server runs already, or the port is somebody else's."""
    running = _supervisor(places)
    if running:
        raise Stop(
            f"A server of this clone is already running: {running['url']}\n"
            "End it with: make stop"
        )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port()))
        except OSError as error:
            raise Stop(
                f"Port {port()} is taken by another program.\n"
                f"Choose another one: make run PORT={port() + 1}"
            ) from error


def stop(places: Places) -> None:
    """End this clone's server from elsewhere, and wait until it is gone."""
    running = _supervisor(places)
    if not running:
        say("No server of this clone is running.")
        return
    with step("stop the server"):
        os.kill(running["pid"], signal.SIGTERM)
        deadline = time.monotonic() + 40
        while _supervisor(places):
            if time.monotonic() > deadline:
                raise Stop(
                    f"Process {running['pid']} does not end: kill -9 {running['pid']}"
                )
            time.sleep(0.1)


def _note(places: Places) -> Path:
    return places.local / "server.json"


def _supervisor(places: Places) -> dict | None:
    """The running `make run` of this clone, if there is one (a pid may be reused)."""
    try:
        note = json.loads(_note(places).read_text())
        started = (
            Path(f"/proc/{note['pid']}/stat").read_text().rsplit(")", 1)[1].split()[19]
        )
    except (OSError, ValueError, KeyError):
        return None
    return note if started == note["started"] else None


@contextlib.contextmanager
def registered(places: Places, url: str) -> Iterator[None]:
    """Be findable by `make stop` while the block lasts."""
    started = Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19]
    note = {"pid": os.getpid(), "started": started, "url": url}
    _note(places).write_text(json.dumps(note))
    try:
        yield
    finally:
        _note(places).unlink(missing_ok=True)


def serve(databases: Databases) -> int:
    """Serve the demo until it is told to end; print `ready:` once it answers.

    :return: an exit code: 0 when it was told to end, 1 when the server died by itself
    """
    places = databases.places
    url = f"http://127.0.0.1:{port()}"
    # PDFs fetch their style from the server: it must know its own address
    databases.sql(
        "UPDATE ir_config_parameter SET value = "
        f"'{url}' WHERE key IN ('web.base.url', 'report.url')",
        DEMO,
    )
    log = places.local / "server.log"
    with registered(places, url), _process(databases, log) as process:
        with step("start Odoo"):
            _wait_until_ready(process, url, log)
        _announce(url, log)
        try:
            process.wait()
        except KeyboardInterrupt:
            say("\nstopping")
            return 0
        say(f"The server ended by itself (code {process.returncode}); see {log}")
        return 1


@contextlib.contextmanager
def _process(databases: Databases, log: Path) -> Iterator[subprocess.Popen]:
    """The server's process, ended with the block."""
    with log.open("a") as output:
        process = subprocess.Popen(
            _command(databases),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=databases.env(),
            cwd=databases.places.root,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        try:
            yield process
        finally:
            _end(process)


def _command(databases: Databases) -> list[str]:
    config = databases.places.local / "demo.conf"
    text = databases.config().read_text()
    # a master password nobody knows: nothing is managed through the web
    config.touch(mode=0o600)
    config.write_text(f"{text}admin_passwd = {secrets.token_urlsafe(24)}\n")
    return [
        str(databases.places.python), "-m", "odoo", "-c", str(config),
        "-d", DEMO, f"--db-filter=^{DEMO}$", "--http-port", str(port()),
    ]  # fmt: skip


def _die_with_parent() -> None:
    """The server must not outlive a `make run` that was killed: it would hold the
    port.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait_until_ready(process: subprocess.Popen, url: str, log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        if process.poll() is not None:
            tail = "\n".join(log.read_text().splitlines()[-15:])
            raise Stop(f"Odoo ended while starting:\n{tail}")
        with contextlib.suppress(OSError, urllib.error.URLError):
            with urllib.request.urlopen(f"{url}/web/login", timeout=30) as answer:
                if answer.status == 200:
                    return
        time.sleep(0.2)
    raise Stop(f"Odoo does not answer on {url}; see {log}")


def _announce(url: str, log: Path) -> None:
    say(f"ready: {url}")
    for role, login, password in LOGINS:
        say(f"{role} {login} {password}")
    say(f"log: {log}")
    say("End with Ctrl-C here, or make stop elsewhere.")


def _end(process: subprocess.Popen) -> None:
    """End the server: kindly, then firmly."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
