"""The one websocket: answers what a page says, and sends what it is told unasked."""

import asyncio
import json
import logging
from collections.abc import Awaitable
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from spusk._version import __version__
from spusk.errors import SpuskError
from spusk.i18n import LANGUAGES, say
from spusk.lab.requests import SHOWN, RequestReader
from spusk.lab.responses import preferred_language
from spusk.lab.runs.watchers import Outbox
from spusk.lab.server.handlers import BESIDE, IN_TURN, Talk

MOST_PAGES = 100  # connected at once: a large class, each with a page or two
LATER = 1013  # websocket close code: too far behind, come again


Said = dict[str, Any]


async def live(socket: WebSocket) -> None:
    """Lets one more page in, or says why not."""
    await socket.accept()
    pages: set[Outbox] = socket.app.state.pages
    if len(pages) >= MOST_PAGES:
        full = {lang: say("lab.many_pages", lang, n=MOST_PAGES) for lang in LANGUAGES}
        await socket.send_json({"refused": full})
        return await socket.close(LATER)
    box = Outbox(preferred_language(socket.scope))
    pages.add(box)
    try:
        await converse(socket, box)
    finally:
        pages.discard(box)


async def converse(socket: WebSocket, box: Outbox) -> None:
    """Greets, then answers message by message; what is told unasked comes between."""
    state = socket.app.state
    sender, aside = asyncio.create_task(sending(socket, box)), Aside()
    box.put(json.dumps({"hello": __version__, "lab": state.id}))
    try:
        while await wait_until_settled(box, sender) and (message := await socket.receive()):
            if message["type"] == "websocket.disconnect":
                break
            said = parse_message(message.get("text"))
            if said.get("lang") in LANGUAGES:
                box.lang = said["lang"]
            await dispatch(Talk(RequestReader(said, box.lang), box, state.runs, state.looks), aside)
    finally:
        for run in [*state.runs.kept.values()]:
            run.watchers.drop([box])
        aside.close()
        sender.cancel()


async def wait_until_settled(box: Outbox, sender: "asyncio.Task[None]") -> bool:
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


async def dispatch(talk: Talk, aside: "Aside") -> None:
    """Answers a message, or has it answered while others go on."""
    do = talk.asked.message.get("do")
    if isinstance(do, str) and do in BESIDE:
        aside.take(do, talk)
    elif isinstance(do, str) and do in IN_TURN:
        await reply(asyncio.to_thread(IN_TURN[do], talk), talk)
    else:
        talk.box.put(error_message(say("lab.not_understood", talk.lang), do))


class Aside:
    """The looks that a page waits for: of each kind one at a time, then the last it asked for."""

    def __init__(self) -> None:
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.next: dict[str, Talk] = {}

    def take(self, do: str, talk: Talk) -> None:
        """One more look is wanted."""
        if do in self.tasks:
            self.next[do] = talk
        else:
            self.tasks[do] = asyncio.create_task(self.answer(do, talk))

    async def answer(self, do: str, talk: Talk | None) -> None:
        """Answers until no more of this kind is wanted."""
        while talk is not None:
            await reply(BESIDE[do](talk), talk)
            talk = self.next.pop(do, None)
        del self.tasks[do]

    def close(self) -> None:
        """The page has left."""
        for task in self.tasks.values():
            task.cancel()


async def reply(answer: Awaitable[None], talk: Talk) -> None:
    """Waits for an answer; where there is none, tells why in the page's language."""
    do = talk.asked.message["do"]
    try:
        await answer
    except TimeoutError:
        talk.box.put(error_message(say("lab.slow_look", talk.lang), do))
    except SpuskError as wrong:
        talk.box.put(error_message(wrong.sentence(talk.lang), do))
    except Exception:
        logging.getLogger(__name__).exception("a live message could not be answered")
        talk.box.put(error_message(say("lab.broken", talk.lang), do))


def parse_message(text: str | None) -> Said:
    """The message's fields; none where it is no JSON object."""
    try:
        message = json.loads(text or "")
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


def error_message(sentence: str, do: object) -> str:
    """What went wrong, and with what."""
    return json.dumps({"error": sentence, "do": do[:SHOWN] if isinstance(do, str) else None})
