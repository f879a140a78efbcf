"""The download against a server of our own on this machine: what it serves, and how it fails."""

import gzip
import hashlib
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from spusk.data import download, get_mnist, load
from spusk.data.download import FILES, File, _alone
from spusk.errors import DownloadError
from tests.data.helpers import digits, idx_bytes
from tests.i18n.russian import refused

IMAGES, LABELS = digits(200, side=28, classes=10)
PLAIN = {
    ("train", "images"): idx_bytes(IMAGES),
    ("train", "labels"): idx_bytes(LABELS),
    ("t10k", "images"): idx_bytes(IMAGES[:50]),
    ("t10k", "labels"): idx_bytes(LABELS[:50]),
}
SMALL = tuple(
    File(part, kind, len(data), hashlib.sha256(data).hexdigest())
    for (part, kind), data in PLAIN.items()
)
PACKED = {
    file.name: gzip.compress(data, mtime=0)
    for file, data in zip(SMALL, PLAIN.values(), strict=True)
}
FIRST = SMALL[0].name


class Handler(BaseHTTPRequestHandler):
    """Serves the packed files; the address's first part says how it misbehaves."""

    def do_GET(self):
        how, name = self.path.strip("/").split("/")
        data, asked = PACKED[name], self.headers.get("Range")
        self.server.asked.append((how, name, asked))
        if how == "404":
            return self.send_error(404)
        if how == "hang":
            return self.server.closing.wait(10)
        if how == "drip-headers":
            return self.drip(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Padding: " + b"x" * 500)
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        if how == "wrong":
            data = gzip.compress(b"something else")
        if how == "forged":  # as long as it should be
            data = gzip.compress(gzip.decompress(data)[:-1] + b"!")
        if how == "other":  # the same content, packed in another way
            data = gzip.compress(gzip.decompress(data), 1, mtime=7)
        if start and how != "norange":
            if start >= len(data):
                return self.send_error(416)
            self.send_response(206)
            where = 0 if how == "shifted" else start
            self.send_header("Content-Range", f"bytes {where}-{len(data) - 1}/{len(data)}")
            data = data[where:]
        else:
            self.send_response(200)
        if how not in ("nolength", "endless"):
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.body(how, data)
        return None

    def body(self, how, data):
        if how == "endless":
            while not self.server.closing.is_set():
                self.wfile.write(bytes(1 << 16))
        if how == "drip":
            return self.drip(data)
        if how == "trickle":  # never silent, and soon faster than nothing
            return self.drip(data, 64)
        self.wfile.write(data[: len(data) // 2] if how == "cut" else data)

    def drip(self, data, size=1):
        for place in range(0, len(data), size):
            if self.server.closing.wait(0.02):
                return
            self.wfile.write(data[place : place + size])

    def handle(self):
        with suppress(ConnectionError):  # the client had enough
            super().handle()

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.asked, running.closing = [], threading.Event()
        running.daemon_threads = True
        running.address = lambda how: f"http://127.0.0.1:{running.server_port}/{how}/"
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        yield running
        running.closing.set()
        running.shutdown()
        thread.join()


def get(server, folder, *how, **more):
    mirrors = [server.address(way) for way in how]
    return get_mnist(folder, mirrors, files=SMALL, timeout=0.5, **more)


def whole(folder):
    """The folder holds the four right files, and nothing half-done."""
    assert sorted(p.name for p in folder.iterdir()) == sorted([".lock", *PACKED])
    data = load("mnist", folder)
    np.testing.assert_array_equal(data.train.x, IMAGES.reshape(200, -1))
    np.testing.assert_array_equal(data.test.labels, LABELS[:50])


def ways(server, name=FIRST):
    return [(how, asked) for how, file, asked in server.asked if file == name]


def test_the_files_arrive_and_are_not_fetched_again(server, tmp_path):
    seen = {}
    folder = get(
        server, tmp_path / "new" / "folder", "good", progress=lambda *a: seen.update({a[0]: a})
    )
    whole(folder)
    assert seen == {name: (name, len(data), len(data)) for name, data in PACKED.items()}
    assert len(server.asked) == 4
    assert get(server, folder, "404") == folder
    assert len(server.asked) == 4


def test_unpacked_files_that_are_right_cost_no_network(tmp_path):
    for (part, kind), data in PLAIN.items():
        (tmp_path / f"{part}-{kind}.idx{3 if kind == 'images' else 1}-ubyte").write_bytes(data)
    assert get_mnist(tmp_path, (), files=SMALL) == tmp_path


def test_a_damaged_file_is_fetched_again(server, tmp_path):
    get(server, tmp_path, "good")
    (tmp_path / FIRST).write_bytes(PACKED[FIRST][:-1])
    get(server, tmp_path, "good")
    whole(tmp_path)
    assert len(server.asked) == 5


@pytest.mark.parametrize(
    "bad",
    ["wrong", "forged", "404", "hang", "cut", "drip", "drip-headers", "trickle", "endless"],
)
def test_the_next_mirror_serves_when_one_fails(server, tmp_path, bad, monkeypatch):
    monkeypatch.setattr(download, "SLOWEST", 1 << 18)  # 0.6 s for the largest
    start = time.monotonic()
    whole(get(server, tmp_path, bad, "good"))
    assert list(dict.fromkeys(how for how, _ in ways(server))) == [bad, "good"]
    assert time.monotonic() - start < 8


@pytest.mark.parametrize("how", ["good", "norange", "nolength", "shifted", "other"])
def test_a_download_cut_short_goes_on(server, tmp_path, how):
    with refused(DownloadError, "broke off after"):
        get(server, tmp_path, "cut")
    half = len(PACKED[FIRST]) // 2
    assert (tmp_path / f"{FIRST}.part").stat().st_size == half
    assert not (tmp_path / FIRST).exists()
    whole(get(server, tmp_path, how))
    again = [(how, None)] if how in ("shifted", "other") else []
    assert ways(server)[1:] == [(how, f"bytes={half}-"), *again]


def test_a_part_that_is_whole_or_wrong(server, tmp_path):
    part = tmp_path / f"{FIRST}.part"
    part.write_bytes(PACKED[FIRST])
    whole(get(server, tmp_path, "good"))
    assert ways(server) == [("good", f"bytes={len(PACKED[FIRST])}-")]
    (tmp_path / FIRST).unlink()
    part.write_bytes(b"rubbish" * 100_000)
    whole(get(server, tmp_path, "good"))
    (tmp_path / FIRST).unlink()
    part.write_bytes(b"rubbish")
    whole(get(server, tmp_path, "good"))


def test_all_failing_names_every_reason_and_the_remedy(server, tmp_path):
    with pytest.raises(DownloadError) as caught:
        get(server, tmp_path, "404", "wrong", "hang")
    said = str(caught.value)
    for words in ("404 Not Found", "wrong content", "timed out", "SPUSK_DATA", "--data-dir", FIRST):
        assert words in said
    assert "\n" not in said
    assert [p.name for p in tmp_path.iterdir()] == [".lock"]


def test_no_network_and_strange_addresses(tmp_path):
    mirrors = ("http://127.0.0.1:9/", "file:///etc/", "http://[", "https://no such host/")
    with refused(DownloadError, r"refused.*expected an address", *mirrors):
        get_mnist(tmp_path, mirrors, files=SMALL, timeout=0.5)
    with refused(DownloadError, "no mirrors given"):
        get_mnist(tmp_path, (), files=SMALL)


def test_a_folder_that_cannot_be_made_and_one_in_use(server, tmp_path):
    (tmp_path / "file").write_text("")
    with refused(DownloadError, "cannot be used"):
        get(server, tmp_path / "file" / "folder", "good")
    with _alone(tmp_path), refused(DownloadError, "another download"):
        get(server, tmp_path, "good")


def test_the_real_files_have_the_real_checksums(mnist_folder):
    assert get_mnist(mnist_folder, ()) == mnist_folder
    assert [file.size for file in FILES] == [47040016, 60008, 7840016, 10008]
