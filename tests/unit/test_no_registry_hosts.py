"""Packages come by name from the user's registries; no machine's path is written."""

import re

from project import ROOT, text_files, tracked

# in pieces, so that this file does not hold what it forbids
HOSTS = [
    r"pypi\.o" + "rg",
    r"pythonho" + r"sted\.org",
    r"registry\.npm" + r"js\.org",
    r"deb\.deb" + r"ian\.org",
    r"ftp\.\w+\.deb" + r"ian\.org",
    r"archive\.ubu" + r"ntu\.com",
    r"(?:docker|ghcr|quay)\.i" + "o/",
    r"(?:index-u" + r"rl|find-li" + r"nks)[ =]",
    r"registry *= *h" + "ttp",
]
PLACES = [
    re.escape(f"{ROOT}/"),
    "/wo" + r"rk/",
    r"/ho" + r"me/\w+/",
    "/Use" + r"rs/\w+/",
]
FORBIDDEN = re.compile("|".join(HOSTS + PLACES))
BINARY = {".png", ".jpg", ".gif", ".ico", ".pdf", ".docx", ".xlsx", ".xls", ".ods"}
LOCK_FILES = {"package-lock.json", "yarn.lock", "pnpm-lock.yaml", "uv.lock"}


def found_in(text):
    return [match.group() for match in FORBIDDEN.finditer(text)]


def test_no_registry_host_and_no_machine_path():
    found = {
        str(path.relative_to(ROOT)): found_in(path.read_text(errors="replace"))
        for path in tracked()
        if path.suffix not in BINARY
    }
    assert not {path: hits for path, hits in found.items() if hits}


def test_no_lock_file_that_holds_addresses():
    locks = text_files(".json", ".lock", ".yaml")
    assert not [path for path in locks if path.name in LOCK_FILES]


def test_the_rule_sees_a_host_and_a_path():
    assert found_in("pip install --index-u" + "rl=x")
    assert found_in("curl https://pypi.o" + "rg/simple")
    assert found_in(f"see {ROOT}/addons")
    assert not found_in("pip install whool; https://example.com/page")
