"""Failures of the host's runner are told apart: ours, and the host's own."""

from config.host.suite import _failures

LOG = """2026-11-22 06:30:19,340 11359 ERROR db odoo.addons.crm_ext_core.tests.x: FAIL: TestX.test_y
Traceback (most recent call last):
AssertionError: 1 != 2
2026-11-22 06:30:19,341 11359 INFO db odoo.addons.crm.tests.z: Starting TestZ.test_z ...
2026-11-22 06:30:20,340 11359 ERROR db odoo.tests.suite: ERROR: setUpClass (odoo.addons.calendar.T)
Traceback (most recent call last):
"""  # noqa: E501 a log is as wide as it is


def test_each_failure_has_its_name_and_its_lines():
    found = _failures(LOG)
    assert set(found) == {"TestX.test_y", "setUpClass (odoo.addons.calendar.T)"}
    assert "crm_ext" in found["TestX.test_y"]
    assert "1 != 2" in found["TestX.test_y"]
    assert "crm_ext" not in found["setUpClass (odoo.addons.calendar.T)"]
