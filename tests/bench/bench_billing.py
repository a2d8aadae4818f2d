"""Invoices a second from due subscriptions, beside the host's floor and OCA contract.

Each way runs in a process of its own on a copy of one database: the French chart, 500
customers, some paid history (without it, and without VACUUM ANALYZE, PostgreSQL plans
every way three times slower), N due subscriptions or contracts of 3 lines whose prices
differ. Everything is posted and committed.
"""

import json
import os
import subprocess
import sys

import billing_scripts as scripts
import pytest
from support.record import record
from support.server import databases

SIZES = (1_000, 10_000)
# what the host and OCA do of the larger size: an invoice costs them the same (or, OCA's
# in one transaction, more and more), and 10,000 of each would take an hour
SAMPLE = 2_000
OCA = "odoo-addon-contract==19.0.*"
BAR_FLOOR, BAR_OCA = 2.0, 3.0
GROWTH = 1.25  # of the time an invoice takes, from N to 10 N
MORE_MEMORY = 60  # MB, from N to 10 N


class Bench:
    """One seeded database and the ways to bill it."""

    def __init__(self, base, name, addons=None):
        self.base, self.name = base, name
        self.options = []
        if addons:
            folders = ",".join([*map(str, base.host.addons), str(addons)])
            self.options = [f"--addons-path={folders}"]

    def shell(self, database, number, script):
        code = f"N = {number}\n{scripts.PRELUDE}\n{script}"
        words = ("shell", "-d", database, "--no-http", *self.options)
        out = self.base.odoo(*words, stdin=code)
        found = [line for line in out.splitlines() if line.startswith("{")]
        assert found, out[-3000:]
        return json.loads(found[-1])

    def seed(self, template, number, *more):
        self.base.drop(self.name)
        self.base.copy(template, self.name)
        if self.options:
            words = ("-i", "contract", "--stop-after-init", "--no-http")
            self.base.odoo("-d", self.name, *words, *self.options)
        for script in (scripts.SEED, *more):
            self.shell(self.name, number, script)
        self.base.sql("VACUUM ANALYZE", self.name)

    def measure(self, number, script):
        name = f"{self.name}_way"
        self.base.drop(name)
        self.base.copy(self.name, name)
        try:
            return self.shell(name, number, script)
        finally:
            self.base.drop(name)


@pytest.fixture(scope="module")
def contract(tmp_path_factory):
    """OCA's contract from PyPI: a folder for addons_path."""
    folder = tmp_path_factory.mktemp("oca")
    # its one requirement, the host, is there and is no package of PyPI's
    words = ["install", "--quiet", "--no-deps", "--target", str(folder), OCA]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True)
    return folder / "odoo" / "addons"


def _figures(base, number, contract):
    """The figures of each way, in one go, so that they can be compared."""
    name = f"crm_ext_test_{os.getppid()}_{os.getpid()}_bill"
    mine, theirs = Bench(base, name), Bench(base, f"{name}_oca", contract)
    try:
        mine.seed(os.environ["CRM_EXT_TEMPLATE"], number, scripts.SUBSCRIPTIONS)
        part = min(number, SAMPLE)
        theirs.seed(os.environ["CRM_EXT_HOST_TEMPLATE"], part, scripts.CONTRACTS)
        ways = {
            # where none of our addons is: they cannot make the floor lower
            "host's floor": theirs.measure(part, scripts.FLOOR_QUIET),
            "billing run": mine.measure(number, scripts.OURS),
            "OCA contract": theirs.measure(part, scripts.OCA),
        }
        if number == min(SIZES):  # to know what the floor leaves out
            ways["host, with tracking"] = theirs.measure(part, scripts.FLOOR_TRACKED)
        return ways
    finally:
        base.drop(mine.name)
        base.drop(theirs.name)


def _tell(number, figures):
    floor = figures["host's floor"]["rate"]
    for way, found in figures.items():
        text = (
            f"{found['rate']:.1f}/s, {found['queries']:.1f} queries each, "
            f"{found['memory']} MB"
        )
        ratio = f"{found['rate'] / floor:.2f}"
        what = f"posted invoices of 3 lines: {way}"
        if way != "billing run" and number > SAMPLE:
            what += f" ({SAMPLE:,} of them)"
        record(what, f"{number:,}", text, f"host's floor {floor:.1f}/s", ratio)
        sys.stdout.write(f"{number} {way}: {text}, {ratio} x floor\n")


def test_bench_billing(contract):
    base = databases()
    found = {}
    for number in SIZES:
        found[number] = _figures(base, number, contract)
        _tell(number, found[number])
    for figures in found.values():
        ours = figures["billing run"]["rate"]
        assert ours >= BAR_FLOOR * figures["host's floor"]["rate"]
        assert ours >= BAR_OCA * figures["OCA contract"]["rate"]
    small, large = (found[number]["billing run"] for number in SIZES)
    assert large["rate"] >= small["rate"] / GROWTH
    assert large["memory"] <= small["memory"] + MORE_MEMORY
