"""`_commit_progress` commits wherever it is called: only `_cron_*` methods may."""

import ast

import pytest
from project import ADDONS, is_test, python_files, tree, where

COMMITS = {"_commit_progress", "commit"}


def commits_outside_cron(module):
    """Calls that commit, outside a method named _cron_*."""
    inside = {
        id(call)
        for function in ast.walk(module)
        if isinstance(function, ast.FunctionDef) and function.name.startswith("_cron_")
        for call in ast.walk(function)
    }
    return [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in COMMITS
        and id(node) not in inside
    ]


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_only_crons_commit(addon):
    found = [
        where(path, node)
        for path in python_files(addon)
        if not is_test(path)
        for node in commits_outside_cron(tree(path))
    ]
    assert not found


def test_the_rule_sees_a_commit_in_a_button():
    source = "def {name}(self):\n    self.env['ir.cron']._commit_progress(1)"
    assert commits_outside_cron(ast.parse(source.format(name="action_run")))
    assert commits_outside_cron(ast.parse("def run(self):\n    self.env.cr.commit()"))
    assert not commits_outside_cron(ast.parse(source.format(name="_cron_run")))
