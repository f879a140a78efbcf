"""`spusk lab`: the page in the browser, served to this machine."""

import logging
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

from spusk.cli.options import PATH
from spusk.errors import InputError, SpuskError
from spusk.i18n import say
from spusk.i18n.reasons import reason

if TYPE_CHECKING:
    from uvicorn import Server

    from spusk.lab.runs.training import Runs

NEEDED = ("starlette", "uvicorn", "websockets", "segno")
PORT = 8642
LOOPBACK, EVERYWHERE = "127.0.0.1", "0.0.0.0"
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
    type=PATH,
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
    "--load", "runs", multiple=True, metavar="RUN", type=PATH,
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
        raise SpuskError.keyed("lab.extra")
    if file is not None:
        write_page(file, texts, lang)
        return
    if len(texts) > 1:
        raise InputError.keyed("lab.many_texts", n=len(texts))
    picture = shared(*texts)
    guests = tuple(host_name(name) for name in names)
    kept = brought(sources, runs, lang)
    doors = listening(addresses(guests), port)
    serve(doors, guests, picture, lang, not no_browser, kept)


def brought(sources: tuple[str, ...], runs: tuple[Path, ...], lang: str) -> "Runs":
    """The trainings, with the sets and weights that were named; each is read now. SpuskError."""
    from spusk import data
    from spusk.lab.runs.loaded import from_path
    from spusk.lab.runs.sets import ALWAYS
    from spusk.lab.runs.training import Runs

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
    from spusk.lab.formulas.export import export

    size = export(file, formulas)
    click.echo(say("lab.exported", lang, file=file, size=size / 1000))


def serve(
    doors: list[socket.socket], guests: tuple[str, ...], picture: str, lang: str, browse: bool,
    runs: "Runs",
) -> None:  # fmt: skip
    """Tells the address, once, and answers until stopped."""
    import uvicorn

    from spusk.lab.server.app import create
    from spusk.lab.server.guard import LIMIT, allowed_hosts, new_token

    port, token, once = doors[0].getsockname()[1], new_token(), new_token()
    hosts = allowed_hosts((LOOPBACK, "localhost", *guests), port)
    app = create(hosts, token, runs=runs, once=[once] if browse else [])
    quiet = uvicorn.Config(
        app, access_log=False, log_level="warning", proxy_headers=False, server_header=False,
        ws="websockets-sansio", ws_max_size=LIMIT, timeout_graceful_shutdown=2,
        ws_per_message_deflate=False,  # this machine's own page: packing costs more than sending
    )  # fmt: skip
    server = uvicorn.Server(quiet)
    # a request that is cut off at the end, half a file for example, is nobody's error
    logging.getLogger("uvicorn.error").addFilter(lambda _: not server.should_exit)
    address = f"http://{(*guests, LOOPBACK)[0]}:{port}/?token={token}{picture}"
    with stoppable(server):
        click.echo(say("lab.open", lang, address=address))
        if guests:
            click.echo(say("lab.guests", lang))
            if sys.stdout.isatty():
                click.echo(code(address))
        click.echo(say("lab.stop", lang))
        if browse:  # others on this machine see what a browser is started with
            mine = address.replace(token, once)
            Thread(target=webbrowser.open, args=(mine,), daemon=True).start()
        server.run(sockets=doors)


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


def addresses(guests: tuple[str, ...]) -> list[str]:
    """Where to listen: on this machine, and where guests come from under these names.

    A name that is none of this machine's own addresses, a router's for example, says nothing
    about where they come from: then on every network.
    """
    found = [own_address(name) for name in guests]
    return [EVERYWHERE] if EVERYWHERE in found else [*dict.fromkeys((LOOPBACK, *found))]


def own_address(name: str) -> str:
    """The address of this machine that a name means to others, or all of them."""
    try:
        address = socket.gethostbyname(name)
        with socket.socket() as trial:
            trial.bind((address, 0))
    except OSError:
        return EVERYWHERE
    # many a machine takes its own name for the loopback, and to others it is something else
    here = address.startswith("127.") and name not in ("localhost", address)
    return EVERYWHERE if here else address


def listening(places: list[str], port: int) -> list[socket.socket]:
    """Sockets that already listen, all on one port: the browser never comes too early."""
    doors: list[socket.socket] = []
    try:
        for place in places:
            doors.append(opened(place, port if port or not doors else doors[0].getsockname()[1]))
    except OSError as error:
        for door in doors:
            door.close()
        raise SpuskError.keyed(
            "lab.port", port=str(port), why=reason(error), other=str(PORT + 1)
        ) from error
    return doors


def opened(place: str, port: int) -> socket.socket:
    """A socket that listens there. OSError: it cannot."""
    door = socket.socket(proto=socket.IPPROTO_TCP)  # only where it is named, answers go at once
    if os.name == "posix":  # elsewhere this would share a port that is taken
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((place, port))
        door.listen()
    except OSError:
        door.close()
        raise
    return door


def host_name(name: str) -> str:
    """The name as browsers send it."""
    lowered = name.lower()
    if not NAME.fullmatch(lowered) or lowered == EVERYWHERE:
        raise InputError.keyed("lab.host", name=name)
    return lowered


def shared(address: str | None = None) -> str:
    """The part of a shared address that describes its picture, # included; checked, not trusted."""
    if address is None:
        return ""
    from spusk.lab.requests import ADDRESS_LIMIT

    _, mark, picture = address.partition("#")
    if not mark:
        raise InputError.keyed("lab.no_mark")
    if len(picture) > ADDRESS_LIMIT:
        raise InputError.keyed("lab.long_address", n=len(picture), limit=ADDRESS_LIMIT)
    read = SHARED.match(picture)
    end = read.end() if read else 0
    if end < len(picture):
        raise InputError.keyed("lab.wrong_address", char=picture[end], place=end + 1)
    return f"#{picture}" if picture else ""
