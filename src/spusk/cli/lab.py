"""`spusk lab`: the page in the browser, served to this machine."""

import os
import re
import signal
import socket
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import TYPE_CHECKING

import click

from spusk.errors import InputError, SpuskError
from spusk.words import say

if TYPE_CHECKING:
    from uvicorn import Server

    from spusk.lab.training import Runs

NEEDED = ("starlette", "uvicorn", "websockets", "segno")
PORT = 8642
SHARED_LIMIT = 4000  # characters after #
SHARED = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*")
NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="Where it listens; 0: any free one.",
)
@click.option(
    "--host",
    "names",
    multiple=True,
    metavar="NAME",
    help="Let others in: the name or number this machine has on the network.",
)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option(
    "--export",
    "file",
    metavar="FILE.html",
    type=click.Path(path_type=Path),
    help="Write the page, without the trainings, as one file that works offline.",
)
@click.option(
    "--data",
    "sources",
    multiple=True,
    metavar="SET",
    help="A set of your own to train on: a file or folder, as for spusk train. Repeatable.",
)
@click.option(
    "--load", "runs", multiple=True, metavar="RUN", type=click.Path(path_type=Path),
    help="Weights to look at: a run folder, or weights.safetensors. Repeatable.",
)  # fmt: skip
@click.argument("texts", nargs=-1, metavar="[ADDRESS | FORMULA ...]")
@click.pass_obj
def lab(
    lang: str, port: int, names: tuple[str, ...], no_browser: bool, file: Path | None,
    sources: tuple[str, ...], runs: tuple[Path, ...], texts: tuple[str, ...],
) -> None:  # fmt: skip
    """Gradient descent in the browser, live; ADDRESS opens a shared picture.

    \b
    spusk lab
    spusk lab "http://127.0.0.1:8642/#…"
    spusk lab --host 192.168.1.5              a class may come in
    spusk lab --data iris.csv                 a set of your own
    spusk lab --export lab.html "x^2 + sin(y)"
    """
    if any(find_spec(name) is None for name in NEEDED):
        raise SpuskError("spusk lab needs: pip install 'spusk[lab]'")
    if file is not None:
        write_page(file, texts, lang)
        return
    if len(texts) > 1:
        raise InputError(f"spusk lab: expected at most one shared address, found {len(texts)} "
                         "texts; put it in quotes; formulas go with --export")  # fmt: skip
    picture = shared(*texts)
    guests = tuple(host_name(name) for name in names)
    kept = brought(sources, runs, lang)
    door = listening("0.0.0.0" if guests else "127.0.0.1", port)
    serve(door, guests, picture, lang, not no_browser, kept)


def brought(sources: tuple[str, ...], runs: tuple[Path, ...], lang: str) -> "Runs":
    """The trainings, with the sets and weights that were named; each is read now. SpuskError."""
    from spusk import data
    from spusk.lab.loaded import from_path
    from spusk.lab.sets import ALWAYS
    from spusk.lab.training import Runs

    kept = Runs()
    for source in sources:
        if source in ALWAYS:
            kept.sets.find(source, lang)
        else:
            kept.sets.add(data.load(source), Path(source).name, lang)
    for run in runs:
        kept.load(from_path(run, kept.sets, lang), lang)
    return kept


def write_page(file: Path, formulas: tuple[str, ...], lang: str) -> None:
    """Writes the page as one file and tells its size."""
    from spusk.lab.export import export

    size = export(file, formulas)
    click.echo(say("lab.exported", lang, file=file, size=size / 1000))


def serve(
    door: socket.socket, guests: tuple[str, ...], picture: str, lang: str, browse: bool,
    runs: "Runs",
) -> None:  # fmt: skip
    """Tells the address, once, and answers until stopped."""
    import uvicorn

    from spusk.lab.app import create
    from spusk.lab.guard import LIMIT, allowed_hosts, new_token

    port, token = door.getsockname()[1], new_token()
    app = create(allowed_hosts(("127.0.0.1", "localhost", *guests), port), token, runs=runs)
    quiet = uvicorn.Config(
        app, access_log=False, log_level="warning", proxy_headers=False, server_header=False,
        ws="websockets-sansio", ws_max_size=LIMIT, timeout_graceful_shutdown=2,
        ws_per_message_deflate=False,  # this machine's own page: packing costs more than sending
    )  # fmt: skip
    server = uvicorn.Server(quiet)
    address = f"http://{(*guests, '127.0.0.1')[0]}:{port}/?token={token}{picture}"
    with stoppable(server):
        click.echo(say("lab.open", lang, address=address))
        if guests:
            click.echo(say("lab.guests", lang))
            if sys.stdout.isatty():
                click.echo(code(address))
        click.echo(say("lab.stop", lang))
        if browse:
            Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        server.run(sockets=[door])


@contextmanager
def stoppable(server: "Server") -> Iterator[None]:
    """Ctrl+C ends the server whenever it comes. Raises KeyboardInterrupt once it has ended.

    The server listens for it only once it runs; before, Python would raise it in the middle of
    whatever is loading, where it can be swallowed, or a shell may have told Python to ignore it.
    """
    asked = []

    def stop(number: int, frame: FrameType | None) -> None:
        asked.append(number)
        server.handle_exit(number, frame)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.default_int_handler)
    if asked:
        raise KeyboardInterrupt


def code(address: str) -> str:
    """The address as a QR code of blocks, for the cameras of a class."""
    import segno

    drawn = StringIO()
    segno.make_qr(address).terminal(drawn, compact=True)
    return drawn.getvalue()


def listening(address: str, port: int) -> socket.socket:
    """A socket that already listens, so that the browser never comes too early."""
    door = socket.socket(proto=socket.IPPROTO_TCP)  # only where it is named, answers go at once
    if os.name == "posix":  # elsewhere this would share a port that is taken
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((address, port))
        door.listen()
    except OSError as error:
        door.close()
        raise SpuskError(
            f"port {port} cannot be opened ({error.strerror}), perhaps another spusk lab has it; "
            f"open that one, or choose another port: spusk lab --port {PORT + 1}"
        ) from error
    return door


def host_name(name: str) -> str:
    """The name as browsers send it."""
    lowered = name.lower()
    if not NAME.fullmatch(lowered) or lowered == "0.0.0.0":
        raise InputError(
            f"--host {name!r}: expected the name or number people type to reach this machine, "
            "without http:// and port, as in 192.168.1.5 or board.local"
        )
    return lowered


def shared(address: str | None = None) -> str:
    """The part of a shared address that describes its picture, # included; checked, not trusted."""
    if address is None:
        return ""
    _, mark, picture = address.partition("#")
    if not mark:
        raise InputError("a shared address has a # and its picture after it, found none; copy it "
                         "whole with the page's share button, and put it in quotes")  # fmt: skip
    if len(picture) > SHARED_LIMIT:
        raise InputError(f"the shared address has {len(picture):,} characters after #, expected at "
                         f"most {SHARED_LIMIT:,}; copy it again from the page")  # fmt: skip
    read = SHARED.match(picture)
    end = read.end() if read else 0
    if end < len(picture):
        raise InputError(f"the shared address has {picture[end]!r} at place {end + 1} after #, "
                         "which no address holds; copy it again from the page")  # fmt: skip
    return f"#{picture}" if picture else ""
