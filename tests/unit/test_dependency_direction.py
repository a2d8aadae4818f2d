"""core <- campaigns; core <- subscriptions <- service; portal on top of service."""

import re

import pytest
from project import ADDONS, NAMES, manifest, needed

MAY_NAME = {
    "crm_ext_core": set(),
    "crm_ext_campaigns": {"crm_ext_core"},
    "crm_ext_subscriptions": {"crm_ext_core"},
    "crm_ext_service": {"crm_ext_core", "crm_ext_subscriptions"},
    "crm_ext_portal": {"crm_ext_core", "crm_ext_subscriptions", "crm_ext_service"},
}
MENTION = re.compile(r"\bcrm_ext_(?:%s)\b" % "|".join(n[8:] for n in MAY_NAME))
SOURCES = {".py", ".xml", ".csv", ".js", ".scss"}


def foreign_mentions(addon, source):
    """The project's addons that a source of this addon must not know."""
    return set(MENTION.findall(source)) - MAY_NAME[addon] - {addon}


def test_the_five_addons_are_those_of_the_design():
    assert set(NAMES) == set(MAY_NAME)


@pytest.mark.parametrize("name", NAMES)
def test_manifests_point_downwards(name):
    assert needed(name) <= MAY_NAME[name]


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_sources_name_only_what_the_manifest_needs(addon):
    found = {
        f"{path.relative_to(addon)}: {name}"
        for path in addon.rglob("*")
        if path.suffix in SOURCES
        for name in foreign_mentions(addon.name, path.read_text(errors="replace"))
    }
    assert not found


def test_the_host_is_never_edited_nor_enterprise_needed():
    enterprise = {"helpdesk", "sale_subscription", "marketing_automation", "planning"}
    enterprise |= {"appointment", "documents", "knowledge", "sign", "voip"}
    for name in NAMES:
        assert not enterprise.intersection(manifest(name)["depends"])


def test_the_rule_sees_an_arrow_back():
    source = "from odoo.addons.crm_ext_service.tools import sla"
    assert foreign_mentions("crm_ext_core", source)
    assert foreign_mentions("crm_ext_campaigns", 'ref="crm_ext_subscriptions.plan"')
    assert not foreign_mentions("crm_ext_portal", source)
