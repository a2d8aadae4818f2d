"""A button or a field of the host's views keeps its name.

Addons that come later place theirs beside it: without it they cannot be installed.
"""

import xml.etree.ElementTree as ET

import pytest
from project import ADDONS


def renamed(text):
    """The places where an inheriting view renames what it found, in words."""
    found = []
    for record in ET.fromstring(text).iter("record"):
        if record.find("field[@name='inherit_id']") is None:
            continue
        for place in record.iter():
            names = place.findall("attribute[@name='name']")
            if place.get("position") == "attributes" and names:
                found.append(f"{record.get('id')}: {place.get('expr', place.tag)}")
    return found


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_what_the_host_named_keeps_its_name(addon):
    views = sorted(addon.glob("*/*.xml"))
    assert views
    assert not [place for view in views for place in renamed(view.read_text())]


def test_the_rule_sees_a_renamed_button():
    view = (
        "<odoo><record id='form' model='ir.ui.view'><field name='inherit_id'/>"
        "<field name='arch'><xpath expr='//button' position='attributes'>"
        "<attribute name='{}'>mine</attribute></xpath></field></record></odoo>"
    )
    assert renamed(view.format("name")) == ["form: //button"]
    assert not renamed(view.format("string"))
