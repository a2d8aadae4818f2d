"""A model without a line in ir.model.access.csv is closed to everybody: a fault."""

import ast
import csv

import pytest
from project import ADDONS, class_value, inherited, model_classes, python_files, tree


def stored_models(module):
    """Names of the new models of a syntax tree that have rows: all but abstract."""
    return [
        class_value(node, "_name")
        for node in model_classes(module)
        if ast.unparse(node.bases[0]) != "models.AbstractModel"
        and class_value(node, "_name") not in [None, *inherited(node)]
    ]


def granted(addon):
    """Names of the models for which the addon's CSV opens something to a group."""
    path = addon / "security/ir.model.access.csv"
    if not path.exists():
        return set()
    with path.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {
        row["model_id:id"].split(".")[-1].removeprefix("model_")
        for row in rows
        if row["group_id:id"] and row["perm_read"] == "1"
    }


def without_acl(names, access):
    return [name for name in names if name.replace(".", "_") not in access]


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_every_model_has_an_access_line(addon):
    names = [
        name
        for path in python_files(addon, "models", "wizards", "report")
        for name in stored_models(tree(path))
    ]
    assert not without_acl(names, granted(addon))


def test_the_rule_sees_a_model_without_line():
    module = ast.parse(
        'class A(models.Model):\n    _name = "crm.a"\n'
        'class B(models.AbstractModel):\n    _name = "crm.b"\n'
        'class C(models.TransientModel):\n    _name = "crm.c"\n'
        'class D(models.Model):\n    _inherit = "res.partner"\n'
    )
    assert without_acl(stored_models(module), {"crm_a"}) == ["crm.c"]
