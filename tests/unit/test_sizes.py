"""Files and functions stay readable in one go."""

import ast
import statistics

from project import ROOT, is_test, text_files, tree, where

FILE_LINES = 300
FUNCTION_LINES = 40
MEDIAN_LINES = 10


def functions(module):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(module) if isinstance(node, kinds)]


def length(node):
    return node.end_lineno - node.lineno + 1


def too_long(module):
    return [node for node in functions(module) if length(node) > FUNCTION_LINES]


def code_files():
    return [path for path in text_files(".py") if not is_test(path)]


def test_no_file_is_too_long():
    counts = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in text_files(".py")
    }
    assert not {path: count for path, count in counts.items() if count > FILE_LINES}


def test_no_function_is_too_long():
    found = [
        f"{where(path, node)}: {node.name} has {length(node)} lines"
        for path in code_files()
        for node in too_long(tree(path))
    ]
    assert not found


def test_the_usual_function_is_short():
    lengths = [length(node) for path in code_files() for node in functions(tree(path))]
    assert statistics.median(lengths) <= MEDIAN_LINES


def test_the_rule_sees_a_long_function():
    body = "    x = 1\n" * FUNCTION_LINES
    assert too_long(ast.parse(f"def solve():\n{body}"))
    assert not too_long(ast.parse("def solve():\n    return 1"))
