"""A method of a model that hides an earlier one of the same addon calls it.

Files that continue a model are loaded in the order of models/__init__.py: the last one
wins, and without `super()` what an earlier file adds is lost without a word.
"""

import ast
import re

import pytest
from project import ADDONS, class_value, inherited, model_classes, tree


def definitions(modules):
    """{(model, method): [(file, whether it calls super)]} in the order of loading."""
    found = {}
    for stem, module in modules:
        for node in model_classes(module):
            model = class_value(node, "_name") or (inherited(node) or [""])[0]
            for item in node.body:
                if isinstance(item, ast.FunctionDef):
                    calls = "super(" in ast.unparse(item)
                    found.setdefault((model, item.name), []).append((stem, calls))
    return found


def hidden(modules):
    """The methods that a later file hides, in words."""
    return [
        f"{model}.{method}: {stem}.py hides {before[0][0]}.py"
        for (model, method), known in definitions(modules).items()
        for rank, (stem, calls) in enumerate(known)
        if (before := known[:rank]) and not calls
    ]


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_no_method_hides_an_earlier_one(addon):
    folder = addon / "models"
    order = re.findall(r"import (\w+)", (folder / "__init__.py").read_text())
    modules = [(stem, tree(folder / f"{stem}.py")) for stem in order]
    assert modules
    assert not hidden(modules)


def test_the_rule_can_fail():
    head = "class A(models.Model):\n    _inherit = 'crm.a'\n    def act(self):\n"
    calling = ast.parse(head + "        return super().act()\n")
    plain = ast.parse(head + "        return 1\n")
    assert hidden([("a_more", calling), ("a", plain)])
    assert not hidden([("a", plain), ("a_more", calling)])
