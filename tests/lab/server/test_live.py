"""The websocket of the lab, spoken as the page speaks it: through the guard, message by message."""

import asyncio
import gc
import json
import time
from contextlib import ExitStack
from itertools import pairwise
from threading import Event, current_thread

import numpy as np
import pytest
from safetensors.numpy import load as load_tensors

from spusk.i18n import LANGUAGES, topic
from spusk.lab.runs import downloads, inspect, snapshots, watchers
from spusk.lab.runs.training import Runs
from spusk.lab.runs.watchers import Outbox
from spusk.lab.server import handlers, live
from spusk.training import pace
from tests.lab.asgi import TOKEN, ask, server
from tests.lab.talk import connected
from tests.lab.trained import LONG, PLAN, SLOW, one_run, tiny, until, wish

START = {"do": "start", **PLAN}
DIGIT = [200 if 8 < k // 28 < 20 and 12 < k % 28 < 16 else 0 for k in range(784)]


@pytest.fixture
def app():
    runs = Runs()
    yield server(runs=runs)
    runs.close()


@pytest.fixture
def page(app):
    with connected(app) as one:
        yield one


@pytest.fixture
def often(monkeypatch):
    """The engine looks up many times an epoch, however fast it is."""
    monkeypatch.setattr(pace, "CHUNK_SECONDS", 0.001)


RUN = {"id", "name", "state", "sizes", "rate", "batch", "epochs", "init", "seed", "data",
       "history", "outcome", "sentence", "loaded", "shape", "names", "whole"}  # fmt: skip
ROW = {"epoch", "cost", "accuracy", "test_cost", "test_accuracy", "seconds"}


def test_a_training_from_start_to_forgotten(page):
    assert page.ask("runs", "runs") == []
    run = page.ask("start", "started", **PLAN | {"layers": [784, 30, 10]})
    assert run.keys() == RUN
    assert (run["sizes"], run["rate"], run["data"]) == ([784, 30, 10], 3, "sample")
    first = page.ask("watch", "run", id=run["id"])
    ended = page.wait("ended")
    assert ended.keys() == {"id", "state", "outcome", "sentence"}
    assert (ended["state"], ended["outcome"]) == ("finished", "finished")
    assert "Best accuracy on the test set: 9" in ended["sentence"]
    rows = first["history"] + page.heard("epoch")
    assert [row["epoch"] for row in rows] == [*range(1, 11)]
    assert rows[-1].keys() - {"id"} == ROW
    assert rows[-1]["test_accuracy"] >= 0.92
    [kept] = page.ask("runs", "runs")
    assert kept["history"] == [{k: row[k] for k in row if k != "id"} for row in rows]
    assert page.ask("forget", "forgotten", id=run["id"]) == run["id"]
    assert page.ask("runs", "runs") == []


def test_pause_step_resume_and_stop_are_told_to_all(app, page):
    run = page.ask("start", "started", **PLAN | LONG)["id"]
    assert page.ask("pause", "run", id=run)["state"] == "paused"
    with connected(app) as other:
        before = other.ask("watch", "run", id=run)
        assert before["state"] == "paused"
        weights = page.ask("weights", "weights", id=run)
        assert page.ask("weights", "weights", id=run) == weights
        assert page.ask("step", "run", id=run)["epochs"] == 1000
        until(lambda: page.ask("runs", "runs")[0]["state"] == "paused")
        done = other.wait("epoch")["epoch"]
        assert done == len(before["history"]) + 1
        assert other.wait("run")["state"] == "paused"
        assert [m["state"] for m in other.heard("run")] == ["running"]
        assert page.ask("weights", "weights", id=run) != weights
        assert page.ask("resume", "run", id=run)["state"] == "running"
        assert page.ask("stop", "run", id=run)["state"] == "stopped"
        assert other.wait("ended")["state"] == "stopped"
        epochs = [row["epoch"] for row in other.heard("epoch")]
        assert epochs == [*range(done + 1, done + 1 + len(epochs))]


@pytest.mark.parametrize(("do", "kind"), [("step", "run"), ("watch", "run"), ("runs", "runs")])
def test_an_answer_never_comes_after_news_that_are_newer(monkeypatch, do, kind):
    """Whoever describes a run dawdles until the run has moved on, if it can."""
    runs = Runs(tiny)
    run = runs.start(wish(**LONG), "en")
    for wanted in ("pause", "epoch"):
        runs.steer(run, wanted, "en")
        until(lambda: run.state == "paused")
    rows, described, take = len(run.history), run.described, run.take
    called, begun = [], Event()

    def dawdling(lang):
        said = described(lang)
        called.append(current_thread())
        if len(called) > len(LANGUAGES) and run.thread not in called:
            begun.set()  # those who watch were told that it runs; this is for the answer
            end = time.monotonic() + 0.3
            while run.state == said["state"] and time.monotonic() < end:
                time.sleep(0.005)
        return said

    def held_up(event):
        assert not event.ends_epoch or begun.wait(20)
        take(event)

    monkeypatch.setattr(run, "take", held_up)
    with connected(server(runs=runs)) as page:
        page.ask("watch", "run", id=run.id)
        monkeypatch.setattr(run, "described", dawdling)
        if do != "step":
            runs.steer(run, "epoch", "en")
        page.send(type="websocket.receive", text=json.dumps({"do": do, "id": run.id}))
        until(lambda: run.state == "paused" and len(run.history) == rows + 1)
        page.ask("unwatch", "unwatched", id=run.id)
        assert [m for m in page.news if kind in m], "it was answered"
        told = [each for m in page.news for each in (m.get("runs") or [m.get("run")]) if each]
        assert [each["state"] for each in told][-1] == "paused", told
        lengths = [len(each["history"]) for each in told]
        assert lengths == sorted(lengths)
    runs.close()


@pytest.mark.usefixtures("often")
def test_progress_comes_at_most_ten_times_a_second(page):
    run = page.ask("start", "started", **PLAN | LONG | SLOW)["id"]
    page.ask("watch", "run", id=run)
    began = time.monotonic()
    while len(page.heard("progress")) < 12:
        page.news.append(page.said.get(timeout=20))
    assert time.monotonic() - began > 1.0
    places = [(m["epoch"], m["cost"], m["accuracy"], m["speed"]) for m in page.heard("progress")]
    assert all(a[0] < b[0] for a, b in pairwise(places))
    assert all(0 < cost < 10 and 0 <= share <= 1 and speed > 0 for _, cost, share, speed in places)
    assert page.heard("progress")[0].keys() == {"id", "epoch", "cost", "accuracy", "speed"}


def slow(monkeypatch, kind, gate):
    """Makes a look of this kind wait for a gate; what is looked at is remembered."""
    seen, look = [], getattr(inspect, kind)

    def waiting(net, *more):
        seen.append(net)
        assert gate.wait(20)
        return look(net, *more)

    monkeypatch.setattr(inspect, kind, waiting)
    return seen


def test_a_slow_look_holds_up_nothing_else(app, page, monkeypatch):
    gate = Event()
    seen = slow(monkeypatch, "confusion", gate)
    run = page.ask("start", "started", **PLAN | LONG)["id"]
    for _ in range(10):
        page.send(type="websocket.receive", text=json.dumps({"do": "confusion", "id": run}))
    assert page.ask("draw", "drawn", id=run, pixels=DIGIT)["id"] == run
    assert page.ask("weights", "weights", id=run)["id"] == run
    assert page.ask("pause", "run", id=run)["state"] == "paused"
    assert page.ask("stop", "run", id=run)["state"] == "stopped"
    assert not page.heard("confusion")
    gate.set()
    for _ in range(2):  # the first that was asked for, and the last
        page.wait("confusion")
    assert page.ask("runs", "runs")
    assert not page.heard("confusion"), "those between are no longer wanted"
    assert len(seen) == 2


def test_a_class_looks_once(monkeypatch):
    gate = Event()
    seen = slow(monkeypatch, "confusion", gate)
    app = server(runs=one_run())
    with ExitStack() as room:
        pages = [room.enter_context(connected(app)) for _ in range(8)]
        for each in pages:
            each.send(type="websocket.receive", text=json.dumps({"do": "confusion", "id": "1"}))
        until(lambda: seen)
        time.sleep(0.1)
        gate.set()
        tables = [each.wait("confusion") for each in pages]
        assert all(table == tables[0] for table in tables)
        assert pages[0].ask("confusion", "confusion", id="1") == tables[0]
        assert len(seen) == 1


def test_a_look_at_a_training_is_good_for_a_moment(app, page, monkeypatch):
    gate = Event()
    gate.set()
    seen = slow(monkeypatch, "weights", gate)
    run = page.ask("start", "started", **PLAN | LONG)["id"]
    monkeypatch.setattr(snapshots, "FRESH", 1000.0)
    first = page.ask("weights", "weights", id=run)
    until(lambda: app.app.state.runs.kept[run].history)
    assert page.ask("weights", "weights", id=run) == first
    monkeypatch.setattr(snapshots, "FRESH", 0.0)
    monkeypatch.setattr(snapshots, "WORTH", 0.0)
    until(lambda: page.ask("weights", "weights", id=run) != first)
    monkeypatch.setattr(snapshots, "FRESH", 1000.0)
    page.ask("pause", "run", id=run)
    exact = page.ask("weights", "weights", id=run)
    assert seen[-1] is app.app.state.runs.kept[run].seen, "a paused run is seen as it is"
    assert page.ask("weights", "weights", id=run) == exact


def test_a_look_that_broke_is_taken_anew(monkeypatch, caplog):
    with connected(server(runs=one_run())) as page:
        with monkeypatch.context() as broken:
            broken.setattr(inspect, "weights", lambda *_: 1 / 0)
            assert "mistake" in page.ask("weights", "error", id="1")
        assert page.ask("weights", "weights", id="1")["id"] == "1"


def test_who_watches_twice_hears_once(page):
    run = page.ask("start", "started", **PLAN | LONG | {"epochs": 50})["id"]
    for _ in range(3):
        first = page.ask("watch", "run", id=run)
    page.wait("ended")
    epochs = [row["epoch"] for row in page.heard("epoch")]
    assert len(epochs) == len(set(epochs))
    assert {*epochs, *(row["epoch"] for row in first["history"])} == {*range(1, 51)}


def test_training_goes_on_when_the_tab_is_closed_and_is_found_again(app):
    with connected(app) as page:
        run = page.ask("start", "started", **PLAN | {"epochs": 100})["id"]
        page.ask("watch", "run", id=run)
    with connected(app) as page:
        until(lambda: page.ask("runs", "runs")[0]["state"] == "finished")
        assert len(page.ask("watch", "run", id=run)["history"]) == 100


def test_a_rate_far_too_large_is_told_in_the_pages_language(page):
    run = page.ask("start", "started", **PLAN | {"rate": 1000, "epochs": 100}, lang="ru")["id"]
    page.ask("watch", "run", id=run)
    until(lambda: page.ask("runs", "runs")[0]["state"] == "failed")
    [run] = page.ask("runs", "runs")
    assert run["sentence"].startswith("Насыщение сети")
    [run] = page.ask("runs", "runs", lang="en")
    assert run["outcome"] == "saturated"
    assert run["sentence"].startswith("The network is saturated")


def test_looks_are_answered_while_it_trains(page):
    run = page.ask("start", "started", **PLAN | LONG)["id"]
    weights = page.ask("weights", "weights", id=run)
    assert (weights["id"], weights["width"], weights["height"]) == (run, 28, 28)
    assert np.shape(weights["images"]) == (len(weights["neurons"]), 784) == (weights["of"], 784)
    confusion = page.ask("confusion", "confusion", id=run)
    assert np.sum(confusion["table"]) == 1000
    assert confusion["wrong"][0].keys() == {"pixels", "label", "answer", "sure"}
    drawn = page.ask("draw", "drawn", id=run, pixels=DIGIT)
    assert drawn.keys() == {"id", "a", "digit", "input"}
    assert (len(drawn["a"]), len(drawn["input"])) == (10, 784)
    assert page.ask("runs", "runs")[0]["state"] == "running"


def test_a_drawn_digit_is_answered_in_a_moment(page):
    run = page.ask("start", "started", **PLAN | LONG)["id"]
    page.ask("draw", "drawn", id=run, pixels=DIGIT)
    times = []
    for _ in range(20):
        began = time.perf_counter()
        page.ask("draw", "drawn", id=run, pixels=DIGIT)
        times.append(time.perf_counter() - began)
    assert np.median(times) < 0.05


BAD = [  # messages, and a word of the answer
    ("", "understand"), ("{", "understand"), ("3", "understand"), ("null", "understand"),
    ("[]", "understand"), ("{}", "understand"), ('"runs"', "understand"),
    ('{"do": null}', "understand"), ('{"do": ["runs"]}', "understand"),
    ("[" * 60_000, "understand"),
    ('{"do": "fly"}', "understand"), ('{"do": 1e999}', "understand"), ('{"do": {}}', "understand"),
    ('{"do": "start"}', "Data:"), ('{"do": "watch"}', "no such run"),
    *((f'{{"do": "{do}", "id": {name}}}', "no such run")
      for do in (*handlers.IN_TURN, *handlers.BESIDE) if do not in ("ping", "runs", "start")
      for name in ('"7"', "1", "null", "[]", '{"a": 1}', "true", '"__class__"')),
    ('{"do": "draw", "id": "1"}', "Drawing"), ('{"do": "draw", "id": "1", "pixels": "x"}', "784"),
    *((json.dumps({"do": "draw", "id": "1", "pixels": pixels}), word) for pixels, word in (
        ([0] * 783, "found 783"), ([0] * 785, "found 785"), ([0] * 784, "nothing is drawn"),
        ([256] * 784, "0 (black) to 255"), ([-1] * 784, "0 (black)"), (["1"] * 784, "0 (black)"),
        ([None] * 784, "0 (black)"), ([True] * 784, "0 (black)"), ([[0]] * 784, "0 (black)"),
        ([1e-9] * 784, "no digit"), ([float("nan")] * 784, "0 (black)"),
        ([10**400] * 50 + [0] * 734, "0 (black)"))),
    *((json.dumps(START | {field: value}), topic("page_network", "en")[field]) for field, value in (
        ("data", "cifar"), ("layers", "deep"), ("rate", -1), ("rate", float("inf")),
        ("rate", 10**400), ("batch", 0), ("epochs", 10**9), ("init", "best"), ("seed", -1))),
    *((f'{{"do": "{do}", "id": "1"}}', "has ended") for do in ("pause", "resume", "step", "stop")),
]  # fmt: skip


def test_what_is_wrong_is_told_with_what_was_asked():
    with connected(server(runs=one_run())) as page:
        for text, word in BAD:
            page.send(type="websocket.receive", text=text)
            said = page.said.get(timeout=20)
            assert said.keys() == {"error", "do"}, text[:80]
            assert word in said["error"], (text[:80], said)
            assert len(said["error"]) < 250
            asked = json.loads(text) if text[:1] == "{" and text != "{" else {}
            do = asked.get("do")
            assert said["do"] == (do if isinstance(do, str) else None)


def test_bytes_are_not_understood_and_do_no_harm(page):
    page.send(type="websocket.receive", bytes=b"\xff")
    assert "understand" in page.wait("error")
    assert page.ask("runs", "runs") == []


def test_a_mistake_of_ours_is_one_answer_and_the_page_stays(page, monkeypatch, caplog):
    monkeypatch.setitem(handlers.IN_TURN, "runs", lambda talk: 1 / 0)
    assert "mistake" in page.ask("runs", "error")
    assert "ZeroDivisionError" in caplog.text
    page.ask("start", "started", **PLAN | {"epochs": 1})


def test_the_page_is_told_which_sets_are_here(page, monkeypatch, tmp_path, mnist_folder):
    def here():
        page.send(type="websocket.receive", text='{"do": "runs"}')
        return {one["id"]: one["here"] for one in page.said.get(timeout=20)["sets"]}

    assert here() == {"sample": True, "mnist": True}
    monkeypatch.setenv("SPUSK_DATA", str(tmp_path))
    assert here() == {"sample": True, "mnist": False}
    assert page.ask("ping", "pong") is True


def test_what_may_be_downloaded(app, page):
    run = page.ask("start", "started", **PLAN)["id"]
    page.ask("watch", "run", id=run)
    until(lambda: page.ask("runs", "runs")[0]["state"] == "finished")
    answer = ask("GET", f"/runs/{run}/weights.safetensors", app=app)
    named = f'attachment; filename="spusk-{run}.safetensors"'
    assert answer.header("content-disposition") == named
    tensors = load_tensors(answer.content)
    assert {name: part.shape for name, part in tensors.items()} == {
        "W1": (784, 5), "W2": (5, 10), "b1": (5,), "b2": (10,)}  # fmt: skip
    answer = ask("GET", f"/runs/{run}/history.json", app=app)
    assert answer.header("content-type") == "application/json"
    assert json.loads(answer.body) == page.ask("runs", "runs")[0]
    assert TOKEN not in answer.body
    for path in ("/runs/9/history.json", "/runs/../history.json", "/runs//history.json"):
        assert ask("GET", path, app=app).status == 404


def test_the_server_closes_its_trainings():
    runs = Runs(tiny)
    app = server(runs=runs)
    with connected(app) as page:
        page.ask("start", "started", **PLAN | LONG)

    async def live_and_die():
        coming = [{"type": "lifespan.shutdown"}, {"type": "lifespan.startup"}]

        async def receive():
            return coming.pop()

        async def send(message):
            assert "complete" in message["type"]

        await app({"type": "lifespan", "state": {}}, receive, send)

    asyncio.run(live_and_die())
    [run] = runs.kept.values()
    assert not run.thread.is_alive()


def boxes(scene):
    """Runs a scene with an outbox on a loop."""

    async def play():
        return await scene(Outbox("en"))

    return asyncio.run(play())


def test_an_outbox_drops_old_progress_and_nothing_else():
    async def scene(box):
        for k in range(1000):
            box.replace(f"progress {k}", "1")
            if k % 100 == 50:
                box.put(f"epoch {k}", "1")
            box.replace(f"other {k}", "2")
        return (await box.next()).split("\n")

    assert boxes(scene) == [
        *(f"epoch {k}" for k in range(50, 1000, 100)),
        "other 999",
        "progress 999",
    ]


def test_news_wait_for_each_other_and_answers_for_nothing():
    async def scene(box):
        frames, times = [], []
        for text, run in (("a", "1"), ("b", "1"), ("an answer", None), ("c", "1")):
            box.put(text, run)
            frames.append(await box.next())
            times.append(box.loop.time())
        box.put("d", "1")
        reading = asyncio.create_task(box.next())
        await asyncio.sleep(0)
        rested = box.rested.is_set()
        box.put("e", "1")
        box.put("at once", None)
        began = box.loop.time()
        return frames, np.diff(times), rested, await reading, box.loop.time() - began

    frames, gaps, rested, last, took = boxes(scene)
    assert frames == ["a", "b", "an answer", "c"]
    assert (gaps > 0.09).tolist() == [True, False, True]
    assert rested, "who waits for news may ask"
    assert last == "d\ne\nat once"
    assert took < 0.09


def test_an_epoch_makes_the_progress_before_it_old_news():
    async def scene(box):
        box.replace("progress", "1")
        box.put("epoch", "1")
        return await box.next(), bool(box.progress)

    assert boxes(scene) == ("epoch", False)


def test_who_is_too_far_behind_is_let_go(monkeypatch):
    monkeypatch.setattr(watchers, "MOST_WAITING", 10)

    async def scene(box):
        for _ in range(30):
            box.put("epoch", "1")
        return await box.next(), len(box.waiting)

    assert boxes(scene) == (None, 0)


@pytest.mark.usefixtures("often")
def test_the_watch_ends_when_a_page_asks(page, app):
    run = page.ask("start", "started", **PLAN | LONG | SLOW)
    page.ask("watch", "run", id=run["id"])
    page.wait("progress")
    assert page.ask("unwatch", "unwatched", id=run["id"]) == run["id"]
    page.news.clear()
    time.sleep(0.5)
    page.ask("stop", "run", id=run["id"])
    assert page.news == [], "no progress, no end"
    page.ask("watch", "run", id=run["id"])


def test_a_full_lab_says_so_and_has_room_again(monkeypatch, app):
    monkeypatch.setattr(live, "MOST_PAGES", 2)
    with connected(app) as first, connected(app):
        answer = ask("websocket", "/live", app=app)
        _, refusal, closed = answer.messages
        said = json.loads(refusal["text"])["refused"]
        assert "2 pages" in said["en"]
        assert "2 страниц" in said["ru"]
        assert closed["code"] == live.LATER
        assert first.ask("runs", "runs") == []
    with connected(app), connected(app):
        pass


def test_the_lab_tells_which_one_it_is(app):
    def name(app):
        return json.loads(ask("websocket", "/live", app=app).messages[1]["text"])["lab"]

    assert name(app) == name(app) != name(server())


def test_weights_are_sent_in_pieces_of_one_copy(monkeypatch):
    """A class that takes the weights of a large training holds one copy of them together."""
    runs = Runs(tiny)
    app = server(runs=runs)
    run = runs.start(wish(**LONG), "en")
    kept = app.app.state.downloads
    held = [kept.copy(run)]
    until(lambda: run.seen is not held[0])
    assert kept.copy(run) is held[0], "a moment ago is good enough"
    monkeypatch.setattr(downloads, "YOUNG", 0.0)
    while len(held) < downloads.COPIES:
        until(lambda: run.seen is not held[-1])
        held.append(kept.copy(run))
    assert len({id(net) for net in held}) == downloads.COPIES
    until(lambda: run.seen is not held[-1])
    assert ask("GET", f"/runs/{run.id}/weights.safetensors", app=app).status == 429
    runs.steer(run, "pause", "en")
    assert kept.copy(run) is run.seen, "what is held anyway costs nothing"
    runs.steer(run, "go", "en")
    held.clear()
    gc.collect()
    answer = ask("GET", f"/runs/{run.id}/weights.safetensors", app=app)
    assert answer.status == 200
    assert answer.header("content-length") == str(len(answer.content))
    assert max(map(len, pieces(answer))) <= downloads.PIECE
    runs.close()


def pieces(answer):
    return [m["body"] for m in answer.messages[1:] if m.get("body")]
