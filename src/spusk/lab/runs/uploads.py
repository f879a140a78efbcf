"""Files that a page sends, piece by piece: a set to train on, saved weights, or their history.

A person's name for a file is only shown, and its ending tells the reader; on disk each file has a
name of ours, in a folder that ends with the server. What was read is deleted.
"""

import asyncio
import gzip
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from tempfile import mkdtemp
from time import monotonic
from typing import Any
from weakref import finalize
from zipfile import BadZipFile, ZipFile

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from spusk import data
from spusk.data.npz import Bounded
from spusk.data.stream import CHUNK, reading
from spusk.errors import DataError, InputError, SpuskError
from spusk.i18n import say
from spusk.i18n.reasons import reason
from spusk.lab.jobs import BusyError, Jobs
from spusk.lab.requests import PIECE
from spusk.lab.responses import preferred_language
from spusk.lab.runs import histories
from spusk.lab.runs.loaded import weights_file
from spusk.lab.runs.training import Runs

LARGEST = 256 << 20  # bytes of a file, and of what it unpacks to
UNDER_WAY = 4  # files being sent at a time
PATIENCE = 60.0  # seconds without a piece, after which a file makes room for another
READING = 120.0  # seconds
TABLES = (".csv", ".tsv", ".txt")
WEIGHTS = ".safetensors"
ENDINGS = (*TABLES, *(f"{ending}.gz" for ending in TABLES), ".npz", WEIGHTS)
SHOWN = 60  # characters of a file's name
Query = Callable[[str], str | None]  # a field of the address -> its text


class Upload:
    """A file of which some has come; `held` bytes of `total`. run: the one whose history it is."""

    def __init__(
        self, folder: Path, name: str, ending: str, total: int, run: str | None = None
    ) -> None:
        self.id = token_hex(8)
        self.name, self.total, self.held, self.run = name, total, 0, run
        self.path = folder / f"{self.id}{ending}"
        self.touched = monotonic()

    def take(self, piece: bytes) -> None:
        """One more piece. OSError: it does not fit, and may be sent again."""
        with self.path.open("ab") as file:
            file.truncate(self.held)  # a piece of which only a part was written
            file.write(piece)
        self.held += len(piece)
        self.touched = monotonic()

    def drop(self) -> None:
        """Away with it."""
        self.path.unlink(missing_ok=True)


class Files:
    """The files under way; used on the event loop alone, but for `opened`."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.close: Callable[[], object] = lambda: None
        self.under_way: dict[str, Upload] = {}
        self.jobs, self.turn = Jobs(1, READING), asyncio.Lock()

    def piece(self, name: str, query: Query, body: bytes, lang: str) -> Upload:
        """The file that a piece was put to. Raises InputError, and nothing has changed."""
        total, at = whole(query("of")), whole(query("at"))
        if not 1 <= total <= LARGEST:
            raise InputError(say("lab.large_file", lang, limit=LARGEST >> 20))
        if at == 0 and query("file") is None:
            upload = self.begun(name, total, lang, query("run"))
        else:
            upload = self.found(query("file"), total, lang)
        if at != upload.held or not 1 <= len(body) <= min(PIECE, total - at):
            raise InputError(say("lab.wrong_piece", lang, at=upload.held, limit=PIECE))
        self.under_way[upload.id] = upload
        try:
            upload.take(body)
        except OSError as error:
            raise InputError.keyed("lab.full_disk", why=reason(error)) from error
        return upload

    def begun(self, name: str, total: int, lang: str, run: str | None) -> Upload:
        """A new file, not yet among those under way."""
        shown = shown_name(name)
        endings = ENDINGS if run is None else histories.ENDINGS
        ending = next((e for e in reversed(endings) if name.lower().endswith(e)), None)
        if ending is None:
            raise InputError(say("lab.wrong_file", lang, name=shown, endings=", ".join(endings)))
        self.tidy()
        if len(self.under_way) >= UNDER_WAY:
            raise InputError(say("lab.many_files", lang, n=UNDER_WAY))
        return Upload(self.room(), shown, ending, total, run)

    def room(self) -> Path:
        """The folder of the files, there until the server ends."""
        if self.folder is None:
            self.folder = Path(mkdtemp(prefix="spusk-lab-"))
            self.close = finalize(self, rmtree, self.folder, ignore_errors=True)
        return self.folder

    def tidy(self) -> None:
        """Away with files whose sender has left."""
        for old in [*self.under_way.values()]:
            if old.held < old.total and monotonic() - old.touched > PATIENCE:
                self.under_way.pop(old.id).drop()

    def found(self, mark: str | None, total: int, lang: str) -> Upload:
        """The file that was begun under this mark."""
        upload = self.under_way.get(mark or "")
        if upload is None or upload.total != total:
            raise InputError(say("lab.lost_file", lang))
        return upload

    async def read(self, upload: Upload, runs: Runs, lang: str) -> dict[str, Any]:
        """What a whole file holds, read off the event loop, one file at a time."""
        try:
            async with self.turn:
                return await self.jobs.run(lambda: opened(upload, runs, lang))
        except (BusyError, TimeoutError):
            raise InputError(say("lab.slow_file", lang, name=upload.name)) from None
        finally:
            del self.under_way[upload.id]


def opened(upload: Upload, runs: Runs, lang: str) -> dict[str, Any]:
    """A set, {"set": …}, or a run, {"run": …}. Raises InputError in which our path is not named."""
    try:
        if upload.run is not None:
            known = runs.find(upload.run, lang)
            histories.remember(known, upload.path, upload.name, lang)
            return {"run": known.described(lang)}
        if upload.path.suffix == WEIGHTS:
            run = runs.load(weights_file(upload.path, upload.name), lang)
            return {"run": run.described(lang)}
        if unpacked(upload.path) > LARGEST:
            raise InputError(say("lab.large_file", lang, limit=LARGEST >> 20))
        found = data.load(upload.path)
        return {"set": runs.sets.add(found, upload.name, lang).description()}
    except SpuskError as error:
        why = error.sentence(lang).replace(str(upload.path), upload.name)
        why = why.replace(upload.path.name, upload.name)
        raise InputError(say("lab.unread_file", lang, why=why)) from None
    finally:
        upload.drop()


def unpacked(path: Path) -> int:
    """Bytes that a file unpacks to, counted no further than needed. Raises DataError."""
    with reading(path):
        if path.suffix == ".npz":
            try:
                with Bounded(path) as raw, ZipFile(raw) as archive:
                    return sum(part.file_size for part in archive.infolist())
            except BadZipFile as error:
                raise DataError.keyed("data.corrupt", path=path, why=reason(error)) from error
        if path.suffix == ".gz":
            count = 0
            with gzip.open(path) as stream:
                while count <= LARGEST and (chunk := stream.read(CHUNK)):
                    count += len(chunk)
            return count
    return path.stat().st_size


def whole(text: str | None) -> int:
    """A number of an address; −1 for what is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else -1


def shown_name(name: str) -> str:
    """A file's name as it may be shown."""
    plain = "".join(c if c.isprintable() else "�" for c in name)
    return plain if len(plain) <= SHOWN else f"{plain[: SHOWN // 2]}…{plain[-SHOWN // 2 :]}"


async def receive(request: Request) -> Response:
    """One piece of a file; after the last one what the file holds, or what is wrong with it."""
    files: Files = request.app.state.files
    lang, query = preferred_language(request.scope), request.query_params
    body = await request.body()
    try:
        upload = files.piece(request.path_params["name"], query.get, body, lang)
        if upload.held < upload.total:
            return JSONResponse({"file": upload.id, "at": upload.held})
        return JSONResponse(await files.read(upload, request.app.state.runs, lang))
    except SpuskError as error:  # an answer like any other: people take the wrong file
        return JSONResponse({"error": error.sentence(lang)})
