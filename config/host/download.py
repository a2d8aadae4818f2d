"""A download that can be cut and goes on, and whose hash is checked."""

from __future__ import annotations

import hashlib
import http.client
import os
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from .console import Progress, Stop
from .places import need_space

BLOCK = 1 << 18
TRIES = 4


def fetch(uri: str, target: Path, size: int, sha256: str) -> Path:
    """Fetch `uri` into `target` unless it is there; go on where a cut download ended.

    :param size: bytes announced by the signed list
    :param sha256: hash announced by the signed list
    :raises Stop: no network, or the hash does not hold
    """
    if target.exists() and _hash(target) == sha256:
        return target
    need_space(target.parent, size // 1_000_000 + 50, f"downloading {target.name}")
    partial = target.with_suffix(".partial")
    for attempt in range(1, TRIES + 1):
        try:
            _continue(uri, partial, size)
            break
        except (OSError, http.client.HTTPException, urllib.error.URLError) as error:
            if attempt == TRIES:
                raise Stop(
                    f"The download of {target.name} was cut ({type(error).__name__}); "
                    "what came is kept: the same command goes on from there."
                ) from error
            time.sleep(attempt)
    if _hash(partial) != sha256:
        partial.unlink()
        raise Stop(
            f"{target.name} does not have the signed hash and was thrown away: try"
            " again."
        )
    partial.rename(target)
    return target


def _continue(uri: str, partial: Path, size: int) -> None:
    done = partial.stat().st_size if partial.exists() else 0
    if done >= size:
        return
    request = urllib.request.Request(uri, headers={"Range": f"bytes={done}-"})
    progress = Progress(partial.stem, size)
    with _opener().open(request, timeout=60) as answer:
        if answer.status != 206:
            done = 0
        with partial.open("ab" if done else "wb") as output:
            while block := answer.read(BLOCK):
                output.write(block)
                done += len(block)
                progress.show(done)
            output.flush()
            os.fsync(output.fileno())
    if done < size:
        raise http.client.IncompleteRead(b"", size - done)


def _opener() -> urllib.request.OpenerDirector:
    """urllib with the proxy that apt uses, if it has one of its own."""
    shown = subprocess.run(
        ["apt-config", "shell", "PROXY", "Acquire::http::Proxy"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    proxy = shown.partition("=")[2].strip().strip("'")
    if not proxy or proxy == "DIRECT":
        return urllib.request.build_opener()
    return urllib.request.build_opener(
        urllib.request.ProxyHandler({"http": proxy, "https": proxy})
    )


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK * 4):
            digest.update(block)
    return digest.hexdigest()
