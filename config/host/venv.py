"""The virtual environment: a fit Python, the pinned packages, the host on its path."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from .console import Stop, step
from .places import Places, locked, need_space
from .source import Host

FIT = ("3.10", "3.11", "3.12", "3.13")
STAMP = ".crm-ext-stamp"


def ensure(places: Places, host: Host) -> None:
    """Make `.venv` hold what requirements.txt and requirements-dev.txt name.

    :raises Stop: no fit Python, or a package cannot be had
    """
    files = [places.root / "requirements.txt", places.root / "requirements-dev.txt"]
    python, version = _fit_python()
    stamp = places.venv / STAMP
    wanted = hashlib.sha256(
        b"".join(file.read_bytes() for file in files) + version.encode()
    ).hexdigest()
    with locked(places.local / "venv.lock", "making .venv"):
        if not stamp.exists() or stamp.read_text() != wanted or not _alive(places):
            with step(f"make .venv with Python {version}"):
                _build(places, python, files, wanted)
            stamp.write_text(wanted)
        _show_host(places, host)


def _fit_python() -> tuple[str, str]:
    """The interpreter to use: PYTHON=, else the first fit one on the PATH."""
    chosen = os.environ.get("PYTHON")
    names = [chosen] if chosen else ["python3", *(f"python{v}" for v in reversed(FIT))]
    seen = []
    for name in names:
        version = _version(name)
        if version in FIT:
            return shutil.which(name) or name, version
        if version:
            seen.append(f"{name} is {version}")
    found = f" ({', '.join(seen)})" if seen else ""
    raise Stop(
        f"Python 3.10 to 3.13 with venv is needed{found}.\nOn Debian: apt-get install"
        " python3 python3-venv, or name one: PYTHON=python3.12 make run"
    )


def _version(name: str) -> str | None:
    code = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
    try:
        result = subprocess.run(
            [name, "-c", code], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    return result.stdout.strip() or None


def _alive(places: Places) -> bool:
    """A venv whose interpreter was upgraded away no longer starts."""
    try:
        check = [str(places.python), "-c", "import psycopg2, lxml"]
        return subprocess.run(check, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _build(places: Places, python: str, files: list[Path], key: str) -> None:
    need_space(places.root, 1200, ".venv")
    (places.venv / STAMP).unlink(missing_ok=True)
    _run(
        [python, "-m", "venv", "--clear", str(places.venv)],
        "the venv could not be made",
    )
    wheels = places.cache / "wheels" / key[:16]
    lists = [word for file in files for word in ("-r", str(file))]
    pip = [str(places.python), "-m", "pip", "--disable-pip-version-check", "-q"]
    if not wheels.exists():
        # kept for the next clone, which then needs no network
        building = wheels.with_name(f".{wheels.name}.{places.key}")
        shutil.rmtree(building, ignore_errors=True)
        _run(
            # pep517: some needs come as sources only, and an old pip lacks `wheel`
            [*pip, "wheel", "--use-pep517", "-w", str(building), *lists],
            "Python packages cannot be fetched: check the network, then run the same"
            " again",
        )
        if not wheels.exists():
            building.rename(wheels)
    _run(
        [*pip, "install", "--no-index", "--find-links", str(wheels), *lists],
        f"the wheels in {wheels} are damaged: remove that folder and run the same"
        " again",
    )


def _run(command: list[str], complaint: str) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        lines = [row for row in result.stderr.splitlines() if "://" not in row]
        raise Stop(f"{complaint}.\n" + "\n".join(lines[-6:]))


def _show_host(places: Places, host: Host) -> None:
    """Put the host on the venv's path."""
    folder = next((places.venv / "lib").glob("python3.*")) / "site-packages"
    link = folder / "odoo_host.pth"
    if not link.exists() or link.read_text().strip() != str(host.path):
        link.write_text(f"{host.path}\n")
