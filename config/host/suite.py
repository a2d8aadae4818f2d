"""`make test`, `make test-host`, `make prove`, `make bench`."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from . import pages, postgres_programs, programs
from .console import Stop, say, step
from .databases import ADDONS, Databases

WORKERS = "2"
HOST_SUITES = (
    "/crm,/sales_team,/sale_crm,/utm,/portal,/mass_mailing,/mass_mailing_sms,/link_tracker,"
    "/rating,/resource,/calendar"
)
LINTS = (
    "/test_lint:TestIndex,/test_lint:TestNaming,/test_lint:TestLintOverrideSignatures,"
    "/test_lint:ManifestLinter,/test_lint:TestTestHoles"
)
# They ask of a merge of leads what ours does otherwise, on purpose: the leads that go
# exist, archived, until the undo; all followers go along, not the active ones alone;
# and a meeting that is of no model stays so.
CHANGED_ON_PURPOSE = {
    "TestLeadAssign.test_merge_assign_keep_master_team",
    "TestLeadConvert.test_lead_merge_duplicates_flow",
    "TestLeadConvert.test_lead_merge_last_created",
    "TestLeadConvertMass.test_mass_convert_deduplicate",
    "TestLeadConvertMass.test_mass_convert_with_original_and_duplicate_selected",
    "TestLeadMerge.test_lead_merge_internals",
    "TestLeadMerge.test_lead_merge_mixed",
    "TestLeadMerge.test_merge_method_dependencies",
    "TestLeadMerge.test_merge_method_followers",
}


def prepare(databases: Databases) -> None:
    """Everything the tests need beside the databases."""
    programs.ensure(databases.places, programs.CHROMIUM)
    programs.ensure(databases.places, programs.WKHTMLTOPDF)


def test(databases: Databases, words: list[str]) -> int:
    """All tests in one pytest session; its exit code."""
    root = databases.places.root
    paths = [str(path.relative_to(root)) for path in _test_folders(root)]
    if any((root / word.split("::")[0]).exists() for word in words if word[:1] != "-"):
        paths = []
    return _pytest(databases, ["-n", WORKERS, "--dist", "loadscope", *paths, *words])


def prove(databases: Databases, words: list[str]) -> int:
    """The long proofs in full; writes docs/proofs.md."""
    return _recorded(databases, "proofs", ["-m", "prove", *_all(databases), *words])


def bench(databases: Databases, words: list[str]) -> int:
    """The benches, one after the other; writes docs/bench.md."""
    options = ["-o", "python_files=bench_*.py", "tests/bench"]
    return _recorded(databases, "bench", [*options, *words])


def _all(databases: Databases) -> list[str]:
    root = databases.places.root
    return [str(path.relative_to(root)) for path in _test_folders(root)]


def _test_folders(root: Path) -> list[Path]:
    own = [path for path in (root / "tests").iterdir() if path.name.startswith("test_")]
    folders = ("unit", "integration", "browser", "security", "crash", "scale")
    own += [
        root / "tests" / name for name in folders if (root / "tests" / name).is_dir()
    ]
    return [*(root / "addons" / addon / "tests" for addon in ADDONS), *sorted(own)]


def _pytest(databases: Databases, words: list[str], **environment: str) -> int:
    with _test_database(databases) as name:
        command = [
            str(databases.places.python), "-m", "pytest", "-p", "no:cacheprovider",
            f"--odoo-config={databases.config()}", f"--odoo-database={name}",
            "--odoo-http",
            # the host's limit of address space would be inherited by Chromium
            "--odoo-extra=limit-memory-hard=0", *words,
        ]  # fmt: skip
        env = {
            **test_env(databases),
            "CRM_EXT_TEMPLATE": databases.addons_template(),
            "CRM_EXT_HOST_TEMPLATE": databases.host_template(),
            "CRM_EXT_DEMO_TEMPLATE": databases.demo_template(),
            "CRM_EXT_CONFIG": str(databases.config()),
            **environment,
        }
        started = time.monotonic()
        code = subprocess.run(
            command, env=env, cwd=databases.places.root, check=False
        ).returncode
        if time.monotonic() - started > 25 * 60 and not environment:
            say("The tests took more than the 25 minutes they may take.")
    return code


def test_env(databases: Databases) -> dict[str, str]:
    """The environment of the tests: their programs, and a database that may forget its
    last commits in a power cut, which no test needs. By the name CI hypothesis draws
    the same examples each time and does not fail a slow machine.
    """
    found = postgres_programs.programs_folder(databases.places)
    return {
        **databases.env(),
        "CI": "1",
        "PATH": f"{programs.path(databases.places)}{os.pathsep}{found}",
        "PGOPTIONS": "-c synchronous_commit=off",
    }


@contextlib.contextmanager
def _test_database(databases: Databases) -> Iterator[str]:
    """A copy of the addons template for this session; those of dead sessions go."""
    name = f"crm_ext_test_{os.getpid()}"
    for old in databases.names("crm_ext_test_"):
        owner = re.match(r"crm_ext_test_(\d+)", old)
        if owner and not Path(f"/proc/{owner[1]}").exists():
            databases.drop(old)
    template = databases.addons_template()
    with step("copy the addons template"):
        databases.copy(template, name)
    try:
        yield name
    finally:
        for made in databases.names(name):
            databases.drop(made)


def _recorded(databases: Databases, page: str, words: list[str]) -> int:
    """Run pytest with a file in which tests write rows, and make a page of them."""
    rows = databases.places.local / f"{page}.tsv"
    rows.unlink(missing_ok=True)
    code = _pytest(databases, words, CRM_EXT_FULL="1", CRM_EXT_RECORD=str(rows))
    if rows.exists():
        pages.write(databases.places.root, page, rows)
    return code


def test_host(databases: Databases) -> int:
    """The host's runner on our addons, and its own suites with and without us."""
    ours = ",".join(f"/{addon}" for addon in ADDONS)
    with_us = databases.addons_template()
    with step("the host's runner on our addons"):
        failed = _host_run(databases, with_us, f"{ours},{LINTS}", "test_lint")
    # the lint also goes over the host: what names none of our addons is the host's
    ours_failed = {name for name, text in failed.items() if "crm_ext" in text}
    with step("the host's suites without us"):
        before = _host_run(databases, databases.host_template(), HOST_SUITES)
    with step("the host's suites with us"):
        after = _host_run(databases, with_us, HOST_SUITES)
    broken = after.keys() - before.keys() - CHANGED_ON_PURPOSE
    mended = before.keys() - after.keys()
    if broken:
        # a tour of the host fails where a step takes ten seconds, as on a busy machine
        with step("again what failed only with us"):
            broken &= _host_run(databases, with_us, _tags(broken)).keys()
    for name in sorted(ours_failed):
        say(f"FAILED ours: {name}")
    for name in sorted(broken):
        say(f"FAILED only with us: {name}")
    say(f"host's suites: {len(before)} fail without us, {len(after)} with us")
    for name in sorted(mended):
        say(f"fails only without us: {name}")
    for name in sorted(after.keys() & CHANGED_ON_PURPOSE):
        say(f"fails with us on purpose: {name}")
    count = len(ours_failed) + len(broken)
    say(f"{3 - bool(ours_failed) - bool(broken)} passed, {count} failed")
    return 1 if count else 0


def _host_run(
    databases: Databases, template: str, tags: str, install: str = ""
) -> dict[str, str]:
    """Run tests by tag on a copy of a template.

    :return: {test that failed: what the log says of it}
    """
    name = f"crm_ext_test_{os.getpid()}_host"
    databases.drop(name)
    databases.copy(template, name)
    kind = "ours" if install else "host"
    log = databases.places.local / f"test-host-{kind}-{template}.log"
    try:
        if install:
            # beforehand: beside an installation, the tests of what stands are not run
            databases.odoo("-d", name, "-i", install, "--stop-after-init", "--no-http")
        command = [
            str(databases.places.python), "-m", "odoo", "-c", str(databases.config()),
            "-d", name, "--http-port", str(_free_port()), "--test-tags", tags,
            "--stop-after-init", "--log-level=test", "--max-cron-threads=0",
        ]  # fmt: skip
        with log.open("w") as output:
            subprocess.run(
                command,
                env=test_env(databases),
                cwd=databases.places.root,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        text = log.read_text()
        ran = re.findall(
            r"odoo\.tests\.result: (\d+) failed, (\d+) error\(s\) of (\d+)", text
        )
        if not ran:
            raise Stop(f"The host's runner ran no test: see {log}")
        say(f"   {ran[-1][2]} tests, {ran[-1][0]} failed, {ran[-1][1]} errors")
        return _failures(text)
    finally:
        databases.drop(name)


def _tags(names: set[str]) -> str:
    """The tags that run these tests alone, or the class whose set-up failed."""
    one = r"setUpClass \(.*\.(\w+)\)|(?:Subtest )?(\w+\.\w+)"
    found = (re.match(one, name) for name in names)
    return ",".join(sorted({f":{test[1] or test[2]}" for test in found}))


def _failures(log: str) -> dict[str, str]:
    """The failed tests of a log, each with its lines (logger, name, traceback)."""
    entries = re.split(r"(?m)^(?=\d{4}-\d\d-\d\d \d\d:)", log)
    found = ((re.search(r"(?:FAIL|ERROR): (.+)", entry), entry) for entry in entries)
    return {match[1]: entry for match, entry in found if match}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def split(text: str) -> list[str]:
    """ARGS as words, as a shell would cut them."""
    try:
        return shlex.split(text)
    except ValueError as error:
        raise Stop(f"ARGS cannot be read: {error}") from error
