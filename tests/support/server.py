"""A real Odoo process on a database of its own, for tests that a transaction cannot
hold.
"""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager, suppress
from copy import copy

from config.host import source
from config.host.databases import Databases
from config.host.places import here
from config.host.postgres_server import Server


def databases():
    """The databases that `make test` prepared, found again by its environment."""
    server = Server(
        host=os.environ["PGHOST"],
        user=os.environ["PGUSER"],
        port=os.environ.get("PGPORT", ""),
        password=os.environ.get("PGPASSWORD", ""),
    )
    return Databases(here(), source.find(here()), server)


def free_port():
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class LiveServer:
    """A server on a copy of a template; it may be killed and started again."""

    def __init__(self, name, template=None, cron_threads=2):
        self.databases = databases()
        self.database = f"crm_ext_test_{os.getppid()}_{os.getpid()}_{name}"
        self.template = template or os.environ["CRM_EXT_TEMPLATE"]
        self.cron_threads = cron_threads
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = self.databases.places.local / f"test-{name}-{os.getpid()}.log"
        self.process = None

    def __enter__(self):
        self.databases.drop(self.database)
        self.databases.copy(self.template, self.database)
        self.sql(
            "UPDATE ir_config_parameter SET value = "
            f"'{self.url}' WHERE key = 'web.base.url'"
        )
        self.start()
        return self

    def __exit__(self, *_error):
        self.stop()
        self.databases.drop(self.database)
        self.log.unlink(missing_ok=True)

    def start(self):
        """Start the process and wait until it answers."""
        command = [
            str(self.databases.places.python), "-m", "odoo",
            "-c", os.environ["CRM_EXT_CONFIG"], "-d", self.database,
            f"--db-filter=^{self.database}$", "--http-port", str(self.port),
            f"--max-cron-threads={self.cron_threads}", "--log-level=warn",
        ]  # fmt: skip
        with self.log.open("a") as output:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            with suppress(OSError):
                with urllib.request.urlopen(f"{self.url}/web/login", timeout=60):
                    return
            time.sleep(0.2)
        raise AssertionError(f"no answer: {self.log.read_text()[-3000:]}")

    def kill(self):
        """kill -9, as a crash would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """End the process."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()

    @contextmanager
    def twin(self):
        """Another process on the same database, as on a second machine."""
        other = copy(self)
        other.port = free_port()
        other.url = f"http://127.0.0.1:{other.port}"
        other.log = self.log.with_suffix(".twin.log")
        other.process = None
        try:
            other.start()
            yield other
        finally:
            other.stop()
            other.log.unlink(missing_ok=True)

    def sql(self, statement):
        """Look into the database; tests look, they do not write what a user would."""
        return self.databases.sql(statement, self.database)
