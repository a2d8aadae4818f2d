"""Databases by template: the host's, the addons', the demo's; each made whole or not at
all.

A template's name holds a hash of all it depends on, so a change makes a new one. It is
built under another name and renamed when complete: whatever cuts the making leaves
nothing half made.
"""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .console import Stop, step
from .content import content_of, digest
from .places import locked, need_space
from .postgres_programs import EXTENSIONS
from .runner import Runner

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
env.ref('crm_iap_enrich.ir_cron_lead_enrichment').active = False
env.cr.commit()
"""


@dataclass(frozen=True)
class Databases(Runner):
    """The databases of one clone on one PostgreSQL server."""

    # ------------------------------------------------------------ templates
    def host_template(self) -> str:
        """The host alone, without demo data."""
        content = f"{self.host.identity}{HOST_MODULES}{HOST_SETUP}"
        return self._template("host", digest(content), self._build_host)

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
        week = "{}w{:02}".format(
            *datetime.datetime.now().astimezone().isocalendar()[:2]
        )
        key = f"{digest(self._addons_key())}_{week}"
        return self._template(
            "demo", key, lambda name: self._build_addons(name, demo=True)
        )

    def _addons_key(self) -> str:
        return digest(f"{self.host_key()}{content_of(self.places.addons)}")

    def host_key(self) -> str:
        """What the host template depends on, hashed."""
        return digest(f"{self.host.identity}{HOST_MODULES}{HOST_SETUP}")

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
