"""tools/ decides and touches nothing: no Odoo, no clock, no mutable values."""

import ast
import sys
from importlib.metadata import packages_distributions

import pytest
from project import ADDONS, manifest, needed, python_files, tree, where

ALWAYS_THERE = {"dateutil"}
CLOCKS = {"now", "today", "utcnow"}


def imports(module):
    """(node, level, dotted name) of every import, also of those inside functions."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((node, 0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node, node.level, node.module or node.names[0].name


def declared(addon):
    """Import names of the libraries that an addon or its dependencies declare."""
    names = [addon, *needed(addon)]
    wanted = {
        library.lower()
        for name in names
        for library in manifest(name).get("external_dependencies", {}).get("python", ())
    }
    found = {
        package
        for package, distributions in packages_distributions().items()
        if wanted.intersection(map(str.lower, distributions))
    }
    return found | {library.split(".")[0] for library in wanted}


def is_pure(name, level, depth, libraries, addons):
    """Whether tools/ may import this; `depth` is how far below the addon it stands."""
    parts = name.split(".")
    if level > depth:
        return level == depth + 1 and parts[0] in ("exceptions", "tools")
    if level:
        return True
    if parts[0] == "odoo":
        inside = parts[1:2] == ["addons"] and parts[2:3] and parts[2] in addons
        return bool(inside) and parts[3:4] in (["tools"], ["exceptions"])
    return parts[0] in sys.stdlib_module_names | ALWAYS_THERE | libraries


def impure_imports(module, depth, libraries, addons):
    return [
        (node, name)
        for node, level, name in imports(module)
        if not is_pure(name, level, depth, libraries, addons)
    ]


def clock_reads(module):
    """Calls such as date.today(): the day is an argument."""
    return [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
        and ast.unparse(node.func.value).split(".")[-1] in ("date", "datetime")
    ]


def mutable_dataclasses(module):
    """Dataclasses that are not frozen with slots."""
    return [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
        if "dataclass" in ast.unparse(decorator).split("(")[0]
        and not all(
            f"{option}=True" in ast.unparse(decorator) for option in ("frozen", "slots")
        )
    ]


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_tools_are_pure(addon):
    libraries = declared(addon.name)
    addons = {addon.name, *needed(addon.name)}
    files = python_files(addon, "tools")
    depths = {path: len(path.relative_to(addon).parts) - 1 for path in files}
    exceptions = addon / "exceptions.py"
    if exceptions.exists():
        depths[exceptions] = 0
    found = [
        f"{where(path, node)}: {name}"
        for path, depth in depths.items()
        for node, name in impure_imports(tree(path), depth, libraries, addons)
    ]
    assert not found


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_tools_are_told_the_time(addon):
    files = python_files(addon, "tools")
    assert not [where(path, node) for path in files for node in clock_reads(tree(path))]


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_values_are_frozen(addon):
    found = [
        f"{where(path, node)}: {node.name}"
        for path in python_files(addon, "tools")
        for node in mutable_dataclasses(tree(path))
    ]
    assert not found


@pytest.mark.parametrize(
    "source",
    [
        "import odoo",
        "from odoo import fields",
        "from odoo.tools import float_round",
        "from odoo.addons.sale.tools import x",
        "from odoo.addons.crm_ext_core.models import x",
        "from ..models import crm_subscription",
        "from .. import models",
        "import requests",
        "def later():\n    from odoo import api",
    ],
)
def test_the_rule_sees_an_impure_import(source):
    assert impure_imports(ast.parse(source), 1, {"ortools"}, {"crm_ext_core"})


@pytest.mark.parametrize(
    "source",
    [
        "from decimal import Decimal",
        "from dateutil.relativedelta import relativedelta",
        "from ortools.sat.python import cp_model",
        "from .periods import Period",
        "from ..exceptions import PriceError",
        "from odoo.addons.crm_ext_core.tools.hooks import BatchKind",
    ],
)
def test_the_rule_lets_a_pure_import_pass(source):
    assert not impure_imports(ast.parse(source), 1, {"ortools"}, {"crm_ext_core"})


def test_the_rule_sees_a_clock():
    assert clock_reads(ast.parse("start = datetime.date.today()"))
    assert not clock_reads(ast.parse("start = terms.today"))


def test_the_rule_sees_a_mutable_value():
    assert mutable_dataclasses(ast.parse("@dataclass\nclass A:\n    x: int"))
    assert not mutable_dataclasses(
        ast.parse("@dataclass(frozen=True, slots=True)\nclass A:\n    x: int")
    )
