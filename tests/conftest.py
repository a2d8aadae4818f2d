import importlib.util
import os

import without_odoo

if os.environ.get("CRM_EXT_NO_ODOO") == "1" or not importlib.util.find_spec("odoo"):
    without_odoo.install()

LEFT_OUT = {
    "NO_BROWSER": "screens were not looked at in a browser",
    "NO_PDF": "no PDF was printed",
}


def pytest_terminal_summary(terminalreporter):
    """What the user chose to do without is said where the result is read."""
    for switch, meaning in LEFT_OUT.items():
        if os.environ.get(switch) == "1":
            terminalreporter.write_line(f"{switch}=1: {meaning}", yellow=True)
