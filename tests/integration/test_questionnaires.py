"""Questionnaires of the host's Surveys app, which the product does without.

The addon's own tests of them skip on the ordinary database; here they run on one where
that app is installed beside the product.
"""

import os
import subprocess
from pathlib import Path

from support.server import databases

ADDON = Path(__file__).parents[2] / "addons" / "crm_ext_core"
TESTS = ADDON / "tests" / "test_co_28_questionnaire.py"


def test_co_28_questionnaires_answered_where_the_app_is_installed():
    base = databases()
    name = f"crm_ext_test_{os.getppid()}_{os.getpid()}_survey"
    base.drop(name)
    base.copy(os.environ["CRM_EXT_TEMPLATE"], name)
    try:
        base.odoo("-d", name, "-i", "survey", "--stop-after-init", "--no-http")
        output = _run(base, name)
    finally:
        base.drop(name)
    # the one that skips is about a database without the app
    assert " 1 skipped" in output and " failed" not in output, output[-3000:]


def _run(base, name):
    """What pytest says of the addon's tests on that database."""
    command = [
        str(base.places.python), "-m", "pytest", "-p", "no:cacheprovider", "-q",
        f"--odoo-config={base.config()}", f"--odoo-database={name}", "--odoo-http",
        str(TESTS),
    ]  # fmt: skip
    # a session of its own, not a worker of this one
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    result = subprocess.run(
        command,
        env=env,
        cwd=base.places.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-5000:]
    return result.stdout
