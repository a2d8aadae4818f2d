"""PostgreSQL: the one DATABASE_URL names, or a private cluster of this clone."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlparse

from . import postgres_programs
from .console import Stop, step
from .places import Places, locked, need_space
from .postgres_programs import EXTENSIONS, OLDEST
from .postgres_server import Server

OWNER, ROLE = "crm_ext_owner", "odoo"
# version, right to create databases, extensions: a line each
PROBE = (
    "import psycopg2\n"
    "c = psycopg2.connect(dbname='postgres').cursor()\n"
    "c.execute('SHOW server_version_num'); print(c.fetchone()[0])\n"
    "c.execute('SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = "
    "current_user'); print(c.fetchone()[0])\n"
    "c.execute('SELECT name FROM pg_available_extensions')\n"
    "print(' '.join(r[0] for r in c.fetchall()))\n"
)


@contextlib.contextmanager
def running(places: Places) -> Iterator[Server]:
    """A PostgreSQL that answers, for as long as the block lasts.

    A private cluster is stopped when its last user in this clone leaves.
    """
    if os.environ.get("DATABASE_URL"):
        yield _given(os.environ["DATABASE_URL"])
        return
    cluster = Cluster(places)
    with (places.local / "postgres.users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        cluster.start()
        try:
            yield Server(host=str(cluster.socket), user=ROLE)
        finally:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                cluster.stop()


def _given(url: str) -> Server:
    parts = urlparse(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise Stop("DATABASE_URL must read postgresql://user:password@host:port/")
    # as libpq reads it: a socket's folder stands in ?host=
    sockets = parse_qs(parts.query).get("host", ["/var/run/postgresql"])
    server = Server(
        host=parts.hostname or sockets[0],
        user=unquote(parts.username or pwd.getpwuid(os.geteuid()).pw_name),
        port=str(parts.port or ""),
        password=unquote(parts.password or ""),
    )
    if server.user == "postgres":
        raise Stop(
            "DATABASE_URL names the user postgres, which Odoo refuses: make one of its"
            " own, createuser --createdb odoo"
        )
    return server


def check_given(places: Places, server: Server) -> None:
    """Check version, rights and extensions of a server we did not make.

    :raises Stop: naming what is missing
    """
    if not os.environ.get("DATABASE_URL"):
        return
    result = subprocess.run(
        [str(places.python), "-c", PROBE],
        capture_output=True,
        text=True,
        env={**os.environ, **server.env()},
        check=False,
    )
    if result.returncode:
        reason = (result.stderr.strip().splitlines() or ["no answer"])[-1]
        raise Stop(f"The database of DATABASE_URL does not answer: {reason}")
    _check_answers(server, *result.stdout.splitlines())


def _check_answers(
    server: Server, version: str, may_create: str, extensions: str
) -> None:
    if int(version) < OLDEST * 10000:
        raise Stop(
            f"DATABASE_URL is PostgreSQL {int(version) // 10000}; {OLDEST} is needed."
        )
    if may_create != "True":
        raise Stop(
            f"The role {server.user} may not create databases: ALTER ROLE ... CREATEDB"
        )
    missing = set(EXTENSIONS) - set(extensions.split())
    if missing:
        raise Stop(
            f"The server of DATABASE_URL lacks {', '.join(sorted(missing))}: "
            "install its contrib package."
        )


class Cluster:
    """The private cluster of a clone: no TCP, never a system cluster.

    Root's cluster runs under an unprivileged user, outside the clone, because
    PostgreSQL refuses root and /root is closed to that user.
    """

    def __init__(self, places: Places) -> None:
        """Know where the cluster of this clone lies."""
        self.places = places
        self.as_root = os.geteuid() == 0
        self.account = _unprivileged() if self.as_root else pwd.getpwuid(os.geteuid())
        base = Path("/var/lib/crm-ext") / places.key if self.as_root else places.local
        self.home = base / "postgres"
        # a socket's path may have 107 bytes: a short folder, whatever the clone's path
        self.socket = Path("/tmp") / f"crm-ext-{self.account.pw_uid}-{places.key}"
        self.log = self.home.parent / "postgres.log"

    def start(self) -> None:
        """Make the cluster if need be, and start it if it does not run."""
        with locked(self.places.local / "postgres.lock", "starting PostgreSQL"):
            if self._up():
                return
            with step("start PostgreSQL"):
                self._bin = postgres_programs.find(self.places)
                self._make()
                self._prepare_socket()
                self._launch()
                self._ensure_role()

    def stop(self) -> None:
        """Stop the cluster."""
        pid = self._pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)  # fast shutdown
        deadline = time.monotonic() + 30
        while self._pid() and time.monotonic() < deadline:
            time.sleep(0.05)

    def destroy(self) -> None:
        """Stop the cluster and remove all that it holds."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.rmtree(self.socket, ignore_errors=True)
        self.log.unlink(missing_ok=True)

    def _pid(self) -> int | None:
        """The postmaster's process, if it lives and is ours (a pid may be reused)."""
        try:
            pid = int((self.home / "postmaster.pid").read_text().split()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return None
        return pid if str(self.home).encode() in command else None

    def _up(self) -> bool:
        return self._pid() is not None and (self.socket / ".s.PGSQL.5432").exists()

    def _make(self) -> None:
        if (self.home / "PG_VERSION").exists():
            return
        need_space(self.places.root, 600, "the databases")
        building = self.home.with_name("postgres.building")
        shutil.rmtree(building, ignore_errors=True)
        self.home.parent.mkdir(parents=True, exist_ok=True)
        if self.as_root:
            building.mkdir()
            os.chown(building, self.account.pw_uid, self.account.pw_gid)
            self.home.parent.chmod(0o755)
        self._as_account(
            "initdb", "-D", str(building), "-U", OWNER, "-E", "UTF8",
            "--locale=C.UTF-8", "--auth-local=trust", "--auth-host=reject",
        )  # fmt: skip
        shutil.rmtree(self.home, ignore_errors=True)
        building.rename(self.home)

    def _prepare_socket(self) -> None:
        """The socket's folder is the only door: closed to everybody else."""
        self.socket.mkdir(mode=0o700, exist_ok=True)
        owner = self.socket.lstat().st_uid
        if self.socket.is_symlink() or owner not in (os.geteuid(), self.account.pw_uid):
            raise Stop(f"{self.socket} belongs to somebody else: remove it.")
        if self.as_root:
            os.chown(self.socket, self.account.pw_uid, self.account.pw_gid)

    def _launch(self) -> None:
        self.log.touch()
        if self.as_root:
            os.chown(self.log, self.account.pw_uid, self.account.pw_gid)
        settings = " ".join(
            f"-c {name}={value}"
            for name, value in {
                "listen_addresses": "''",
                "unix_socket_directories": self.socket,
                "shared_buffers": "256MB",
                "max_connections": "120",
                "random_page_cost": "1.1",
            }.items()
        )
        # after a kill -9 the old children may need a moment to see that they are
        # orphans
        for attempt in range(10):
            try:
                self._as_account(
                    "pg_ctl", "-D", str(self.home), "-l", str(self.log), "-w", "-s",
                    "-o", settings, "start",
                )  # fmt: skip
                return
            except Stop:
                if attempt == 9:
                    raise
                time.sleep(1)

    def _ensure_role(self) -> None:
        """The product's role is no superuser: what it needs must work for it."""
        exists = f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'"
        if "1" not in self._psql(exists):
            self._psql(f"CREATE ROLE {ROLE} LOGIN CREATEDB")

    def _psql(self, sql: str) -> str:
        return self._as_account(
            "psql", "-h", str(self.socket), "-U", OWNER, "-d", "postgres", "-Atc", sql
        )

    def _as_account(self, program: str, *words: str) -> str:
        """Run one of PostgreSQL's programs as the cluster's user, in a session of its
        own so that Ctrl-C in the terminal does not reach it.
        """
        switch = {}
        if self.as_root:
            switch = {
                "user": self.account.pw_uid,
                "group": self.account.pw_gid,
                "extra_groups": [],
            }
        result = subprocess.run(
            [str(self._bin / program), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            env={
                **os.environ,
                **postgres_programs.library_path(self._bin),
                "LC_ALL": "C",
            },
            start_new_session=True,
            check=False,
            **switch,
        )
        if result.returncode:
            tail = self.log.read_text()[-800:] if self.log.exists() else ""
            raise Stop(f"PostgreSQL's {program} failed:\n{result.stdout or ''}\n{tail}")
        return result.stdout or ""


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Stop("Root needs an unprivileged user for PostgreSQL: postgres or nobody.")
