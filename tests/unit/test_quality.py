"""`make lint` fails when a step finds something, and pins what pre-commit pins."""

import importlib.util
import sys

from project import ROOT

_SPEC = importlib.util.spec_from_file_location(
    "quality", ROOT / "config/host/quality.py"
)
quality = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(quality)


def commands(*programs):
    """Stand for the real steps: each program exits with its number."""
    checks = {
        f"step {code}": [sys.executable, "-c", f"raise SystemExit({code})"]
        for code in programs
    }
    return lambda _root, _venv: (checks, [])


def test_one_finding_fails_the_whole(monkeypatch, capsys):
    monkeypatch.setattr(quality, "_commands", commands(0, 3))
    assert quality.lint(ROOT, ROOT) == 1
    assert "FAILED step 3" in capsys.readouterr().out


def test_no_finding_passes(monkeypatch, capsys):
    monkeypatch.setattr(quality, "_commands", commands(0))
    assert quality.lint(ROOT, ROOT) == 0
    assert "ok     step 0" in capsys.readouterr().out


def test_pre_commit_has_the_same_prettier():
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    for name, version in quality.PRETTIER.items():
        assert f'"{name}@{version}"' in hooks
