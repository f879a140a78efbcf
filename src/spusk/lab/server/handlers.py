"""What a page may say over its websocket, and what is answered: one function for each message."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any, NamedTuple

from spusk.errors import InputError
from spusk.i18n import say
from spusk.lab.requests import RequestReader
from spusk.lab.runs import inspect
from spusk.lab.runs.base import LabRun
from spusk.lab.runs.sets import SetFacts
from spusk.lab.runs.snapshots import PATIENCE, Looks
from spusk.lab.runs.training import Runs
from spusk.lab.runs.watchers import Outbox


class Talk(NamedTuple):
    """A message being answered: its fields, who asked, the trainings, and the looks at them."""

    asked: RequestReader
    box: Outbox
    runs: Runs
    looks: Looks

    @property
    def lang(self) -> str:
        """The page's language."""
        return self.box.lang

    @property
    def run(self) -> LabRun:
        """The run that is meant. Raises InputError."""
        return self.runs.find(self.asked.message.get("id"), self.lang)

    def say(self, **message: object) -> None:
        """Answers, from any thread.

        News take the same way to the page: who describes a run and answers while holding its gate
        overtakes no older news and is overtaken by none that are newer.
        """
        self.box.loop.call_soon_threadsafe(self.box.put, json.dumps(message))

    def say_how(self, run: LabRun) -> None:
        """The run as it is now."""
        with run.gate:
            self.say(run=run.described(self.lang))


def ping(talk: Talk) -> None:
    """A sign of life."""
    talk.say(pong=True)


def list_runs(talk: Talk) -> None:
    """All runs, and all sets."""
    sets = talk.runs.sets.description()
    kept = [*talk.runs.kept.values()]
    with ExitStack() as gates:
        for run in kept:
            gates.enter_context(run.gate)
        talk.say(runs=[run.described(talk.lang) for run in kept], sets=sets)


def start(talk: Talk) -> None:
    """A new training."""
    run = talk.runs.start(talk.asked.training_request(talk.runs.sets.facts), talk.lang)
    talk.say(started=run.described(talk.lang))


def steer_to(wanted: str) -> Callable[[Talk], None]:
    """An answer that makes a run go on, pause, do one epoch, or stop."""

    def steer(talk: Talk) -> None:
        run = talk.run
        talk.runs.steer(run, wanted, talk.lang)
        talk.say_how(run)

    return steer


def watch(talk: Talk) -> None:
    """The run as it is now; from here on every news of it comes too, none missing, none twice."""
    run = talk.run
    with run.gate:
        run.watchers.add(talk.box)
        talk.say_how(run)


def unwatch(talk: Talk) -> None:
    """No more news of the run, from this answer on."""
    run = talk.run
    run.watchers.drop([talk.box])
    talk.box.loop.call_soon_threadsafe(talk.box.hush, run.id)
    talk.say(unwatched=run.id)


def forget(talk: Talk) -> None:
    """One run less."""
    run = talk.run
    talk.runs.forget(run)
    talk.say(forgotten=run.id)


IN_TURN: dict[str, Callable[[Talk], None]] = {  # a message's "do" -> its answer, off the loop
    "ping": ping,
    "runs": list_runs,
    "start": start,
    "pause": steer_to("pause"),
    "resume": steer_to("go"),
    "step": steer_to("epoch"),
    "stop": steer_to("stop"),
    "watch": watch,
    "unwatch": unwatch,
    "forget": forget,
}


def pictured(run: LabRun, lang: str) -> tuple[SetFacts, tuple[int, int]]:
    """What is known of a run's set, and the shape of its pictures. InputError: it has none."""
    if run.facts is None or run.facts.shape is None:
        raise InputError(say("lab.no_picture", lang))
    return run.facts, run.facts.shape


async def send_look(
    talk: Talk, run: LabRun, kind: str, look: Callable[[Any], dict[str, Any]]
) -> None:
    """Answers with a look that is the same for all who ask."""
    text = talk.looks.at(run, kind, lambda net: json.dumps({kind: {"id": run.id} | look(net)}))
    async with asyncio.timeout(PATIENCE):
        talk.box.put(await asyncio.wrap_future(text))


async def weights(talk: Talk) -> None:
    """The first layer as pictures."""
    run = talk.run
    _, shape = pictured(run, talk.lang)
    await send_look(talk, run, "weights", lambda net: inspect.weights(net, shape))


async def confusion(talk: Talk) -> None:
    """What it takes for what."""
    run = talk.run
    test = run.sets and (run.sets.test or run.sets.train)
    if test is None or run.facts is None or run.facts.names is None:
        raise InputError(say("lab.no_classes", talk.lang))
    facts = run.facts
    await send_look(talk, run, "confusion", lambda net: inspect.confusion(net, test, facts))


async def draw(talk: Talk) -> None:
    """α(x) of a drawn picture."""
    await asyncio.get_running_loop().run_in_executor(talk.looks.quick, answer_drawing, talk)


def answer_drawing(talk: Talk) -> None:
    """The same, off the loop."""
    run = talk.run
    facts, shape = pictured(run, talk.lang)
    ink = talk.asked.pixels("pixels", shape)
    if not ink.any():
        raise talk.asked.refusal("nothing_drawn", "pixels")
    talk.say(drawn={"id": run.id} | inspect.answer_drawing(run.seen, ink, facts.white))


BESIDE: dict[str, Callable[[Talk], Awaitable[None]]] = {  # what holds up nothing else
    "weights": weights,
    "confusion": confusion,
    "draw": draw,
}
