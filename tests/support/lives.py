"""Random lives in processes of their own, each on a database of its own."""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

from support.server import databases

PROCESSES = 2


def live_all(name, script, count):
    """Live so many seeds, shared among the processes.

    :param script: fed to `odoo shell`; reads CRM_EXT_SEEDS, prints RESULT and JSON
    :return: what each process printed; a broken life fails here, with its story
    """
    known = databases()
    database = f"crm_ext_test_{os.getppid()}_{os.getpid()}_{name}"
    share = count // PROCESSES
    # a database each: both begin by making the same users
    bounds = [(f"{database}_{n}", n * share, (n + 1) * share) for n in range(PROCESSES)]
    try:
        for one, _first, _last in bounds:
            known.copy(os.environ["CRM_EXT_TEMPLATE"], one)
        with ThreadPoolExecutor(PROCESSES) as pool:
            results = list(pool.map(lambda part: _live(script, *part), bounds))
    finally:
        for one, _first, _last in bounds:
            known.drop(one)
    broken = [story for result in results for story in result["broken"]]
    assert not broken, "\n\n".join(broken[:3])
    return results


def _live(script, database, first, last):
    run = subprocess.run(
        [
            str(databases().places.python), "-m", "odoo", "shell",
            "-c", os.environ["CRM_EXT_CONFIG"], "-d", database,
            "--no-http", "--log-level=error",
        ],
        input=script.read_text(),
        env=os.environ | {"CRM_EXT_SEEDS": f"{first}:{last}"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    lines = [line for line in run.stdout.splitlines() if line.startswith("RESULT ")]
    assert lines, f"{database}, seeds {first} to {last}: {run.stderr[-3000:]}"
    return json.loads(lines[-1].removeprefix("RESULT "))
