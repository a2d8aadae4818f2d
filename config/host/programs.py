"""Chromium and wkhtmltopdf: found, installed as root, or unpacked into the cache."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import debian
from .console import Stop, step
from .places import Places, locked, need_space


@dataclass(frozen=True)
class Program:
    """A program of a Debian package; `inside` is what to start when it is unpacked."""

    names: tuple[str, ...]
    package: str
    inside: str
    switch: str


CHROMIUM = Program(
    ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable"),
    "chromium",
    "usr/lib/chromium/chromium",
    "NO_BROWSER",
)
WKHTMLTOPDF = Program(("wkhtmltopdf",), "wkhtmltopdf", "usr/bin/wkhtmltopdf", "NO_PDF")


def ensure(places: Places, program: Program) -> None:
    """Make a program callable by name, unless its switch says to do without.

    :raises Stop: it can be neither found nor had, with the line to type
    """
    if os.environ.get(program.switch) == "1" or _found(places, program):
        return
    ask_root = (
        f"as root: apt-get install {program.package} (or {program.switch}=1 to do"
        " without)"
    )
    if debian.release() is None:
        raise Stop(
            f"{program.names[-1]} is missing; install it with your system's packages."
        )
    with locked(
        places.cache / f"{program.package}.lock", f"fetching {program.package}"
    ):
        if _found(places, program):
            return
        need_space(places.cache, 900, program.package)
        with step(f"get {program.package}"):
            if os.geteuid() == 0:
                debian.install([program.package])
            else:
                _unpack(places, program)
    if not _found(places, program):
        raise Stop(f"{program.package} cannot be had here; {ask_root}")


def path(places: Places) -> str:
    """PATH with the programs unpacked into the cache."""
    return f"{places.cache / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"


def _found(places: Places, program: Program) -> str | None:
    return next(
        filter(None, (shutil.which(n, path=path(places)) for n in program.names)), None
    )


def _unpack(places: Places, program: Program) -> None:
    """Unpack the package and what it needs; a small script starts it from there."""
    apt = debian.PrivateApt(places.cache)
    apt.update("machine")
    debs = apt.download(apt.describe_with_needs("machine", [program.package]))
    prefix = places.cache / "programs" / program.package
    building = prefix.with_name(f".{program.package}.building")
    shutil.rmtree(building, ignore_errors=True)
    debian.unpack(debs, building)
    shutil.rmtree(prefix, ignore_errors=True)
    building.rename(prefix)
    libraries = ":".join(str(folder) for folder in _library_folders(prefix))
    script = places.cache / "bin" / program.package
    script.parent.mkdir(exist_ok=True)
    script.write_text(
        f'#!/bin/sh\nLD_LIBRARY_PATH="{libraries}" exec "{prefix / program.inside}"'
        ' "$@"\n'
    )
    script.chmod(0o755)


def _library_folders(prefix: Path) -> list[Path]:
    """The folders that hold shared libraries, also nested ones (pulseaudio,
    blas...).
    """
    folders = {found.parent for found in (prefix / "usr/lib").rglob("*.so*")}
    return sorted(folders | {found.parent for found in (prefix / "lib").rglob("*.so*")})
