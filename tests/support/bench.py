"""What benches share: a database of their own, and programs fed to the host's shell."""

import json
import os
from contextlib import contextmanager
from pathlib import Path

from support.server import databases

# what programs on many leads share; stands before them
LEADS = Path(__file__).parents[1] / "bench" / "shell_leads.py"


@contextmanager
def own_database(name):
    """A copy of the addons' template for one bench; gives (databases, its name)."""
    base = databases()
    database = f"crm_ext_test_{os.getppid()}_{os.getpid()}_{name}"
    base.drop(database)
    base.copy(os.environ["CRM_EXT_TEMPLATE"], database)
    try:
        yield base, database
    finally:
        base.drop(database)


def run_script(base, database, number, script):
    """Feed a text with N before it; gives the JSON object that it prints last."""
    words = ("shell", "-d", database, "--no-http")
    out = base.odoo(*words, stdin=f"N = {number}\n{script}")
    found = [line for line in out.splitlines() if line.startswith("{")]
    assert found, out[-3000:]
    return json.loads(found[-1])


def run_work(name, number, *works, **more):
    """Run programs, as one, on a database of their own; the last writes JSON to the
    file ANSWER.

    :param number: NUMBER in the programs
    :param more: other names that they find
    """
    with own_database(name) as (base, database):
        answer = base.places.local / f"{database}.json"
        names = {"NUMBER": number, "ANSWER": str(answer)} | more
        begin = "".join(f"{key} = {value!r}\n" for key, value in names.items())
        try:
            base.shell(database, "\n".join([begin, *(it.read_text() for it in works)]))
            return json.loads(answer.read_text())
        finally:
            answer.unlink(missing_ok=True)


def run_workload(name, workload, **names):
    """Run a program that prints lines MEASURE, name, number, figures...

    :param names: what the program finds
    :return: {(name, number): [figures]}
    """
    begin = "".join(f"{key} = {value!r}\n" for key, value in names.items())
    with own_database(name) as (base, database):
        output = base.shell(database, f"{begin}exec({workload.read_text()!r})\n")
    rows = [row.split("\t") for row in output.splitlines() if "MEASURE\t" in row]
    assert rows, output[-3000:]
    return {(row[1], int(row[2])): [float(cell) for cell in row[3:]] for row in rows}
