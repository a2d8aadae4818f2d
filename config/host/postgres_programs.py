"""PostgreSQL's own programs: found, installed as root, or unpacked into the cache."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from . import debian
from .console import Stop, say, step
from .places import Places, locked

OLDEST = 14
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")


def programs_folder(places: Places) -> Path:
    """Where createdb, psql and pg_dump lie."""
    on_path = shutil.which("createdb")
    return Path(on_path).parent if on_path else find(places)


def find(places: Places) -> Path:
    """The folder of PostgreSQL's programs: found, installed as root, or unpacked."""
    found = _found(Path("/usr/lib/postgresql")) or _on_path()
    found = found or _found(places.cache / "postgresql" / "usr/lib/postgresql")
    if found:
        return found
    if debian.release() is None:
        raise Stop(
            f"PostgreSQL {OLDEST} or newer with its contrib modules was not found.\n"
            "Install it with your system's packages, or set DATABASE_URL."
        )
    if os.geteuid() == 0:
        _keep_clusters_untouched()
        debian.install(["postgresql"])
        return _found(Path("/usr/lib/postgresql"))
    return _unpacked(places)


def _found(base: Path) -> Path | None:
    folders = [path for path in base.glob("*/bin") if path.parent.name.isdigit()]
    for folder in sorted(folders, key=lambda path: -int(path.parent.name)):
        fit = int(folder.parent.name) >= OLDEST and (folder / "initdb").exists()
        if fit and _has_contrib(folder):
            return folder
    return None


def _on_path() -> Path | None:
    program = shutil.which("pg_ctl")
    if not program:
        return None
    folder = Path(program).resolve().parent
    shown = subprocess.run(
        [program, "--version"], capture_output=True, text=True, check=False
    )
    version = re.search(r"(\d+)", shown.stdout)
    fit = version and int(version.group(1)) >= OLDEST and (folder / "initdb").exists()
    return folder if fit and _has_contrib(folder) else None


def _has_contrib(folder: Path) -> bool:
    config = folder / "pg_config"
    share = folder / "../../../../share/postgresql" / folder.parent.name / "extension"
    if not share.exists() and config.exists():
        shown = subprocess.run(
            [str(config), "--sharedir"], capture_output=True, text=True, check=False
        )
        share = Path(shown.stdout.strip()) / "extension"
    return all((share / f"{name}.control").exists() for name in EXTENSIONS)


def _keep_clusters_untouched() -> None:
    """Debian's package makes and starts a cluster of its own unless told not to."""
    config = Path("/etc/postgresql-common/createcluster.conf")
    if not config.exists():
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text("create_main_cluster = false\n")
        say(f"   {config}: no system cluster is created")


def _unpacked(places: Places) -> Path:
    """PostgreSQL unpacked into the cache, for a user who may not install."""
    prefix = places.cache / "postgresql"
    with locked(places.cache / "postgresql.lock", "fetching PostgreSQL"):
        if not _found(prefix / "usr/lib/postgresql"):
            with step("fetch PostgreSQL into the cache"):
                apt = debian.PrivateApt(places.cache)
                apt.update("machine")
                debs = apt.download(apt.describe_with_needs("machine", ["postgresql"]))
                building = prefix.with_name(".postgresql.building")
                shutil.rmtree(building, ignore_errors=True)
                debian.unpack(debs, building)
                shutil.rmtree(prefix, ignore_errors=True)
                building.rename(prefix)
    found = _found(prefix / "usr/lib/postgresql")
    if not found:
        raise Stop(
            "PostgreSQL cannot be unpacked here; ask root: apt-get install postgresql"
        )
    return found


def library_path(folder: Path) -> dict[str, str]:
    """Unpacked programs find their libraries beside them."""
    prefix = Path(os.path.normpath(folder / "../../../../.."))
    if prefix.name != "postgresql":
        return {}
    libraries = ":".join(str(path) for path in (prefix / "usr/lib").glob("*-linux-gnu"))
    return {"LD_LIBRARY_PATH": libraries}
