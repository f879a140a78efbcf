"""A class that watches one training: nobody misses an epoch, nobody slows it down."""

import asyncio
import json
import time
from collections import Counter
from statistics import median

import pytest
from benchmarks import classroom
from benchmarks.classroom import ALL, ALL_BUSY, CLASS, ONE, Lab, Pupil, Turns, asked

from spusk.lab.runs import inspect
from spusk.lab.runs.training import Runs
from tests.lab.asgi import server
from tests.lab.server.test_server import running
from tests.lab.talk import connected
from tests.lab.trained import LONG, PLAN, ended, tiny, until, wish

pytestmark = pytest.mark.more  # classes of fifty, each to the end of its lesson


async def watched(lab, run, ready):
    """All that one page hears of a run, to its end."""
    async with lab.page() as socket:
        await socket.send(json.dumps({"do": "watch", "id": run}))
        heard = []
        async for text in socket:
            if not heard:
                ready.release()
            heard += map(json.loads, text.split("\n"))
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
    looked, confusion = [], inspect.confusion
    monkeypatch.setattr(inspect, "confusion", lambda *its: looked.append(1) or confusion(*its))
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
        until(lambda: box.waiting and '"ended"' in box.waiting[-1])  # one frame is on its way
        assert max(most, len(box.waiting)) <= 207, "the epochs, the end, a state, an answer or two"
        assert len(box.progress) <= 1
    runs.close()


@pytest.mark.soak
def test_a_class_slows_a_training_by_less_than_a_tenth():
    """Each turn is compared with the one before it: what else the machine does comes and goes."""
    with running() as (address, _):
        lesson = asyncio.run(Turns(8, 2.5, ALL, ALL_BUSY).measure(Lab(address)))
    told = sum((pupil.answers for pupil in lesson.pupils), Counter())
    slowed, busy = (median(lesson.slowed(who)) for who in (ALL, ALL_BUSY))
    print(f"{CLASS} pages: slower by {slowed:.1%}, busy ones {busy:.1%}; {dict(told)}")
    for pupil in lesson.pupils:
        assert not pupil.busy or pupil.answers["weights"] >= 2
        assert not pupil.busy or pupil.answers["drawn"] >= 3
        assert pupil.epochs
    assert slowed < 0.1
    assert busy < 0.3


def test_pupils_who_are_dropped_or_miss_an_epoch_are_noticed():
    class Deaf(Pupil):
        async def hear(self, socket, text):
            await super().hear(socket, text)
            if len(self.epochs) == 2:
                self.epochs.pop()
                self.epochs.append(99)

    async def lesson(lab, pupil):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(classroom, "Pupil", pupil)
            return await Turns(1, 1.0, ONE).measure(lab)

    class Leaver(Pupil):
        async def hear(self, socket, text):
            await super().hear(socket, text)
            if self.epochs:
                await socket.close()

    with running() as (address, _):
        fine = asyncio.run(lesson(Lab(address), Pupil))
        assert fine.pupils[0].epochs
        assert -5 < fine.slowed(ONE)[0] < 1
        for wrong in (Deaf, Leaver):
            with pytest.raises(AssertionError):
                asyncio.run(lesson(Lab(address), wrong))
