"""The lab's server: ONE table of routes, from which the app and its attack tests are made."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from importlib.resources import files
from secrets import token_hex
from typing import Any, NamedTuple

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp

from spusk.errors import SpuskError
from spusk.functions.gallery import GALLERY
from spusk.i18n import LANGUAGES, topic
from spusk.lab.facts import facts
from spusk.lab.formulas.basins import Maps, map_request
from spusk.lab.formulas.page_data import PAGE_TOPICS, described_entry
from spusk.lab.formulas.pool import Formulas
from spusk.lab.jobs import BusyError
from spusk.lab.requests import FORMULA_LIMIT
from spusk.lab.responses import error_response, preferred_language, redirect_home
from spusk.lab.runs.base import LabRun
from spusk.lab.runs.downloads import Downloads
from spusk.lab.runs.snapshots import Looks
from spusk.lab.runs.training import Runs
from spusk.lab.runs.uploads import Files, receive
from spusk.lab.server.guard import Guard
from spusk.lab.server.live import live

KINDS = {"js": "text/javascript", "css": "text/css", "html": "text/html", "svg": "image/svg+xml"}
PLAIN_PATH = re.compile(rf"([\w-]+/)*[\w-]+(\.[\w-]+)*\.({'|'.join(KINDS)})", re.ASCII)
REASONS = {404: "not_found", 405: "wrong_method"}


def page_file(name: str) -> Response:
    """One file of the page, by a path that cannot leave its folder."""
    file = files("spusk.lab").joinpath("page", name)
    if not PLAIN_PATH.fullmatch(name) or not file.is_file():
        raise HTTPException(404)
    kind = KINDS[name.rpartition(".")[2]]
    return Response(file.read_bytes(), media_type=kind, headers={"Cache-Control": "no-cache"})


async def index(request: Request) -> Response:
    """The page itself, at the address without a question."""
    return redirect_home() if request.url.query else page_file("index.html")


async def page(request: Request) -> Response:
    """A module, style or picture of the page."""
    return page_file(request.path_params["file"])


async def words(request: Request) -> Response:
    """Every sentence of the page in one language."""
    lang = request.path_params["lang"]
    if lang not in LANGUAGES:
        raise HTTPException(404)
    said = {name.removeprefix("page_"): topic(name, lang) for name in PAGE_TOPICS}
    return JSONResponse(said, headers={"Cache-Control": "no-cache"})


async def known(request: Request) -> Response:
    """Limits, presets, codes and names, as Python has them."""
    return JSONResponse(facts(), headers={"Cache-Control": "no-cache"})


async def gallery(request: Request) -> Response:
    """The gallery's functions, each with its view, minima, start and rate."""
    return JSONResponse([described_entry(entry) for entry in GALLERY.values()])


async def formula(request: Request) -> Response:
    """A formula read: its tape, gradient and how both are written."""
    text, lang = formula_text(await request.body()), preferred_language(request.scope)
    if text is None:
        return error_response(request.scope, 422, "not_json")
    if len(text) > FORMULA_LIMIT:
        return error_response(request.scope, 422, "long_formula", n=len(text), limit=FORMULA_LIMIT)

    said = await formulas_of(request).described(text)
    wrong = {"error": said["error"][lang], "place": said["place"]} if "error" in said else None
    return JSONResponse(wrong or said["answer"])  # people type and err: an answer like any other


def formulas_of(request: Request) -> Formulas:
    """Who reads formulas."""
    found: Formulas = request.app.state.formulas
    return found


def formula_text(body: bytes) -> str | None:
    """The text of {"formula": text}; None for any other body."""
    try:
        said = json.loads(body)
        text = said["formula"]
        text.encode()  # half a surrogate pair is no text
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return text if isinstance(text, str) else None


async def basins(request: Request) -> Response:
    """Which minimum each start reaches (int16), then in how many steps (uint16): size² of each."""
    wish = map_request(await request.body())
    if wish is None:
        return error_response(request.scope, 422, "not_json")
    said = await formulas_of(request).described(wish.formula)
    if "error" in said or said["answer"]["tape"]["n"] != 2:
        return error_response(request.scope, 422, "not_json")

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    body = await request.app.state.maps.made(said["answer"], wish, gone)
    if body is None:
        return Response(status_code=204)
    return Response(body, media_type="application/octet-stream")


async def export(request: Request) -> Response:
    """The page without the trainings as one file, with the formula in use."""
    text = request.query_params.get("f", "")
    if len(text) > FORMULA_LIMIT:
        return error_response(request.scope, 422, "long_formula", n=len(text), limit=FORMULA_LIMIT)

    said = await formulas_of(request).exported(text)
    if "error" in said:
        return JSONResponse({"error": said["error"][preferred_language(request.scope)]}, 422)
    return attachment(said["answer"].encode(), "text/html", "spusk-lab.html")


async def weights(request: Request) -> Response:
    """A run's weights as they are now, to keep."""
    run = requested_run(request)
    answer = await request.app.state.downloads.answer(run)
    return as_attachment(answer, f"spusk-{run.id}.safetensors")


async def history(request: Request) -> Response:
    """A run and its epochs, to keep."""
    run = requested_run(request)
    body = json.dumps(
        run.described(preferred_language(request.scope)), indent=2, ensure_ascii=False
    )
    return attachment(body.encode(), "application/json", f"spusk-{run.id}.json")


def requested_run(request: Request) -> LabRun:
    """The run that an address names, or 404."""
    runs: Runs = request.app.state.runs
    run = runs.kept.get(request.path_params["id"])
    if run is None:
        raise HTTPException(404)
    return run


def attachment(body: bytes, kind: str, name: str) -> Response:
    """A file to be saved, not shown."""
    return as_attachment(Response(body, media_type=kind), name)


def as_attachment(answer: Response, name: str) -> Response:
    """The answer as a file of this name."""
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


class Row(NamedTuple):
    """One route; needs: what a request must bring besides the right Host, and may not exceed."""

    path: str
    method: str  # GET, POST or websocket
    handler: Callable[[Any], Awaitable[Any]]
    needs: tuple[str, ...]

    def route(self) -> BaseRoute:
        """The same as Starlette wants it."""
        if self.method == "websocket":
            return WebSocketRoute(self.path, self.handler)
        return Route(self.path, self.handler, methods=[self.method])


ROUTES = (
    Row("/", "GET", index, ("token",)),
    Row("/page/{file:path}", "GET", page, ("token",)),
    Row("/words/{lang}", "GET", words, ("token",)),
    Row("/facts", "GET", known, ("token",)),
    Row("/gallery", "GET", gallery, ("token",)),
    Row("/formula", "POST", formula, ("token", "origin", "size")),
    Row("/basins", "POST", basins, ("token", "origin", "size")),
    Row("/export", "GET", export, ("token",)),
    Row("/runs/{id}/weights.safetensors", "GET", weights, ("token",)),
    Row("/runs/{id}/history.json", "GET", history, ("token",)),
    Row("/files/{name}", "POST", receive, ("token", "origin", "stream")),
    Row("/live", "websocket", live, ("token", "origin", "size")),
)


async def describe_failure(request: Request, error: Exception) -> Response:
    """What a person is told when a route could not answer."""
    if isinstance(error, SpuskError):
        return JSONResponse({"error": error.sentence(preferred_language(request.scope))}, 422)
    if isinstance(error, BusyError):
        return error_response(request.scope, 429, "busy")
    if isinstance(error, TimeoutError):
        return error_response(request.scope, 503, "slow", seconds=formulas_of(request).seconds)
    if isinstance(error, HTTPException):
        return error_response(
            request.scope, error.status_code, REASONS.get(error.status_code, "broken")
        )
    return error_response(request.scope, 500, "broken")


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Warms up, and ends the trainings: a thread must not outlive what it works with."""
    app.state.formulas.warm()
    yield
    app.state.formulas.close()
    app.state.looks.close()
    await asyncio.to_thread(app.state.runs.close)
    app.state.files.close()


def create(
    hosts: frozenset[bytes],
    token: str,
    formulas: Formulas | None = None,
    runs: Runs | None = None,
    once: Iterable[str] = (),
) -> ASGIApp:
    """The whole server as one ASGI app, behind its guard."""
    kinds = (SpuskError, BusyError, TimeoutError, HTTPException, Exception)
    handlers = dict.fromkeys(kinds, describe_failure)
    routes = [row.route() for row in ROUTES]
    app = Starlette(routes=routes, exception_handlers=handlers, lifespan=lifespan)
    state = app.state
    state.id, state.pages = token_hex(8), set()
    state.formulas, state.runs, state.files = formulas or Formulas(), runs or Runs(), Files()
    state.looks, state.downloads, state.maps = Looks(), Downloads(), Maps()
    streams = tuple(row.path.partition("{")[0] for row in ROUTES if "stream" in row.needs)
    return Guard(app, hosts, token, once, streams)
