"""The host: a checkout, an importable odoo 19, or Debian's package in the cache."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import debian
from .console import Stop, say, step
from .places import Places, locked, need_space

MANY_WAYS = """Odoo 19.0 was not found. Ways out:
  ODOO_HOME=/path/to/odoo make run     a git checkout of odoo, branch 19.0
  an installed odoo 19                 any python3 that can `import odoo`
  Debian 12 or 13                      the host is fetched by itself"""

# The host and, for its pages, the releases of the libraries its static links point to.
FROM_SID = ["odoo-19", "fonts-roboto-unhinted", "fonts-ocr-b", "fonts-montserrat"]
FROM_BOOKWORM = [
    "libjs-jquery",
    "libjs-underscore",
    "libjs-jquery-form",
    "fonts-font-awesome",
    "fonts-inconsolata",
]
# Left out of the package on purpose; without a file there every page logs an error.
LEFT_OUT = "addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class Host:
    """A found host: where Python imports it from, and its addons."""

    kind: str
    version: str
    path: Path
    addons: tuple[Path, ...]

    @property
    def identity(self) -> str:
        """What a database template depends on: the version and, for a checkout that
        moves under us, the commit.
        """
        commit = self.path / ".git"
        if not commit.exists():
            return (
                f"{self.version} {self.path.parts[-4] if self.kind == 'debian' else ''}"
            )
        head = subprocess.run(
            ["git", "-C", str(self.path), "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            check=False,
        )
        return f"{self.version} {head.stdout.strip()}"


def find(places: Places) -> Host:
    """The host, by ODOO_HOME, then an importable odoo, then Debian's package.

    :raises Stop: none of the ways is open, said with the ways out
    """
    with step("find the host (Odoo 19.0)"):
        host = _checkout() or _importable(places) or _packaged(places)
        say(f"   {host.kind}: {host.path} (release {host.version})")
    return host


def _checkout() -> Host | None:
    home = os.environ.get("ODOO_HOME")
    if not home:
        return None
    path = Path(home).expanduser().resolve()
    version = _release(path / "odoo" / "release.py")
    if not version:
        raise Stop(
            f"ODOO_HOME={home} holds no odoo/release.py: give a checkout's top folder."
        )
    return _accept("checkout", version, path)


def _importable(places: Places) -> Host | None:
    """An odoo that the machine's own python3 imports, outside of our .venv."""
    code = "import odoo.release as r; print(r.__file__)"
    for name in ("python3", "/usr/bin/python3"):
        python = shutil.which(name)
        if not python or places.venv in Path(python).parents:
            continue
        result = subprocess.run(
            [python, "-c", code], capture_output=True, text=True, check=False, cwd="/"
        )
        if result.returncode == 0:
            file = Path(result.stdout.strip())
            version = _release(file)
            if version and version.startswith("19."):
                return _accept("installed", version, file.parents[1])
    return None


def _accept(kind: str, version: str, path: Path) -> Host:
    if not version.startswith("19.0"):
        raise Stop(f"{path} is Odoo {version}; 19.0 is needed.\n{MANY_WAYS}")
    addons = (path / "addons", path / "odoo" / "addons")
    return Host(
        kind, version, path, tuple(folder for folder in addons if folder.is_dir())
    )


def _release(file: Path) -> str | None:
    if not file.exists():
        return None
    match = re.search(r"version_info\s*=\s*\((\d+),\s*(\d+)", file.read_text())
    return ".".join(match.groups()) if match else None


def _packaged(places: Places) -> Host:
    ready = sorted((places.cache / "host").glob("*/HOST.json"))
    if not ready:
        if debian.release() not in ("12", "13"):
            raise Stop(MANY_WAYS)
        with locked(places.cache / "host.lock", "fetching the host"):
            ready = sorted((places.cache / "host").glob("*/HOST.json"))
            ready = ready or [_fetch(places)]
    prefix = ready[-1].parent / "usr/lib/python3/dist-packages"
    version = _release(prefix / "odoo" / "release.py")
    return Host("debian", version, prefix, (prefix / "odoo" / "addons",))


def _fetch(places: Places) -> Path:
    """Bring Debian's package and what it links to into the cache; all or nothing."""
    need_space(places.cache, 1500, "the host")
    apt = debian.PrivateApt(places.cache)
    with step("download the host's packages"):
        for suite in ("sid", "bookworm"):
            apt.update(suite)
        packages = apt.describe("sid", FROM_SID) + apt.describe(
            "bookworm", FROM_BOOKWORM
        )
        debs = apt.download(packages)
    with step("unpack the host"):
        name = next(p.file_name for p in packages if p.file_name.startswith("odoo-19"))
        target = places.cache / "host" / name.removesuffix("_all.deb")
        building = target.with_name("." + target.name + ".building")
        shutil.rmtree(building, ignore_errors=True)
        debian.unpack(debs, building)
        _complete(building)
        (building / "HOST.json").write_text(
            json.dumps({p.file_name: p.sha256 for p in packages}, indent=1) + "\n"
        )
        shutil.rmtree(target, ignore_errors=True)
        building.rename(target)
    return target / "HOST.json"


def _complete(prefix: Path) -> None:
    """Add the file left out of the package; refuse a prefix with dangling links."""
    script = prefix / "usr/lib/python3/dist-packages/odoo" / LEFT_OUT
    script.parent.mkdir(parents=True, exist_ok=True)
    if not script.exists():
        script.write_text("/* background blur is not in Debian's package */\n")
    dangling = [
        path for path in prefix.rglob("*") if path.is_symlink() and not path.exists()
    ]
    if dangling:
        names = ", ".join(str(path.relative_to(prefix)) for path in dangling[:5])
        raise Stop(
            "The host's package links to files that its companions no longer have:"
            f" {names}.\nUse a checkout instead: ODOO_HOME=/path/to/odoo"
        )
