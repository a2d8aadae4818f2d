"""The decisions in tools/ hold on a machine without Odoo: nothing else is imported."""

import os
import re
import subprocess
import sys

import pytest
from project import ADDONS, ROOT

PROGRAM = ROOT / "tests/without_odoo.py"
# `python -c` starts with the stubs in place and runs the snippet
STUBBED = f"import sys; sys.path.insert(0, {str(PROGRAM.parent)!r}); "
STUBBED += "import without_odoo; without_odoo.install(); "


def run(*arguments):
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "CRM_EXT_NO_ODOO": "1"},
    )


def test_the_tools_tests_pass_without_odoo():
    result = run(str(PROGRAM))
    assert result.returncode == 0, result.stdout + result.stderr
    ran = re.search(r"^Ran (\d+) test", result.stderr, re.MULTILINE)
    assert int(ran.group(1)) > 0


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_every_tool_imports_without_odoo(addon):
    names = [
        ".".join(path.relative_to(addon).with_suffix("").parts)
        for path in sorted((addon / "tools").rglob("*.py"))
        if path.name != "__init__.py"
    ]
    imports = "; ".join(f"import odoo.addons.{addon.name}.{name}" for name in names)
    result = run("-c", STUBBED + (imports or "pass"))
    assert result.returncode == 0, result.stderr


def test_what_asks_for_odoo_fails_here():
    result = run("-c", STUBBED + "from odoo import models")
    assert "ImportError" in result.stderr
