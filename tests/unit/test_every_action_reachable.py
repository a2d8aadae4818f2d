"""No screen without a door: each window action is used, each menu leads somewhere."""

import re
from xml.etree import ElementTree

import pytest
from project import ADDONS, ROOT

KINDS = ("ir.actions.act_window", "ir.actions.client")
IDENTIFIER = re.compile(r"[A-Za-z_][\w.]*")


def documents(addon):
    return [
        ElementTree.parse(path).getroot()
        for folder in ("views", "wizards", "report", "data", "security")
        for path in sorted((addon / folder).glob("**/*.xml"))
    ]


def actions(roots):
    """Local ids of the actions that need a door (a binding is one)."""
    return {
        record.get("id").split(".")[-1]
        for root in roots
        for record in root.iter("record")
        if record.get("model") in KINDS
        and record.find("field[@name='binding_model_id']") is None
    }


def used_in_xml(roots):
    """Every identifier of the documents but those that define an action."""
    used = set()
    for root in roots:
        for node in root.iter():
            values = [value for key, value in node.items() if key != "id"]
            if node.get("name") == "act_window_id":
                continue
            used.update(IDENTIFIER.findall(" ".join([*values, node.text or ""])))
    return used


def used_in_code(addons):
    used = set()
    for addon in addons:
        for path in addon.rglob("*"):
            if path.suffix in (".py", ".js") and "tests" not in path.parts:
                used.update(IDENTIFIER.findall(path.read_text()))
    return used


def unreachable(wanted, used):
    return sorted(wanted - {identifier.split(".")[-1] for identifier in used})


def dead_menus(roots):
    """Menus without action that no other menu names as its parent."""
    menus = [menu for root in roots for menu in root.iter("menuitem")]
    nested = {id(child) for menu in menus for child in menu.findall("menuitem")}
    parents = {(menu.get("parent") or "").split(".")[-1] for menu in menus}
    return [
        menu.get("id")
        for menu in menus
        if menu.get("name")
        and not menu.get("action")
        and menu.get("id").split(".")[-1] not in parents
        and not any(id(child) in nested for child in menu)
    ]


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_every_action_has_a_door(addon):
    roots = [root for other in ADDONS for root in documents(other)]
    used = used_in_xml(roots) | used_in_code(ADDONS)
    assert not unreachable(actions(documents(addon)), used)


def test_every_menu_leads_somewhere():
    assert not dead_menus([root for addon in ADDONS for root in documents(addon)])


SCREEN = """<odoo>
    <record id="case_action" model="ir.actions.act_window"><field name="name">Cases</field></record>
    <record id="case_view" model="ir.actions.act_window.view">
        <field name="act_window_id" ref="case_action" />
    </record>
    <menuitem id="menu_root" name="Service" /></odoo>"""  # noqa: E501 one record a line


def test_the_rule_sees_an_action_without_door():
    roots = [ElementTree.fromstring(SCREEN)]
    assert unreachable(actions(roots), used_in_xml(roots)) == ["case_action"]
    menu = '<odoo><menuitem id="m" parent="menu_root" action="case_action"/></odoo>'
    roots.append(ElementTree.fromstring(menu))
    assert not unreachable(actions(roots), used_in_xml(roots))


def test_the_rule_sees_a_menu_that_leads_nowhere():
    assert dead_menus([ElementTree.fromstring(SCREEN)]) == ["menu_root"]


def test_the_tree_has_actions():
    assert any(actions(documents(addon)) for addon in ADDONS), ROOT
