"""What a manifest says is there is there, and what is there is said."""

import re

import pytest
from project import ADDONS, ROOT, manifest, python_files

VERSION = re.compile(r"19\.0\.\d+\.\d+\.\d+")
LOADED_FOLDERS = ("data", "demo", "report", "security", "views", "wizards")
COMPANIONS = (
    "README.rst",
    "pyproject.toml",
    "readme/DESCRIPTION.md",
    "static/description/icon.png",
)


def faults(values):
    """What is wrong with a manifest's own values, in words."""
    found = []
    if not VERSION.fullmatch(values.get("version", "")):
        found.append("version is not 19.0.x.y.z")
    if values.get("license") != "LGPL-3":
        found.append("license is not LGPL-3")
    listed = [*values.get("data", []), *values.get("demo", [])]
    if len(listed) != len(set(listed)):
        found.append("a file is listed twice")
    return found


def forgotten(present, listed, code):
    """Data files that no manifest lists and no Python file reads by name."""
    unlisted = sorted(set(present) - set(listed))
    return [name for name in unlisted if name.rsplit("/", 1)[-1] not in code]


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_manifest_values(addon):
    assert not faults(manifest(addon.name))


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_every_data_file_is_listed_and_exists(addon):
    values = manifest(addon.name)
    listed = [*values.get("data", []), *values.get("demo", [])]
    assert not [name for name in listed if not (addon / name).is_file()]
    present = [
        str(path.relative_to(addon))
        for folder in LOADED_FOLDERS
        for path in (addon / folder).rglob("*")
        if path.suffix in (".xml", ".csv")
    ]
    code = "".join(path.read_text() for path in python_files(addon))
    assert not forgotten(present, listed, code)


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_every_addon_presents_itself(addon):
    assert not [name for name in COMPANIONS if not (addon / name).is_file()]


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_declared_libraries_are_installed_by_requirements(addon):
    libraries = manifest(addon.name).get("external_dependencies", {}).get("python", [])
    lines = (ROOT / "requirements.txt").read_text().lower().splitlines()
    named = {re.split(r"[=<>~!\[ ]", line)[0] for line in lines}
    assert not {library.lower() for library in libraries} - named


def test_the_rule_sees_a_wrong_manifest():
    assert len(faults({"version": "1.0", "license": "Other", "data": ["a", "a"]})) == 3
    assert not faults({"version": "19.0.1.0.0", "license": "LGPL-3"})


def test_the_rule_sees_a_forgotten_file():
    assert forgotten(["views/a.xml"], [], "") == ["views/a.xml"]
    assert not forgotten(["data/syntec.csv"], [], 'open("syntec.csv")')
