"""A class in the lab, without browsers: pages that watch a training and ask what pages ask."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

CLASS = 50
PLAN = {"data": "sample", "layers": [784, 800, 10], "rate": 0.1, "batch": 10, "epochs": 1000,
        "init": "scaled", "seed": 0}  # fmt: skip
DIGIT = [200 if 8 < k // 28 < 20 and 12 < k % 28 < 16 else 0 for k in range(784)]


class Lab:
    """A lab that runs, spoken to by many pages at once."""

    def __init__(self, address: str) -> None:
        self.base = address.partition("/?")[0]
        with httpx.Client(timeout=20) as client:
            client.get(address)
            self.cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())

    @asynccontextmanager
    async def page(self) -> AsyncIterator["ClientConnection"]:
        """One page's connection, greeted."""
        from websockets.asyncio.client import connect

        async with connect(
            f"{self.base.replace('http', 'ws')}/live", origin=self.base, max_size=None,
            additional_headers={"Cookie": self.cookie}, open_timeout=30,
        ) as socket:  # fmt: skip
            assert "hello" in str(await socket.recv())
            yield socket


async def asked(socket: "ClientConnection", kind: str, do: str, **fields: Any) -> Any:  # noqa: ANN401
    """An answer; what comes before it is passed over."""
    await socket.send(json.dumps({"do": do, **fields}))
    while True:
        for line in str(await asyncio.wait_for(socket.recv(), 20)).split("\n"):
            message = json.loads(line)
            assert "error" not in message, message
            if kind in message:
                return message[kind]


class Pupil:
    """A page as page/network/view.js is; a busy one asks for answers and pictures as it watches."""

    DRAW, LOOK = 0.5, 1.0  # seconds between two drawings, two pictures of the weights

    def __init__(self, run: str, busy: bool) -> None:
        self.busy = busy
        self.draw = json.dumps({"do": "draw", "id": run, "pixels": DIGIT})
        self.look = json.dumps({"do": "weights", "id": run})
        self.watch = json.dumps({"do": "watch", "id": run})
        self.epochs: list[int] = []
        self.answers: Counter[str] = Counter()
        self.ready = asyncio.Event()
        self.drew = self.looked = 0.0
        self.drawing = False

    async def sit(self, lab: Lab) -> None:
        """Watches until it is sent home; a connection that ends before is an error."""
        async with lab.page() as socket:
            await socket.send(self.watch)
            async for text in socket:
                for line in str(text).split("\n"):
                    await self.hear(socket, line)
        raise AssertionError("dropped")

    async def hear(self, socket: "ClientConnection", text: str) -> None:
        """Takes in one message; asks where it is time to."""
        kind = text[2 : text.index('"', 2)]
        assert kind != "error", text
        self.answers[kind] += 1
        if kind == "run":
            self.ready.set()
        if kind == "drawn":
            self.drawing = False
        if kind == "epoch":
            self.epochs.append(json.loads(text)["epoch"]["epoch"])
        if self.busy and kind in ("progress", "epoch"):
            await self.ask(socket)

    async def ask(self, socket: "ClientConnection") -> None:
        """Asks what it is time to ask."""
        now = time.monotonic()
        if now - self.drew >= self.DRAW and not self.drawing:
            self.drew, self.drawing = now, True
            await socket.send(self.draw)
        if now - self.looked >= self.LOOK:
            self.looked = now
            await socket.send(self.look)


class Class(NamedTuple):
    """So many pages, which only watch or are busy."""

    count: int
    busy: bool = False


NOBODY, ONE, ALL, ALL_BUSY = Class(0), Class(1), Class(CLASS), Class(CLASS, busy=True)


class Turns:
    """Speeds of a training in turns: with nobody, and with each of some classes that watch it."""

    def __init__(self, turns: int, seconds: float, *classes: Class) -> None:
        self.turns, self.seconds = turns, seconds
        self.speeds: dict[Class, list[float]] = {each: [] for each in (NOBODY, *classes)}
        self.pupils: list[Pupil] = []

    async def measure(self, lab: Lab) -> "Turns":
        """Trains, and has them come and go. AssertionError: one was dropped, or missed an epoch."""
        async with lab.page() as teacher:
            for here in [*self.speeds] * self.turns:  # each a training of its own: they may end
                run = (await asked(teacher, "started", "start", **PLAN))["id"]
                pupils = [Pupil(run, here.busy) for _ in range(here.count)]
                tasks = [asyncio.create_task(pupil.sit(lab)) for pupil in pupils]
                for pupil in pupils:
                    await asyncio.wait_for(pupil.ready.wait(), 30)
                self.speeds[here].append(await self.speed(teacher))
                await sent_home(tasks)
                self.pupils += pupils
                await asked(teacher, "run", "stop", id=run)
                await asked(teacher, "forgotten", "forget", id=run)
        for pupil in self.pupils:
            first = pupil.epochs[0] if pupil.epochs else 0
            assert pupil.epochs == [*range(first, first + len(pupil.epochs))], pupil.epochs
        return self

    async def speed(self, teacher: "ClientConnection") -> float:
        """Epochs per second, by the training's own clock: who measures watches nothing."""
        ends = time.monotonic() + self.seconds
        before = rows = (await asked(teacher, "runs", "runs"))[-1]["history"]
        while len(rows) < len(before) + 2 or time.monotonic() < ends:
            await asyncio.sleep(0.1 if time.monotonic() > ends else self.seconds)
            told = (await asked(teacher, "runs", "runs"))[-1]
            assert told["state"] == "running", "the training ended before it was measured"
            rows = told["history"]
        first, last = rows[len(before)], rows[-1]
        return (last["epoch"] - first["epoch"]) / (last["seconds"] - first["seconds"])

    def slowed(self, here: Class) -> list[float]:
        """By which share each turn was slower than the one with nobody before it."""
        pairs = zip(self.speeds[NOBODY], self.speeds[here], strict=True)
        return [1 - watched / alone for alone, watched in pairs]


async def sent_home(tasks: list["asyncio.Task[None]"]) -> None:
    """Ends these; who had ended before was dropped."""
    for task in tasks:
        task.cancel()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(end, asyncio.CancelledError) for end in ends), ends
