"""The sources as the architecture rules see them: text and syntax trees, no import."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDONS = sorted(path.parent for path in ROOT.glob("addons/*/__manifest__.py"))
NAMES = [addon.name for addon in ADDONS]
MODEL_BASES = ("Model", "TransientModel", "AbstractModel")


@cache
def manifest(name):
    return ast.literal_eval((ROOT / "addons" / name / "__manifest__.py").read_text())


@cache
def needed(name):
    """The project's addons that an addon depends on, directly or not."""
    direct = {other for other in manifest(name)["depends"] if other in NAMES}
    return direct.union(*(needed(other) for other in direct))


@cache
def tracked():
    """The files under version control, or all of them outside a clone."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode:
        hidden = {".git", ".venv", ".local"}
        every = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        return [ROOT / path for path in every if not hidden.intersection(path.parts)]
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def text_files(*endings):
    return [path for path in tracked() if path.suffix in endings]


def python_files(addon, *folders):
    """The addon's Python files, or only those of some of its folders."""
    roots = [addon / folder for folder in folders] or [addon]
    return sorted(path for root in roots for path in root.rglob("*.py"))


def is_test(path):
    return "tests" in path.relative_to(ROOT).parts


@cache
def tree(path):
    return ast.parse(path.read_text(), filename=str(path))


def model_classes(module):
    """The classes of a syntax tree that derive from models.Model and its kin."""
    return [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base) in _model_bases() for base in node.bases)
    ]


def _model_bases():
    return {f"models.{base}" for base in MODEL_BASES}


def class_value(node, name):
    """A constant attribute of a class, such as `_name`; None when it has none."""
    for statement in node.body:
        if isinstance(statement, ast.Assign):
            if any(getattr(target, "id", "") == name for target in statement.targets):
                return ast.literal_eval(statement.value)
    return None


def inherited(node):
    """The names in a model's `_inherit`."""
    value = class_value(node, "_inherit") or []
    return [value] if isinstance(value, str) else list(value)


def where(path, node):
    return f"{path.relative_to(ROOT)}:{node.lineno}"
