"""A download that is cut goes on where it ended; a wrong hash is thrown away."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from config.host import download
from config.host.console import Stop

CONTENT = bytes(range(256)) * 4096
SHA = hashlib.sha256(CONTENT).hexdigest()


class Mirror(BaseHTTPRequestHandler):
    """Serves CONTENT with ranges; cuts the first answers as told."""

    cuts = []
    ranges = []

    def do_GET(self):
        start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-"))
        self.ranges.append(start)
        self.send_response(206)
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        end = start + self.cuts.pop(0) if self.cuts else len(CONTENT)
        self.wfile.write(CONTENT[start:end])

    def log_message(self, *_words):
        """Keep the test's output clean."""


@pytest.fixture
def mirror(monkeypatch):
    monkeypatch.setattr(download.time, "sleep", lambda _seconds: None)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Mirror.cuts, Mirror.ranges = [], []
    yield f"http://127.0.0.1:{server.server_port}/host.deb"
    server.shutdown()


def test_a_cut_download_goes_on_from_what_came(mirror, tmp_path):
    Mirror.cuts = [1000, 5000]
    target = download.fetch(mirror, tmp_path / "host.deb", len(CONTENT), SHA)
    assert target.read_bytes() == CONTENT
    assert Mirror.ranges[0] == 0
    assert Mirror.ranges[1] == 1000
    assert len(Mirror.ranges) == 3


def test_what_came_is_kept_for_the_next_run(mirror, tmp_path):
    Mirror.cuts = [1000] * download.TRIES
    with pytest.raises(Stop, match="goes on from there"):
        download.fetch(mirror, tmp_path / "host.deb", len(CONTENT), SHA)
    assert (tmp_path / "host.partial").stat().st_size == 1000 * download.TRIES
    assert not (tmp_path / "host.deb").exists()
    download.fetch(mirror, tmp_path / "host.deb", len(CONTENT), SHA)
    assert Mirror.ranges[-1] == 1000 * download.TRIES


def test_a_wrong_hash_is_thrown_away(mirror, tmp_path):
    with pytest.raises(Stop, match="signed hash"):
        download.fetch(mirror, tmp_path / "host.deb", len(CONTENT), "0" * 64)
    assert not list(tmp_path.iterdir())


def test_what_is_there_is_not_fetched_again(mirror, tmp_path):
    download.fetch(mirror, tmp_path / "host.deb", len(CONTENT), SHA)
    download.fetch(mirror, tmp_path / "host.deb", len(CONTENT), SHA)
    assert len(Mirror.ranges) == 1


def test_a_full_disk_is_told_before(mirror, tmp_path):
    with pytest.raises(Stop, match="Not enough disk"):
        download.fetch(mirror, tmp_path / "huge.deb", 10**17, SHA)
    assert not Mirror.ranges
