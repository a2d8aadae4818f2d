"""Nothing unfinished is called done."""

import ast
import re

from project import ADDONS, ROOT, is_test, python_files, text_files, tree, where

WORDS = ("TO" + "DO", "FIX" + "ME", "X" * 3, "NotImplemented" + "Error")
MARK = re.compile(r"\b(?:%s)\b" % "|".join(WORDS))
SOURCES = (".py", ".xml", ".js", ".scss", ".md", ".rst", ".sh")


def marks(text):
    """Line numbers of the marks that announce unfinished work."""
    return [n for n, line in enumerate(text.splitlines(), 1) if MARK.search(line)]


def empty_functions(module):
    """Functions that hold nothing but `pass` or `...`, and no word of why."""
    return [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef)
        and all(
            isinstance(statement, ast.Pass) or ast.unparse(statement) == "..."
            for statement in node.body
        )
    ]


def skipped(module):
    """Tests that are switched off for good."""
    return [
        node
        for node in ast.walk(module)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
        for decorator in node.decorator_list
        if re.search(
            r"\b(?:mark\.skip|skip|xfail|expectedFailure)\b(?!if|If|Unless)",
            ast.unparse(decorator).split("(")[0],
        )
    ]


def test_no_mark_of_unfinished_work():
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in text_files(*SOURCES)
        for line in marks(path.read_text())
    ]
    assert not found


def test_no_empty_function():
    files = [path for addon in ADDONS for path in python_files(addon)]
    found = [
        f"{where(path, node)}: {node.name}"
        for path in files
        if not is_test(path)
        for node in empty_functions(tree(path))
    ]
    assert not found


def test_no_test_is_switched_off():
    files = [path for path in text_files(".py") if is_test(path)]
    assert not [where(path, node) for path in files for node in skipped(tree(path))]


def test_the_rule_sees_unfinished_work():
    for word in WORDS:
        assert marks(f"first\n# {word} later") == [2]
    assert not marks("return NotImplemented")


def test_the_rule_sees_an_empty_function():
    assert empty_functions(ast.parse("def solve(self):\n    pass"))
    assert not empty_functions(ast.parse('def hook(self):\n    """Filled above."""'))


def test_the_rule_sees_a_test_that_is_off():
    assert skipped(ast.parse("@unittest.skip('later')\ndef test_a(): return 1"))
    assert not skipped(ast.parse("@unittest.skipIf(a, 'b')\ndef test_a(): return 1"))
