"""Run the host, or a statement, with this clone's configuration."""

from __future__ import annotations

import itertools
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .console import Stop
from .places import Places
from .postgres_server import Server
from .source import Host


@dataclass(frozen=True)
class Runner:
    """A host, a PostgreSQL server, and the folders of a clone."""

    places: Places
    host: Host
    server: Server

    def env(self) -> dict[str, str]:
        """The environment of our programs: libpq's variables and nothing of the
        caller's Odoo.
        """
        kept = {
            k: v for k, v in os.environ.items() if k not in ("ODOO_RC", "PYTHONPATH")
        }
        return {**kept, **self.server.env(), "PYTHONUNBUFFERED": "1"}

    def config(self) -> Path:
        """The generated odoo.conf of this clone."""
        options = {
            **self.server.options(),
            "addons_path": ",".join(map(str, [*self.host.addons, self.places.addons])),
            "data_dir": str(self.places.data),
            "http_interface": "127.0.0.1",
            "list_db": "False",
            "max_cron_threads": "2",
            "server_wide_modules": "base,rpc,web",
        }
        self.places.data.mkdir(exist_ok=True)
        path = self.places.local / "odoo.conf"
        text = "[options]\n" + "".join(f"{k} = {v}\n" for k, v in options.items())
        if not path.exists() or path.read_text() != text:
            new = path.with_suffix(f".{os.getpid()}")
            new.write_text(text)
            new.chmod(0o600)
            new.rename(path)
        return path

    def odoo(self, *words: str, stdin: str | None = None) -> str:
        """Run the host once with our configuration.

        :raises Stop: with the end of its log when it fails or logs a critical error
        """
        verbs = list(itertools.takewhile(lambda word: word[0] != "-", words))
        command = [str(self.places.python), "-m", "odoo", *verbs]
        command += ["-c", str(self.config()), *words[len(verbs) :]]
        if verbs[:1] != ["module"]:
            command.append("--log-level=warn")
        result = subprocess.run(
            command,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self.env(),
            cwd=self.places.root,
            check=False,
        )
        if result.returncode or " CRITICAL " in result.stdout:
            raise Stop("Odoo failed:\n" + "\n".join(result.stdout.splitlines()[-25:]))
        return result.stdout

    def shell(self, name: str, code: str) -> str:
        """Run Python lines in the host's shell on a database."""
        output = self.odoo("shell", "-d", name, "--no-http", stdin=code)
        if "Traceback (most recent call last)" in output:
            raise Stop("Odoo failed:\n" + "\n".join(output.splitlines()[-25:]))
        return output

    def sql(self, statement: str, database: str = "postgres") -> list[str]:
        """Run one statement; the first column of what it returns."""
        code = (
            "import sys, psycopg2\n"
            "c = psycopg2.connect(dbname=sys.argv[1]); c.autocommit = True\n"
            "k = c.cursor(); k.execute(sys.argv[2])\n"
            "[print(r[0]) for r in (k.fetchall() if k.description else [])]\n"
        )
        result = subprocess.run(
            [str(self.places.python), "-c", code, database, statement],
            capture_output=True,
            text=True,
            env=self.env(),
            check=False,
        )
        if result.returncode:
            raise Stop(f"The database said: {result.stderr.strip().splitlines()[-1]}")
        return result.stdout.splitlines()
