"""Every sudo() says why: on its line, above its statement, or in the docstring."""

import ast

import pytest
from project import ADDONS, ROOT, is_test, python_files


def unexplained(source):
    """Line numbers of the sudo() calls without a word of why."""
    lines = source.splitlines()
    found = []
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            explained = "sudo" in (ast.get_docstring(function) or "")
            for node in ast.walk(function):
                if _is_sudo(node) and not explained:
                    # the statement's first line may stand above the call's
                    above = lines[max(function.lineno - 2, 0) : node.end_lineno]
                    near = above[-6:]
                    if not any("# " in line for line in near):
                        found.append(node.lineno)
    return sorted(set(found))


def _is_sudo(node):
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "sudo"
        and not (node.args and ast.unparse(node.args[0]) == "False")
    )


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_every_sudo_is_explained(addon):
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in python_files(addon)
        if not is_test(path)
        for line in unexplained(path.read_text())
    ]
    assert not found


def test_the_rule_sees_a_bare_sudo():
    bare = "def f(self):\n    return self.sudo().search([])\n"
    assert unexplained(bare) == [2]
    why = bare.replace("    return", "    # the counters are everybody's\n    return")
    assert not unexplained(why)
    assert not unexplained("def f(self):\n    return self.sudo(False)\n")
