"""Databases by template: the host's, the addons', the demo's; each made whole or not at
all.

A template's name holds a hash of all it depends on, so a change makes a new one. It is
built under another name and renamed when complete: whatever cuts the making leaves
nothing half made.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .console import Stop, step
from .places import Places, locked, need_space
from .postgres import EXTENSIONS, Server
from .source import Host

DEMO = "crm_ext_demo"
PREFIX = "crm_ext_tpl"
ADDONS = (
    "crm_ext_core",
    "crm_ext_campaigns",
    "crm_ext_subscriptions",
    "crm_ext_service",
    "crm_ext_portal",
)
# What our addons depend on, and what their tests and the demo show beside them.
HOST_MODULES = (
    "crm,sale_management,sale_crm,account,account_payment,payment_demo,calendar,contacts,"
    "mass_mailing,mass_mailing_sms,mass_mailing_crm,mass_mailing_sale,base_automation,rpc,"
    "digest,portal_rating,l10n_fr_account,spreadsheet_dashboard_account,"
    "spreadsheet_dashboard_sale,api_doc"
)
# A French company with the French chart; nothing may call out to the network.
HOST_SETUP = """
env['res.lang']._activate_lang('en_US')
env['res.lang']._activate_lang('fr_FR')
env.company.country_id = env.ref('base.fr')
env['account.chart.template'].try_loading('fr', company=env.company, install_demo=False)
env['ir.config_parameter'].set_param('crm.iap.lead.enrich.setting', 'manual')
env.cr.commit()
"""


@dataclass(frozen=True)
class Databases:
    """The databases of one clone on one PostgreSQL server."""

    places: Places
    host: Host
    server: Server

    # ------------------------------------------------------------ templates
    def host_template(self) -> str:
        """The host alone, without demo data."""
        content = f"{self.host.identity}{HOST_MODULES}{HOST_SETUP}"
        return self._template("host", _digest(content), self._build_host)

    def addons_template(self) -> str:
        """The host and our five addons, without demo data: what tests copy."""
        return self._template(
            "addons",
            self._addons_key(),
            lambda name: self._build_addons(name, demo=False),
        )

    def demo_template(self) -> str:
        """The same with demo data; anew each week, its dates being relative to
        today.
        """
        week = "{}w{:02}".format(*datetime.date.today().isocalendar()[:2])
        key = f"{_digest(self._addons_key())}_{week}"
        return self._template(
            "demo", key, lambda name: self._build_addons(name, demo=True)
        )

    def _addons_key(self) -> str:
        return _digest(f"{self.host_key()}{content_of(self.places.addons)}")

    def host_key(self) -> str:
        """What the host template depends on, hashed."""
        return _digest(f"{self.host.identity}{HOST_MODULES}{HOST_SETUP}")

    def _template(self, kind: str, key: str, build: Callable[[str], None]) -> str:
        name = f"{PREFIX}_{kind}_{key}"
        if self.exists(name):
            return name
        with locked(self.places.local / f"{kind}.lock", f"making the {kind} template"):
            if not self.exists(name):
                need_space(self.places.root, 500, "a database template")
                with step(f"make the {kind} template"):
                    self._make(name, kind, build)
        return name

    def _make(self, name: str, kind: str, build: Callable[[str], None]) -> None:
        building = f"{PREFIX}_{kind}_building"
        self.drop(building)
        build(building)
        self._release(building)
        if self._filestore(building).exists():
            shutil.rmtree(self._filestore(name), ignore_errors=True)
            self._filestore(building).rename(self._filestore(name))
        self.sql(f'ALTER DATABASE "{building}" RENAME TO "{name}"')
        for old in self.names(f"{PREFIX}_{kind}_"):
            if old != name:
                self.drop(old)

    def _build_host(self, name: str) -> None:
        self._create(name, "template0")
        self.odoo("-d", name, "-i", HOST_MODULES, "--stop-after-init", "--no-http")
        self.shell(name, HOST_SETUP)

    def _build_addons(self, name: str, demo: bool) -> None:
        self.copy(self.host_template(), name)
        words = ["-d", name, "-i", ",".join(ADDONS), "--stop-after-init", "--no-http"]
        if demo:
            # our demo data without the host's: a module's loads when those below have
            # theirs
            self.sql(
                "UPDATE ir_module_module SET demo = true WHERE state = 'installed'",
                name,
            )
            words.append("--with-demo")
        self.odoo(*words)
        failed = self.sql(
            "SELECT name FROM ir_module_module WHERE state <> 'installed' AND name IN "
            + str(ADDONS),
            name,
        )
        if failed:
            raise Stop(f"These addons were not installed: {', '.join(failed)}")

    # ------------------------------------------------------------ the demo
    def ensure_demo(self) -> None:
        """The demo database: made from its template, or upgraded where it stands."""
        content = content_of(self.places.addons)
        if not self.exists(DEMO):
            template = self.demo_template()
            with step("open a new demo"):
                building = f"{DEMO}_building"
                self.drop(building)
                self.copy(template, building)
                self.mark(building, content)
                self.rename(building, DEMO)
        elif self.marked(DEMO) != content:
            with step("upgrade the demo in place"):
                self.odoo(
                    "-d", DEMO, "-u", ",".join(ADDONS), "--stop-after-init", "--no-http"
                )
                self.mark(DEMO, content)

    def mark(self, name: str, content: str) -> None:
        """Remember which content of the addons a database was upgraded to."""
        self.sql(f"COMMENT ON DATABASE \"{name}\" IS '{content}'")

    def marked(self, name: str) -> str:
        """The content a database was upgraded to."""
        rows = self.sql(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
            f"WHERE datname = '{name}'"
        )
        return rows[0] if rows else ""

    # ------------------------------------------------------------ pieces
    def exists(self, name: str) -> bool:
        """Whether there is a database of that name."""
        return bool(self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))

    def names(self, prefix: str) -> list[str]:
        """The databases whose name starts so."""
        return self.sql(
            f"SELECT datname FROM pg_database WHERE starts_with(datname, '{prefix}')"
        )

    def copy(self, template: str, name: str) -> None:
        """A new database from a template, files included."""
        self._release(template)
        self._create(name, template)
        source, target = self._filestore(template), self._filestore(name)
        shutil.rmtree(target, ignore_errors=True)
        if source.exists():
            shutil.copytree(source, target)

    def rename(self, name: str, new: str) -> None:
        """Give a database and its files another name."""
        shutil.rmtree(self._filestore(new), ignore_errors=True)
        if self._filestore(name).exists():
            self._filestore(name).rename(self._filestore(new))
        self._release(name)
        self.sql(f'ALTER DATABASE "{name}" RENAME TO "{new}"')

    def drop(self, name: str) -> None:
        """Remove a database and its files, if there."""
        self._release(name)
        self.sql(f'DROP DATABASE IF EXISTS "{name}"')
        shutil.rmtree(self._filestore(name), ignore_errors=True)

    def _create(self, name: str, template: str) -> None:
        collate = (
            " LC_COLLATE 'C' ENCODING 'unicode'" if template == "template0" else ""
        )
        self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{collate}')
        if template == "template0":
            for extension in EXTENSIONS:
                self.sql(f"CREATE EXTENSION IF NOT EXISTS {extension}", name)

    def _release(self, name: str) -> None:
        """End what still holds a database open: it could be neither copied nor
        renamed.
        """
        self.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE datname = '{name}' AND pid <> pg_backend_pid() "
            "AND usename = current_user"  # autovacuum's own worker gives way by itself
        )

    def _filestore(self, name: str) -> Path:
        return self.places.data / "filestore" / name

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
        verb = [] if words[0].startswith("-") else [words[0]]
        rest = words[len(verb) :]
        command = [
            str(self.places.python),
            "-m",
            "odoo",
            *verb,
            "-c",
            str(self.config()),
        ]
        result = subprocess.run(
            [*command, *rest, "--log-level=warn"],
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


def _digest(text: str) -> str:
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
