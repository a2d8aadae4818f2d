"""The file is guessed from the model: one model a file, named after it."""

import ast

import pytest
from project import (
    ADDONS,
    ROOT,
    class_value,
    inherited,
    model_classes,
    python_files,
    tree,
    where,
)

FOLDERS = ("models", "wizards", "report", "reports")
# the host finds these by their plain name: company checks, monetary fields
STRUCTURAL = {"company_id", "currency_id"}


def faults(module, stem):
    """What is wrong with a file of models, in words.

    A long model is continued in files of its own: crm_case.py, crm_case_mail.py.
    """
    classes = model_classes(module)
    if len(classes) > 1:
        return [f"{len(classes)} models in one file"]
    for node in classes:
        name = class_value(node, "_name") or (inherited(node) or [""])[0]
        file_name = name.replace(".", "_")
        continued = not class_value(node, "_name") and stem.startswith(f"{file_name}_")
        if file_name != stem and not continued and not name.startswith("report."):
            return [f"{name} does not belong in {stem}.py"]
    return []


def own_models():
    """The models that the project makes: their fields need no prefix."""
    return {
        class_value(node, "_name")
        for addon in ADDONS
        for path in python_files(addon, *FOLDERS)
        for node in model_classes(tree(path))
        if class_value(node, "_name") not in inherited(node)
    }


def unprefixed_fields(module, own):
    """New fields on the host's models that lack the prefix crm_."""
    return [
        (node, statement.targets[0].id)
        for node in model_classes(module)
        if (class_value(node, "_name") or inherited(node)[0]) not in own
        for statement in node.body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Call)
        and ast.unparse(statement.value.func).startswith("fields.")
        and not statement.targets[0].id.startswith(("crm_", "kpi_crm_"))
        and statement.targets[0].id not in STRUCTURAL
        # these keywords change a field of the host, they add none
        and not {"selection_add", "ondelete", "tracking"}.intersection(
            keyword.arg for keyword in statement.value.keywords
        )
    ]


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_one_model_a_file_named_after_it(addon):
    found = [
        f"{path.relative_to(ROOT)}: {fault}"
        for path in python_files(addon, *FOLDERS)
        for fault in faults(tree(path), path.stem)
    ]
    assert not found


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_new_models_are_named_crm_something(addon):
    names = {
        class_value(node, "_name"): where(path, node)
        for path in python_files(addon, *FOLDERS)
        for node in model_classes(tree(path))
        if class_value(node, "_name") not in [None, *inherited(node)]
    }
    strangers = [name for name in names if not name.startswith(("crm.", "report."))]
    assert not {name: names[name] for name in strangers}


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_fields_added_to_the_host_carry_our_prefix(addon):
    own = own_models()
    found = [
        f"{where(path, node)}: {name}"
        for path in python_files(addon, "models")
        for node, name in unprefixed_fields(tree(path), own)
    ]
    assert not found


BAD = """
class A(models.Model):
    _name = "crm.a"
class B(models.TransientModel):
    _inherit = "res.partner"
    plan_id = fields.Many2one("crm.plan")
"""


def test_the_rule_sees_two_models_and_a_wrong_name():
    assert faults(ast.parse(BAD), "crm_a")
    single = ast.parse('class A(models.Model):\n    _name = "crm.a"')
    assert faults(single, "crm_b")
    assert not faults(single, "crm_a")
    assert faults(single, "crm_a_mail")
    continued = ast.parse('class A(models.Model):\n    _inherit = "crm.a"')
    assert not faults(continued, "crm_a_mail")


def test_the_rule_sees_a_field_without_prefix():
    found = unprefixed_fields(ast.parse(BAD), {"crm.a"})
    assert [name for _node, name in found] == ["plan_id"]
