"""Debian packages without touching the machine's own apt: private lists, signed,
cached.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from .console import Stop, say
from .download import fetch

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
NO_NETWORK = "Debian's packages cannot be reached: check the network (or the proxy)."


@dataclass(frozen=True)
class Package:
    """A package as apt's signed lists describe it."""

    uri: str
    file_name: str
    size: int
    sha256: str


def release() -> str | None:
    """The Debian release number ("12", "13"), or None elsewhere."""
    try:
        text = Path("/etc/os-release").read_text()
    except OSError:
        return None
    fields = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    if fields.get("ID", "").strip('"') != "debian":
        return None
    return fields.get("VERSION_ID", "").strip('"') or None


def _apt(*words: str) -> subprocess.CompletedProcess:
    env = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(
        ["apt-get", *words], capture_output=True, text=True, env=env, check=False
    )


class PrivateApt:
    """apt on lists of its own, kept in the cache."""

    def __init__(self, cache: Path) -> None:
        """Use `cache`/apt for the lists and `cache`/debs for the packages."""
        self.home = cache / "apt"
        self.debs = cache / "debs"
        self.debs.mkdir(parents=True, exist_ok=True)

    def _options(self, name: str) -> list[str]:
        state, archives = self.home / name / "state", self.home / name / "cache"
        (state / "lists/partial").mkdir(parents=True, exist_ok=True)
        (archives / "archives/partial").mkdir(parents=True, exist_ok=True)
        words = [
            f"Dir::State={state}",
            "Dir::State::status=/var/lib/dpkg/status",
            f"Dir::Cache={archives}",
            "Acquire::Check-Valid-Until=false",
            "APT::Update::Error-Mode=any",
            "APT::Update::Post-Invoke::=true",
        ]
        if os.geteuid() == 0:
            words.append("APT::Sandbox::User=root")
        if name != "machine":
            source = self.home / f"{name}.list"
            words += [f"Dir::Etc::sourcelist={source}", "Dir::Etc::sourceparts=-"]
        return [part for word in words for part in ("-o", word)]

    def _mirror(self) -> str:
        """The mirror the machine itself uses; read at each use, written nowhere but in
        the cache's private list."""
        options = self._options("machine")
        listing = ("--format", "$(REPO_URI)|$(LABEL)", "Created-By: Packages")
        for attempt in (1, 2):
            rows = _apt(*options, "indextargets", *listing).stdout.splitlines()
            mirrors = [row.split("|")[0] for row in rows if row.endswith("|Debian")]
            if mirrors:
                return mirrors[0]
            if attempt == 1 and _apt(*options, "-q", "update").returncode:
                break
        raise Stop(
            f"{NO_NETWORK}\nOr the machine's apt sources name no Debian mirror: "
            "see /etc/apt/sources.list.d."
        )

    def update(self, suite: str) -> None:
        """Fetch the signed lists of a suite (or "machine": the machine's own sources).

        :raises Stop: without network, or when the signature does not hold
        """
        if suite != "machine":
            if not KEYRING.exists():
                raise Stop(
                    "Install Debian's keyring: apt-get install debian-archive-keyring"
                )
            self.home.mkdir(parents=True, exist_ok=True)
            (self.home / f"{suite}.list").write_text(
                f"deb [signed-by={KEYRING}] {self._mirror()} {suite} main\n"
            )
        result = _apt(*self._options(suite), "-q", "update")
        if result.returncode:
            raise Stop(f"{NO_NETWORK}\n{_without_hosts(result.stderr)}")

    def describe(self, suite: str, names: list[str]) -> list[Package]:
        """The packages as the signed lists give them.

        :raises Stop: a package that is not there
        """
        return [
            Package(row[0], row[1], int(row[2]), row[3].partition(":")[2])
            for row in self._uris(suite, "download", names)
        ]

    def describe_with_needs(self, suite: str, names: list[str]) -> list[Package]:
        """The same, with what they depend on and the machine lacks."""
        listed = self._uris(suite, "install", ["--no-install-recommends", *names])
        files = [unquote(row[1]).removesuffix(".deb").split("_") for row in listed]
        # only `download` tells the hash that counts
        return self.describe(suite, [f"{file[0]}={file[1]}" for file in files])

    def _uris(self, suite: str, verb: str, words: list[str]) -> list[list[str]]:
        """apt's rows: address, file name, size, hash."""
        result = _apt(*self._options(suite), "-q", verb, "--print-uris", "-y", *words)
        if result.returncode:
            raise Stop(
                f"Debian ({suite}) does not give {words[-1]}:\n"
                f"{_without_hosts(result.stderr)}"
            )
        lines = result.stdout.splitlines()
        return [shlex.split(line) for line in lines if line[:1] == "'"]

    def download(self, packages: list[Package]) -> list[Path]:
        """Bring packages into the cache; what is there already is not fetched again."""
        return [
            fetch(
                package.uri, self.debs / package.file_name, package.size, package.sha256
            )
            for package in packages
        ]


def unpack(debs: list[Path], prefix: Path) -> None:
    """Unpack packages into a folder, without installing anything."""
    prefix.mkdir(parents=True, exist_ok=True)
    for deb in debs:
        result = subprocess.run(
            ["dpkg", "-x", str(deb), str(prefix)],
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise Stop(f"{deb.name} cannot be unpacked: {result.stderr.strip()}")


def install(packages: list[str]) -> None:
    """Install packages on the machine, as root."""
    say(f"   apt-get install {' '.join(packages)}")
    result = _apt("install", "-y", "-q", "--no-install-recommends", *packages)
    if result.returncode:
        _apt("update", "-q")
        result = _apt("install", "-y", "-q", "--no-install-recommends", *packages)
    if result.returncode:
        raise Stop(
            f"apt-get install {' '.join(packages)}"
            f" failed:\n{_without_hosts(result.stderr)}"
        )


def _without_hosts(text: str) -> str:
    """apt's message without the mirror's address: it may end in a log."""
    return re.sub(r"\w+://[^/\s]+", "(mirror)", text).strip()
