"""What a user can mend is said in words, with the way out."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config.host import content, postgres, server, source, venv
from config.host.console import Stop
from config.host.places import Places, locked

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def places(tmp_path):
    made = Places(tmp_path / "clone", tmp_path / "cache")
    made.local.mkdir(parents=True)
    return made


def test_a_taken_port_names_another(places, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(number))
        with pytest.raises(Stop, match=f"make run PORT={number + 1}"):
            server.refuse_if_running(places)


@pytest.mark.parametrize("text", ["abc", "0", "70000"])
def test_a_port_that_is_none(text, monkeypatch):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(Stop, match="between 1 and 65535"):
        server.port()


def test_a_server_that_runs_is_named(places, monkeypatch):
    monkeypatch.setenv("PORT", "8069")
    with server.registered(places, "http://127.0.0.1:8069"):
        with pytest.raises(Stop, match="make stop"):
            server.refuse_if_running(places)


def test_the_note_of_a_dead_server_counts_for_nothing(places):
    (places.local / "server.json").write_text(
        '{"pid": 1, "started": "never", "url": "http://127.0.0.1:8069"}'
    )
    server.stop(places)  # says that none is running, and kills nobody


def test_a_wrong_odoo_home(places, monkeypatch, tmp_path):
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    with pytest.raises(Stop, match="ODOO_HOME"):
        source.find(places)


def test_another_odoo_is_refused_with_the_ways_out(places, monkeypatch, tmp_path):
    release = tmp_path / "odoo" / "release.py"
    release.parent.mkdir()
    release.write_text("version_info = (18, 0, 0, 'final', 0, '')\n")
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    with pytest.raises(Stop, match=r"18\.0; 19\.0 is needed(.|\n)*Debian"):
        source.find(places)


def test_a_python_that_is_not_fit(monkeypatch, tmp_path):
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\necho 3.9\n")
    old.chmod(0o755)
    monkeypatch.setenv("PYTHON", str(old))
    with pytest.raises(Stop, match="is 3.9"):
        venv._fit_python()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://localhost/", "postgresql://"),
        ("postgresql://postgres@127.0.0.1/", "createuser"),
    ],
)
def test_a_database_url_that_cannot_serve(url, words):
    with pytest.raises(Stop, match=words):
        postgres._given(url)


def test_a_database_that_does_not_answer(places, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://odoo@127.0.0.1:1/")
    answering = Places(ROOT, places.cache)
    with pytest.raises(Stop, match="does not answer"):
        postgres.check_given(answering, postgres._given(os.environ["DATABASE_URL"]))


def test_a_lock_falls_with_its_process(tmp_path):
    code = (
        "import os, signal; from pathlib import Path; from config.host.places import"
        f" locked\nwith locked(Path('{tmp_path}/lock'), 'x'): os.kill(os.getpid(),"
        " signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    with locked(tmp_path / "lock", "nobody"):
        pass


def test_tests_and_prose_make_no_new_template(tmp_path):
    addon = tmp_path / "crm_ext_core"
    (addon / "tests").mkdir(parents=True)
    (addon / "model.py").write_text("x = 1")
    before = content.content_of.__wrapped__(tmp_path)
    (addon / "tests" / "test_x.py").write_text("y = 2")
    (addon / "README.rst").write_text("prose")
    assert content.content_of.__wrapped__(tmp_path) == before
    (addon / "model.py").write_text("x = 2")
    assert content.content_of.__wrapped__(tmp_path) != before


def test_a_database_behind_a_socket():
    server = postgres._given("postgresql://odoo@/postgres?host=/run/other")
    assert (server.host, server.user, server.port) == ("/run/other", "odoo", "")
    assert postgres._given("postgresql://odoo@db:5433/").host == "db"
