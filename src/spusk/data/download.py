"""MNIST's four files from the net: mirrors, resume, checksums; nothing half-written is kept.

Bytes arrive in NAME.part, survive there when the line breaks, and take the file's name only
after the checksum of their uncompressed content is right.
"""

from __future__ import annotations

import gzip
import hashlib
import http.client
import os
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from time import monotonic
from typing import BinaryIO, NamedTuple

from spusk.data.folders import TEST, TRAIN, find, mnist_folder, usual_name
from spusk.data.stream import CHUNK
from spusk.errors import DownloadError
from spusk.i18n import say
from spusk.i18n.reasons import Reason, reason
from spusk.io.files import moved

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "http://yann.lecun.com/exdb/mnist/",
)
TIMEOUT = 20.0  # seconds for an answer, and without a byte
SLOWEST = 1 << 16  # unpacked bytes a second over a whole file: at most 12 minutes for the largest

Progress = Callable[[str, int, int | None], None]


class File(NamedTuple):
    """One file: its part and kind, its uncompressed size and SHA-256 (of the issue)."""

    part: str
    kind: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """What the file is called, packed."""
        return f"{usual_name(self.part, self.kind)}.gz"


FILES = (
    File(TRAIN, "images", 47040016,
         "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
    File(TRAIN, "labels", 60008,
         "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
    File(TEST, "images", 7840016,
         "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
    File(TEST, "labels", 10008,
         "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
)  # fmt: skip


class Unusable(DownloadError):  # noqa: N818
    """Why one attempt at one mirror failed."""


class Tried(NamedTuple):
    """The mirrors that were asked, and why each failed."""

    failed: list[tuple[str, Unusable]]

    def sentence(self, lang: str | None = None) -> str:
        """All of them in a language."""
        said = (f"{mirror}: {why.sentence(lang)}" for mirror, why in self.failed)
        return "; ".join(said) or say("download.no_mirrors", lang)


def get_mnist(
    folder: str | Path | None = None,
    mirrors: Sequence[str] = MIRRORS,
    progress: Progress | None = None,
    *,
    files: Sequence[File] | None = None,
    timeout: float = TIMEOUT,
) -> Path:
    """The folder with MNIST's four files, fetched where they are missing or wrong.

    Files that are there and right cost no network; what broke off goes on where it stopped; nothing
    half-written is ever left under a file's name.

    Args:
        folder: where they go; else SPUSK_DATA, else the platform's cache.
        mirrors: addresses to ask, one after the other.
        progress: called with (file, bytes done, bytes in all) as bytes arrive.
        files: what is fetched, with sizes and SHA-256 of the unpacked content; else MNIST's four.
        timeout: seconds without an answer or a byte after which a mirror is given up.

    Returns:
        The folder.

    Raises:
        DownloadError: no mirror gave the right bytes (each one's reason), or the folder takes none.
    """
    where = mnist_folder(folder)
    try:
        missing = [
            file for file in files or FILES if not _right(find(where, file.part, file.kind), file)
        ]
        if not missing:
            return where
        where.mkdir(parents=True, exist_ok=True)
        with _alone(where):
            for file in missing:
                _fetch(where, file, mirrors, progress or (lambda *_: None), timeout)
    except OSError as error:
        raise DownloadError.keyed("download.folder", folder=where, why=reason(error)) from error
    return where


def _fetch(
    folder: Path, file: File, mirrors: Sequence[str], progress: Progress, timeout: float
) -> None:
    part = folder / f"{file.name}.part"
    tried = Tried([])
    for mirror in mirrors:
        try:
            _from_mirror(mirror, part, file, progress, timeout)
        except Unusable as why:
            tried.failed.append((mirror, why))
            continue
        moved(part, folder / file.name)
        return
    if part.exists() and not part.stat().st_size:
        part.unlink()
    raise DownloadError.keyed("download.failed", file=file.name, why=tried)


def _from_mirror(mirror: str, part: Path, file: File, progress: Progress, timeout: float) -> None:
    """Fills `part` with the right bytes, going on from what is there; else from the start."""
    if not mirror.startswith(("https://", "http://")):
        raise Unusable.keyed("download.address")
    url = mirror.rstrip("/") + "/" + file.name
    for resumed in (True, False) if part.exists() and part.stat().st_size else (False,):
        with part.open("r+b" if resumed else "wb") as out:
            status = _download(url, out, file, progress, timeout)
            out.flush()
            os.fsync(out.fileno())
        if _right(part, file):
            return
        size = part.stat().st_size
        part.unlink()
        if not resumed:
            raise Unusable.keyed("download.wrong", status=str(status), size=size)


def _download(url: str, out: BinaryIO, file: File, progress: Progress, timeout: float) -> int:
    """Appends the rest of `url` to `out`; the status. What has come stays when the line breaks."""
    end = monotonic() + timeout + file.size / SLOWEST
    done = out.seek(0, os.SEEK_END)
    answer = _in_time(lambda: _asked(url, done, timeout), timeout)
    if answer is None:
        return 416
    with answer:
        if done and not answer.headers.get("Content-Range", "").startswith(f"bytes {done}-"):
            done = out.seek(0)  # it ignores Range: from the start
            out.truncate()
            if answer.status != 200:
                return answer.status
        length = answer.headers.get("Content-Length", "")
        total = done + int(length) if length.isdecimal() else None
        while chunk := _next(answer):
            done += out.write(chunk)
            if done > file.size + CHUNK:
                raise Unusable.keyed("download.more", size=file.size)
            progress(file.name, done, total)
            if monotonic() > end:
                raise Unusable.keyed("download.slow", done=done)
        if total is not None and done < total:
            raise Unusable.keyed("download.cut", done=done, total=total)
        return answer.status


def _asked(url: str, done: int, timeout: float) -> http.client.HTTPResponse | None:
    """The answer of the server, from byte `done` on; None when it has nothing from there on."""
    headers = {"User-Agent": "spusk"} | ({"Range": f"bytes={done}-"} if done else {})
    try:
        request = urllib.request.Request(url, headers=headers)
        answer: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416:
            return None
        phrase = Reason("refusal", str(error.reason))
        raise Unusable.keyed("download.refused", code=str(error.code), why=phrase) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unusable.keyed("download.silent", why=reason(error, "no_answer")) from error
    return answer


def _in_time(
    ask: Callable[[], http.client.HTTPResponse | None], seconds: float
) -> http.client.HTTPResponse | None:
    """The answer, if its last header is there in so many seconds; sockets only time each byte."""
    answers: Queue[http.client.HTTPResponse | Unusable | None] = Queue()
    late = Event()

    def work() -> None:
        try:
            answer = ask()
        except Unusable as why:
            answers.put(why)
            return
        answers.put(answer)
        if late.is_set() and answer is not None:
            answer.close()

    Thread(target=work, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        late.set()
        raise Unusable.keyed("download.late", seconds=seconds) from None
    if isinstance(answer, Unusable):
        raise answer
    return answer


def _next(answer: http.client.HTTPResponse) -> bytes:
    try:
        return answer.read1(CHUNK)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unusable.keyed("download.broke_off", why=reason(error, "no_answer")) from error


def _right(path: Path | None, file: File) -> bool:
    """Whether the file's uncompressed content is the right one, read in pieces and no further."""
    if path is None:
        return False
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as stream:
            while size <= file.size and (chunk := stream.read(CHUNK)):
                digest.update(chunk)
                size += len(chunk)
    except (OSError, EOFError, zlib.error):
        return False
    return size == file.size and digest.hexdigest() == file.sha256


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Holds the folder's lock, so that two downloads never write into one part file."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(folder / ".lock", timeout=0):
            yield
    except Timeout as error:
        raise DownloadError.keyed("download.in_use", folder=folder) from error
