"""The one websocket: what a page may say, who answers, and what it is told unasked."""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any, NamedTuple

from starlette.websockets import WebSocket, WebSocketDisconnect

from spusk import __version__
from spusk.errors import InputError, SpuskError
from spusk.lab import looks
from spusk.lab.asked import SHOWN, Asked
from spusk.lab.guard import spoken
from spusk.lab.kept import Kept
from spusk.lab.sets import Facts
from spusk.lab.training import Runs
from spusk.lab.watchers import Outbox
from spusk.words import LANGUAGES, say

MOST_PAGES = 100  # connected at once: a large class, each with a page or two
LATER = 1013  # websocket close code: too far behind, come again


class Talk(NamedTuple):
    """A message being answered: its fields, who asked, and the trainings."""

    asked: Asked
    box: Outbox
    runs: Runs

    @property
    def lang(self) -> str:
        """The page's language."""
        return self.box.lang

    @property
    def run(self) -> Kept:
        """The run that is meant. Raises InputError."""
        return self.runs.find(self.asked.message.get("id"), self.lang)


Said = dict[str, Any]


def listed(talk: Talk) -> Said:
    """All runs, and all sets."""
    runs = [run.described(talk.lang) for run in [*talk.runs.kept.values()]]
    return {"runs": runs, "sets": [facts.told() for facts in talk.runs.sets.facts.values()]}


def start(talk: Talk) -> Said:
    """A new training."""
    run = talk.runs.start(talk.asked.wish(talk.runs.sets.facts), talk.lang)
    return {"started": run.described(talk.lang)}


def steered(wanted: str) -> Callable[[Talk], Said]:
    """An answer that makes a run go on, pause, do one epoch, or stop."""

    def steer(talk: Talk) -> Said:
        run = talk.run
        talk.runs.steer(run, wanted, talk.lang)
        return {"run": run.described(talk.lang)}

    return steer


def pictured(run: Kept, lang: str) -> Facts:
    """What is known of a run's set, which has pictures. Raises InputError for one that has none."""
    if run.facts is None or run.facts.shape is None:
        raise InputError(say("lab.no_picture", lang))
    return run.facts


def weights(talk: Talk) -> Said:
    """The first layer as pictures."""
    run = talk.run
    shape = pictured(run, talk.lang).shape
    assert shape is not None
    return {"weights": {"id": run.id} | looks.weights(run.seen, shape)}


def confusion(talk: Talk) -> Said:
    """What it takes for what."""
    run = talk.run
    test = run.sets and (run.sets.test or run.sets.train)
    if test is None or run.facts is None or run.facts.names is None:
        raise InputError(say("lab.no_classes", talk.lang))
    return {"confusion": {"id": run.id} | looks.confusion(run.seen, test, run.facts)}


def draw(talk: Talk) -> Said:
    """α(x) of a drawn picture."""
    run = talk.run
    facts = pictured(run, talk.lang)
    assert facts.shape is not None
    ink = talk.asked.pixels("pixels", facts.shape)
    if not ink.any():
        raise talk.asked.wrong("nothing_drawn", "pixels")
    return {"drawn": {"id": run.id} | looks.answer(run.seen, ink, facts.white)}


def forget(talk: Talk) -> Said:
    """One run less."""
    run = talk.run
    talk.runs.forget(run)
    return {"forgotten": run.id}


MESSAGES: dict[str, Callable[[Talk], Said]] = {  # a message's "do" -> its answer, off the loop
    "runs": listed,
    "start": start,
    "pause": steered("pause"),
    "resume": steered("go"),
    "step": steered("epoch"),
    "stop": steered("stop"),
    "weights": weights,
    "confusion": confusion,
    "draw": draw,
    "forget": forget,
}


def watch(talk: Talk) -> str:
    """The run as it is now; from here on every news of it comes too, none missing, none twice."""
    run = talk.run
    with run.gate:
        run.watchers.add(talk.box)
        described = run.described(talk.lang)
    return json.dumps({"run": described})


def unwatch(talk: Talk) -> str:
    """No more news of the run, from this answer on."""
    run = talk.run
    run.watchers.drop([talk.box])
    talk.box.hush(run.id)
    return json.dumps({"unwatched": run.id})


ON_THE_LOOP = {"watch": watch, "unwatch": unwatch}  # what must not be overtaken by news


async def live(socket: WebSocket) -> None:
    """Lets one more page in, or says why not."""
    await socket.accept()
    pages: set[Outbox] = socket.app.state.pages
    if len(pages) >= MOST_PAGES:
        full = {lang: say("lab.many_pages", lang, n=MOST_PAGES) for lang in LANGUAGES}
        await socket.send_json({"refused": full})
        return await socket.close(LATER)
    box = Outbox(spoken(socket.scope))
    pages.add(box)
    try:
        await talked(socket, box)
    finally:
        pages.discard(box)


async def talked(socket: WebSocket, box: Outbox) -> None:
    """Greets, then answers message by message; what is told unasked comes between."""
    runs: Runs = socket.app.state.runs
    sender = asyncio.create_task(sending(socket, box))
    box.put(json.dumps({"hello": __version__, "lab": socket.app.state.id}))
    try:
        while await settled(box, sender) and (message := await socket.receive()):
            if message["type"] == "websocket.disconnect":
                break
            box.put(await answered(runs, box, message.get("text")))
    finally:
        for run in [*runs.kept.values()]:
            run.watchers.drop([box])
        sender.cancel()


async def settled(box: Outbox, sender: "asyncio.Task[None]") -> bool:
    """Waits until all is sent, so that who does not read cannot ask for more; False: it left."""
    rested = asyncio.create_task(coming_to_rest(box))
    try:
        await asyncio.wait({rested, sender}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        rested.cancel()
    return not sender.done()


async def coming_to_rest(box: Outbox) -> None:
    """Ends when nothing waits to be sent."""
    await box.rested.wait()


async def sending(socket: WebSocket, box: Outbox) -> None:
    """Sends what waits, one after another, as fast as the page reads."""
    try:
        while (text := await box.next()) is not None:
            await socket.send_text(text)
        await socket.close(LATER)
    except (WebSocketDisconnect, RuntimeError):  # it has left meanwhile
        return


async def answered(runs: Runs, box: Outbox, text: str | None) -> str:
    """The answer to one message; what is wrong with it is told in the page's language."""
    message = understood(text)
    do = message.get("do")
    if message.get("lang") in LANGUAGES:
        box.lang = message["lang"]
    if not isinstance(do, str) or not (do in ON_THE_LOOP or do in MESSAGES):
        return error(say("lab.not_understood", box.lang), do)
    talk = Talk(Asked(message, box.lang), box, runs)
    try:
        if do in ON_THE_LOOP:
            return ON_THE_LOOP[do](talk)
        return await asyncio.to_thread(lambda: json.dumps(MESSAGES[do](talk)))
    except SpuskError as wrong:
        return error(wrong.sentence(box.lang), do)
    except Exception:
        logging.getLogger(__name__).exception("a live message could not be answered")
        return error(say("lab.broken", box.lang), do)


def understood(text: str | None) -> Said:
    """The message's fields; none where it is no JSON object."""
    try:
        message = json.loads(text or "")
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


def error(sentence: str, do: object) -> str:
    """What went wrong, and with what."""
    return json.dumps({"error": sentence, "do": do[:SHOWN] if isinstance(do, str) else None})
