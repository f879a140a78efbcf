"""A class that watches one training: nobody misses an epoch, nobody slows it down."""

import asyncio
import json
import time
from collections import Counter
from contextlib import asynccontextmanager
from statistics import median

import httpx
import pytest

from spusk.lab import looks
from spusk.lab.training import Runs
from tests.lab.asgi import server
from tests.lab.talk import connected
from tests.lab.test_server import running
from tests.lab.trained import LONG, PLAN, ended, tiny, until, wish

CLASS = 50


class Lab:
    """A real server, spoken to by many pages at once."""

    def __init__(self, address):
        self.base = address.split("/?")[0]
        with httpx.Client(timeout=20) as client:
            client.get(address)
            self.cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())

    @asynccontextmanager
    async def page(self):
        from websockets.asyncio.client import connect

        async with connect(
            f"{self.base.replace('http', 'ws')}/live", origin=self.base, max_size=None,
            additional_headers={"Cookie": self.cookie}, open_timeout=30,
        ) as socket:  # fmt: skip
            assert "hello" in await socket.recv()
            yield socket


async def asked(socket, kind, do, **fields):
    await socket.send(json.dumps({"do": do, **fields}))
    while kind not in (message := json.loads(await asyncio.wait_for(socket.recv(), 20))):
        assert "error" not in message, message
    return message[kind]


async def watched(lab, run, ready):
    """All that one page hears of a run, to its end."""
    async with lab.page() as socket:
        await socket.send(json.dumps({"do": "watch", "id": run}))
        heard = []
        async for text in socket:
            heard.append(json.loads(text))
            if len(heard) == 1:
                ready.release()
            if "ended" in heard[-1]:
                return heard


async def a_lesson(lab, plan):
    async with lab.page() as teacher:
        run = (await asked(teacher, "started", "start", **plan))["id"]
        await asked(teacher, "run", "pause", id=run)
        ready = asyncio.Semaphore(0)
        pupils = [asyncio.create_task(watched(lab, run, ready)) for _ in range(CLASS)]
        for _ in pupils:
            await asyncio.wait_for(ready.acquire(), 30)
        await asked(teacher, "run", "resume", id=run)
        return await asyncio.wait_for(asyncio.gather(*pupils), 100)


def test_a_class_hears_every_epoch_once_and_none_is_dropped():
    plan = PLAN | {"layers": [784, 30, 10], "epochs": 60, "rate": 0.5}
    with running() as (address, said):
        heard = asyncio.run(a_lesson(Lab(address), plan))
    for messages in heard:
        before = [row["epoch"] for row in messages[0]["run"]["history"]]
        epochs = [m["epoch"]["epoch"] for m in messages if "epoch" in m]
        assert before + epochs == [*range(1, 61)]
        assert messages[-1]["ended"]["state"] == "finished"
        assert Counter(next(iter(m)) for m in messages)["ended"] == 1
    assert len(heard) == CLASS
    assert "Traceback" not in "".join(said)


def test_the_server_ends_at_once_though_it_trains():
    async def begin(lab):
        async with lab.page() as socket:
            await asked(socket, "started", "start", **PLAN | LONG)

    with running() as (address, said):
        asyncio.run(begin(Lab(address)))
        began = time.monotonic()
    assert time.monotonic() - began < 10
    assert "Traceback" not in "".join(said)
    assert "FATAL" not in "".join(said)


@pytest.mark.parametrize("do", ["runs", "confusion"])
def test_who_never_reads_slows_nothing_and_grows_nothing(do, monkeypatch):
    looked, confusion = [], looks.confusion
    monkeypatch.setattr(looks, "confusion", lambda *its: looked.append(1) or confusion(*its))
    runs = Runs(tiny)
    app = server(runs=runs)
    run = runs.start(wish(epochs=200, rate=0.1), "en")
    runs.steer(run, "pause", "en")
    with connected(app) as deaf:
        deaf.ask("watch", "run", id=run.id)
        deaf.stop_reading()
        for _ in range(1000):
            deaf.send(type="websocket.receive", text=json.dumps({"do": do, "id": run.id}))
        [box] = run.watchers.boxes
        runs.steer(run, "go", "en")
        most = 0
        while not run.over:
            most = max(most, len(box.waiting) + len(box.progress))
            time.sleep(0.01)
        ended(run)
        assert len(run.history) == 200
        assert do == "confusion" or deaf.coming.qsize() >= 998, "what it asks is not even read"
        assert len(looked) <= 2, "a look is taken for the last of those who asked"
        until(lambda: len(box.waiting) >= 200)
        assert max(most, len(box.waiting)) <= 207, "the epochs, the end, a state, an answer or two"
        assert len(box.progress) <= 1
    runs.close()


async def speed(socket, seconds):
    """Epochs per second of the run that this page watches."""
    places, began = [], time.monotonic()
    while (now := time.monotonic()) < began + seconds or len(places) < 3:
        message = json.loads(await asyncio.wait_for(socket.recv(), 20))
        if "progress" in message and now > began + 0.3:  # what has waited is heard by then
            places.append((time.monotonic(), message["progress"]["epoch"]))
    (first, start), (last, end) = places[0], places[-1]
    return (end - start) / (last - first)


class Pupil:
    """A page as page/network.js is: it asks about its drawing and the weights while it watches."""

    DRAW, LOOK = 0.5, 1.0  # seconds between two drawings, two pictures of the weights

    def __init__(self, run):
        pixels = [200 if 8 < k // 28 < 20 and 12 < k % 28 < 16 else 0 for k in range(784)]
        self.draw = json.dumps({"do": "draw", "id": run, "pixels": pixels})
        self.look = json.dumps({"do": "weights", "id": run})
        self.watch = json.dumps({"do": "watch", "id": run})
        self.epochs, self.answers, self.ready = [], Counter(), asyncio.Event()
        self.drew = self.looked = 0.0
        self.drawing = False

    async def sit(self, lab):
        """Watches until it is sent home; a connection that ends before is an error."""
        async with lab.page() as socket:
            await socket.send(self.watch)
            async for text in socket:
                kind = text[2 : text.index('"', 2)]
                self.answers[kind] += 1
                await self.hear(socket, kind, text)
        raise AssertionError("dropped")

    async def hear(self, socket, kind, text):
        assert kind != "error", text
        if kind == "run":
            self.ready.set()
        if kind == "drawn":
            self.drawing = False
        if kind == "epoch":
            self.epochs.append(json.loads(text)["epoch"]["epoch"])
        if kind in ("progress", "epoch"):
            now = time.monotonic()
            if now - self.drew >= self.DRAW and not self.drawing:
                self.drew, self.drawing = now, True
                await socket.send(self.draw)
            if now - self.looked >= self.LOOK:
                self.looked = now
                await socket.send(self.look)


async def sent_home(tasks):
    """Ends these; whoever had ended before was dropped."""
    for task in tasks:
        task.cancel()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(end, asyncio.CancelledError) for end in ends), ends


async def alone_and_in_class(lab, turns, seconds):
    """A training's speeds in turns, without and with a class, and what each of the class heard."""
    speeds, heard = {0: [], CLASS: []}, []
    async with lab.page() as teacher:
        plan = PLAN | LONG | {"layers": [784, 300, 10], "rate": 0.1}
        run = (await asked(teacher, "started", "start", **plan))["id"]
        await asked(teacher, "run", "watch", id=run)
        for count in [0, CLASS] * turns:
            pupils = [Pupil(run) for _ in range(count)]
            tasks = [asyncio.create_task(pupil.sit(lab)) for pupil in pupils]
            for pupil in pupils:
                await asyncio.wait_for(pupil.ready.wait(), 30)
            speeds[count].append(await speed(teacher, seconds))
            await sent_home(tasks)
            heard += pupils
    return speeds, heard


@pytest.mark.soak
def test_a_class_slows_a_training_by_less_than_a_tenth():
    """Each turn is compared with the one before it: what else the machine does comes and goes."""
    with running() as (address, _):
        speeds, heard = asyncio.run(alone_and_in_class(Lab(address), 12, 2.5))
    share = median(many / one for one, many in zip(*speeds.values(), strict=True))
    told = sum((pupil.answers for pupil in heard), Counter())
    print(f"{median(speeds[0]):.3f} epochs/s alone, {median(speeds[CLASS]):.3f} with {CLASS}: "
          f"{share:.3f} in the median of 12 turns; {dict(told)}")  # fmt: skip
    for pupil in heard:
        assert pupil.epochs == [*range(pupil.epochs[0], pupil.epochs[0] + len(pupil.epochs))]
        assert pupil.answers["weights"] >= 2
        assert pupil.answers["drawn"] >= 3
    assert share > 0.9
