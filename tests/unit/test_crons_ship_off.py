"""What bills, sends or scores starts only when an administrator switches it on."""

import re
from xml.etree import ElementTree

import pytest
from project import ADDONS

# these only do what a user has queued, note what happened, or only look
HARMLESS = {
    "ir_cron_batch_lane_1",
    "ir_cron_batch_lane_2",
    "ir_cron_audit",
    "ir_cron_score_meetings",
    "ir_cron_subscription_states",
    "ir_cron_mrr_keep",
}


def crons(root):
    """{local id: whether it ships active} of the scheduled actions in a document."""
    return {
        record.get("id"): active is None or active.get("eval") not in ("0", "False")
        for record in root.iter("record")
        if record.get("model") == "ir.cron"
        for active in [record.find("field[@name='active']")]
    }


def shipped(addon):
    found = {}
    for path in sorted((addon / "data").glob("*.xml")):
        found |= crons(ElementTree.parse(path).getroot())
    return found


def switches(source):
    """{XML id: settings field} from the pairs of `_crm_cron_fields`."""
    pairs = re.findall(r'"(crm_\w+)":\s*"(crm_ext_\w+\.\w+)"', source)
    return {xmlid: field for field, xmlid in pairs}


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_only_harmless_crons_ship_on(addon):
    running = {name for name, active in shipped(addon).items() if active}
    assert running <= HARMLESS


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_every_cron_that_ships_off_has_its_switch(addon):
    waiting = {name for name, active in shipped(addon).items() if not active}
    model = addon / "models/res_config_settings.py"
    screen = addon / "views/res_config_settings_views.xml"
    known = switches(model.read_text()) if model.exists() else {}
    shown = screen.read_text() if screen.exists() else ""
    hidden = {
        name
        for name in waiting
        if f'name="{known.get(f"{addon.name}.{name}")}"' not in shown
    }
    assert not hidden


def test_the_rule_tells_on_from_off():
    document = ElementTree.fromstring(
        '<odoo><record id="a" model="ir.cron"><field name="active" eval="False"/>'
        '</record><record id="b" model="ir.cron"/></odoo>'
    )
    assert crons(document) == {"a": False, "b": True}
    assert switches('{"crm_bill": "crm_ext_core.ir_cron_bill"}') == {
        "crm_ext_core.ir_cron_bill": "crm_bill"
    }
