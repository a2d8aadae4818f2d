"""Let the addons' tools/ be imported on a machine that has no Odoo.

Empty packages stand for `odoo`, `odoo.addons`, each addon and its tests: the import
path is the one of production, and whatever asks for `from odoo import models` fails.
Run as a program, it runs every addons/*/tests/test_tools_*.py that way.
"""

import sys
import types
import unittest
from pathlib import Path

ADDONS = Path(__file__).resolve().parents[1] / "addons"


def _package(name, path):
    module = types.ModuleType(name)
    module.__path__ = [str(path)] if path else []
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)


def install():
    """Put the empty packages in place, unless Odoo is already there."""
    if "odoo" in sys.modules:
        return
    _package("odoo", None)
    _package("odoo.addons", ADDONS)
    for manifest in ADDONS.glob("*/__manifest__.py"):
        addon = manifest.parent
        _package(f"odoo.addons.{addon.name}", addon)
        _package(f"odoo.addons.{addon.name}.tests", addon / "tests")


def main():
    install()
    names = [
        f"odoo.addons.{path.parents[1].name}.tests.{path.stem}"
        for path in sorted(ADDONS.glob("*/tests/test_tools_*.py"))
    ]
    suite = unittest.defaultTestLoader.loadTestsFromNames(names)
    result = unittest.TextTestRunner().run(suite)
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main())
