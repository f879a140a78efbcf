"""Files that a page sends: a set to train on, saved weights, or their history.

A file comes as the body of one request and is written as it comes. A person's name for it is only
shown, and its ending tells the reader; on disk each file has a name of ours, in a folder that ends
with the server. What was read is deleted.
"""

import asyncio
import gzip
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from weakref import finalize
from zipfile import BadZipFile, ZipFile

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from spusk import data
from spusk.data.npz import Bounded
from spusk.data.stream import CHUNK, reading
from spusk.errors import DataError, InputError, SpuskError
from spusk.i18n import Phrase, say
from spusk.i18n.reasons import reason
from spusk.lab.jobs import BusyError, Jobs
from spusk.lab.requests import FILE_LIMIT
from spusk.lab.responses import error_response, preferred_language
from spusk.lab.runs import histories
from spusk.lab.runs.loaded import weights_file
from spusk.lab.runs.training import Runs

UNDER_WAY = 4  # files being sent at a time
PATIENCE = 60.0  # seconds without a byte, after which a file makes room for another
READING = 120.0  # seconds
TABLES = (".csv", ".tsv", ".txt")
WEIGHTS = ".safetensors"
ENDINGS = (*TABLES, *(f"{ending}.gz" for ending in TABLES), ".npz", WEIGHTS)
REMEDIES = {"option": Phrase("lab.name_column"), "remedy": Phrase("lab.fill_or_drop")}
SHOWN = 60  # characters of a file's name


class Upload:
    """A file that is being sent. run: the one whose history it is."""

    def __init__(self, folder: Path, name: str, ending: str, run: str | None = None) -> None:
        self.name, self.run = name, run
        self.path = folder / f"{token_hex(8)}{ending}"

    def drop(self) -> None:
        """Away with it."""
        with suppress(OSError):  # who still reads it drops it then
            self.path.unlink()


class Files:
    """The files under way; used on the event loop alone, but for `opened`."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.close: Callable[[], object] = lambda: None
        self.under_way: set[Upload] = set()
        self.jobs, self.turn = Jobs(1, READING), asyncio.Lock()

    def begun(self, name: str, lang: str, run: str | None) -> Upload:
        """A new file, not yet among those under way. Raises InputError."""
        shown = shown_name(name)
        endings = ENDINGS if run is None else histories.ENDINGS
        ending = next((e for e in reversed(endings) if name.lower().endswith(e)), None)
        if ending is None:
            raise InputError(say("lab.wrong_file", lang, name=shown, endings=", ".join(endings)))
        if len(self.under_way) >= UNDER_WAY:
            raise InputError(say("lab.many_files", lang, n=UNDER_WAY))
        return Upload(self.room(), shown, ending, run)

    async def taken(self, upload: Upload, request: Request, lang: str) -> dict[str, Any]:
        """What a file holds, once it has come whole. Raises InputError, ClientDisconnect."""
        self.under_way.add(upload)
        try:
            await written(upload, request, lang)
            return await self.read(upload, request.app.state.runs, lang)
        except BaseException:
            upload.drop()
            raise
        finally:
            self.under_way.remove(upload)

    def room(self) -> Path:
        """The folder of the files, there until the server ends."""
        if self.folder is None:
            self.folder = Path(mkdtemp(prefix="spusk-lab-"))
            self.close = finalize(self, rmtree, self.folder, ignore_errors=True)
        return self.folder

    async def read(self, upload: Upload, runs: Runs, lang: str) -> dict[str, Any]:
        """What a whole file holds, read off the event loop, one file at a time."""
        try:
            async with self.turn:
                return await self.jobs.run(lambda: opened(upload, runs, lang))
        except (BusyError, TimeoutError):
            raise InputError(say("lab.slow_file", lang, name=upload.name)) from None


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
        if unpacked(upload.path) > FILE_LIMIT:
            raise InputError(say("lab.large_file", lang, limit=FILE_LIMIT >> 20))
        found = data.load(upload.path)
        return {"set": runs.sets.add(found, upload.name, lang).description()}
    except SpuskError as error:
        why = said_on_page(error, lang).replace(str(upload.path), upload.name)
        why = why.replace(upload.path.name, upload.name)
        raise InputError(say("lab.unread_file", lang, why=why)) from None
    finally:
        upload.drop()


def said_on_page(error: SpuskError, lang: str) -> str:
    """What is wrong with a file, with what one can do who has the page and no command line."""
    if not error.words.startswith("tables."):
        return error.sentence(lang)
    return say(error.words, lang, **error.values | REMEDIES)


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
                while count <= FILE_LIMIT and (chunk := stream.read(CHUNK)):
                    count += len(chunk)
            return count
    return path.stat().st_size


def shown_name(name: str) -> str:
    """A file's name as it may be shown."""
    plain = "".join(c if c.isprintable() else "�" for c in name)
    return plain if len(plain) <= SHOWN else f"{plain[: SHOWN // 2]}…{plain[-SHOWN // 2 :]}"


async def written(upload: Upload, request: Request, lang: str) -> None:
    """Writes a file as it comes. InputError: no room, or its sender says no more."""
    pieces = request.stream()
    try:
        with upload.path.open("xb") as file:
            while piece := await asyncio.wait_for(anext(pieces, b""), PATIENCE):
                file.write(piece)
    except TimeoutError:
        raise InputError(say("lab.lost_file", lang)) from None
    except OSError as error:
        raise InputError.keyed("lab.full_disk", why=reason(error)) from error


async def receive(request: Request) -> Response:
    """What a file holds, or what is wrong with it."""
    files: Files = request.app.state.files
    lang, run = preferred_language(request.scope), request.query_params.get("run")
    try:
        upload = files.begun(request.path_params["name"], lang, run)
        return JSONResponse(await files.taken(upload, request, lang))
    except SpuskError as error:  # an answer like any other: people take the wrong file
        await rest(request)
        return JSONResponse({"error": error.sentence(lang)})
    except ClientDisconnect:  # or so it seems of one that is too large
        return error_response(request.scope, 413, "large_file", limit=FILE_LIMIT >> 20)


async def rest(request: Request) -> None:
    """Lets the rest of a file pass: a browser hears no answer before it has sent all of it."""
    with suppress(TimeoutError, ClientDisconnect, RuntimeError):
        async with asyncio.timeout(PATIENCE):
            async for _ in request.stream():
                pass
