"""A page's own files: as they come, within limits, whatever they are called and hold."""

import asyncio
import errno
import gzip
import io
import json
import zipfile
from pathlib import Path

import httpx
import numpy as np
import pytest

import spusk
from spusk.data import Reading, load, load_as
from spusk.lab.runs import sets, uploads
from spusk.lab.runs.loaded import from_path
from spusk.lab.runs.sets import Sets
from spusk.lab.runs.training import Runs
from spusk.lab.server import guard
from spusk.runs import open_new, save_weights
from spusk.training import Plan
from tests.cli.test_training import spusk as command
from tests.lab.asgi import RIGHT, Answer, ask, server
from tests.lab.server.test_server import running
from tests.lab.talk import connected
from tests.lab.trained import PLAN, ended, tiny, wish

WRONG = "an answer, but an error"  # with status 200, or the browser would write to its console
FLOWERS = "label,a,b,c\n" + "".join(f"{'rose' if k < 40 else 'iris'},{k % 7}.5,{k},1\n"
                                    for k in range(80))  # fmt: skip


PIECE = 50_000  # bytes; servers hand a body on in such


def sent(app, name, body, lang="en"):
    """A whole file as the page sends it: status and what was said."""
    pieces = [body[at : at + PIECE] for at in range(0, len(body), PIECE)] or [b""]
    answer = ask("POST", f"/files/{name}", (*RIGHT, ("accept-language", lang)), pieces, app)
    said = json.loads(answer.body)
    return WRONG if answer.status == 200 and "error" in said else answer.status, said


@pytest.fixture
def runs():
    made = Runs(tiny)
    yield made
    made.close()


@pytest.fixture
def app(runs):
    return server(runs=runs)


@pytest.fixture
def nothing_left(app, monkeypatch, tmp_path):
    """Whatever came, no file stays behind."""
    monkeypatch.setattr(uploads, "mkdtemp", lambda prefix: str(tmp_path))
    yield tmp_path
    assert [*tmp_path.iterdir()] == []


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def pictures(count=60, side=8, seed=0):
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 3
    return npz(x=rng.integers(0, 17, (count, side, side)).astype(np.uint8), y=labels)


def test_a_table_is_sent_and_trained(app, runs, nothing_left):
    status, said = sent(app, "цветы.csv", FLOWERS.encode())
    assert status == 200, said
    flowers = said["set"]
    assert (flowers["name"], flowers["inputs"], flowers["classes"]) == ("цветы.csv", 3, 2)
    assert (flowers["examples"], flowers["names"]) == (64, ["iris", "rose"])
    assert flowers["shape"] is None
    assert flowers["mixed"], "it came sorted by class"
    with connected(app) as page:
        assert page.ask("runs", "runs") == []
        plan = PLAN | {"data": flowers["id"], "layers": [3, 4, 2], "epochs": 3}
        run = page.ask("start", "started", **plan)
        assert (run["names"], run["shape"], run["data"]) == (["iris", "rose"], None, plan["data"])
        ended(runs.kept[run["id"]])
        confusion = page.ask("confusion", "confusion", id=run["id"])
        assert np.sum(confusion["table"]) == 16
        assert all(mistake["pixels"] is None for mistake in confusion["wrong"])
        for what in ("weights", "draw"):
            assert "no pictures" in page.ask(what, "error", id=run["id"], pixels=[0] * 3)


def test_a_large_file_comes_in_many_pieces(app, nothing_left):
    body = b"label" + b",n" * 100 + b"\n" + b"".join(b"%d,%s\n" % (k % 2, b",".join([b"7"] * 100))
                                                     for k in range(1000))  # fmt: skip
    assert len(body) > 4 * PIECE
    status, said = sent(app, "long.CSV", body)
    assert (status, said["set"]["examples"], said["set"]["shape"]) == (200, 800, [10, 10])


def test_the_same_file_is_the_same_set(app, runs):
    marks = {sent(app, name, FLOWERS.encode())[1]["set"]["id"] for name in ("a.csv", "b.csv")}
    packed = sent(app, "a.csv.gz", gzip.compress(FLOWERS.encode()))[1]["set"]["id"]
    assert marks == {packed}
    assert len(runs.sets.facts) == 3
    other = sent(app, "a.csv", FLOWERS.replace("iris", "lily").replace("0.5", "9").encode())[1]
    assert other["set"]["id"] != packed


def test_pictures_of_another_size_are_drawn_on_and_looked_at(app, runs):
    found = sent(app, "small.npz", pictures())[1]["set"]
    assert (found["shape"], found["inputs"], found["names"]) == ([8, 8], 64, ["0", "1", "2"])
    with connected(app) as page:
        plan = PLAN | {"data": found["id"], "layers": [64, 5, 3], "epochs": 1}
        run = runs.kept[page.ask("start", "started", **plan)["id"]]
        ended(run)
        weights = page.ask("weights", "weights", id=run.id)
        assert (weights["width"], weights["height"], len(weights["images"][0])) == (8, 8, 64)
        ink = [255 if k % 8 == 3 else 0 for k in range(64)]
        drawn = page.ask("draw", "drawn", id=run.id, pixels=ink)
        assert len(drawn["a"]) == 3
        x = np.rint(np.array(drawn["input"]) * (16 / 255))  # the set's brightest pixel is 16
        assert np.allclose(drawn["a"], run.seen.answer(x), atol=1e-4)
        wrong = page.ask("confusion", "confusion", id=run.id)["wrong"]
        assert max(max(mistake["pixels"]) for mistake in wrong) == 255
        assert "8 rows of 8" in page.ask("draw", "error", id=run.id, pixels=[0] * 784)


def test_what_a_full_disk_took_a_part_of_is_dropped(app, monkeypatch, nothing_left):
    opened = Path.open

    class Full(io.FileIO):
        def write(self, piece):
            super().write(piece[:100])
            assert [*nothing_left.iterdir()], "a part was written"
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "open", lambda self, mode="r", **more: (
        Full(str(self), "x") if mode == "xb" else opened(self, mode, **more)))  # fmt: skip
    for lang, word in (("en", "no room"), ("ru", "нет места")):
        status, said = sent(app, "a.csv", FLOWERS.encode() * 100, lang)
        assert status == WRONG
        assert word in said["error"]
        assert [*nothing_left.iterdir()] == []


@pytest.mark.parametrize("at_once", [True, False])
def test_a_file_that_is_too_large_is_cut_off(app, monkeypatch, nothing_left, at_once):
    monkeypatch.setattr(guard, "FILE_LIMIT", 3 * PIECE)
    body = b"1,2\n" * PIECE
    pieces = [body] if at_once else [body[:PIECE]] * 4
    answer = ask("POST", "/files/a.csv", RIGHT, pieces, app)
    assert answer.status == 413
    assert "at most 256 MB" in answer.body
    assert sent(app, "a.csv", FLOWERS.encode())[0] == 200


def test_a_sender_who_leaves_leaves_nothing(app, nothing_left):
    coming = [{"type": "http.request", "body": b"1,2\n", "more_body": True},
              {"type": "http.disconnect"}]  # fmt: skip
    answer = asyncio.run(spoken(app, "a.csv", lambda: coming.pop(0)))
    assert answer.status == 413, "nobody hears it"
    assert not app.app.state.files.under_way


async def spoken(app, name, receive):
    """The answer to a file whose messages come from `receive`, which may wait."""
    answer = Answer()

    async def coming():
        found = receive()
        return await found if asyncio.iscoroutine(found) else found

    async def send(message):
        answer.messages.append(message)

    headers = [(key.encode(), value.encode()) for key, value in RIGHT]
    scope = {"type": "http", "method": "POST", "path": f"/files/{name}", "query_string": b"",
             "headers": headers, "root_path": "", "raw_path": b""}  # fmt: skip
    await app(scope, coming, send)
    return answer


def test_few_come_at_a_time_and_who_falls_silent_makes_room(app, monkeypatch, nothing_left):
    monkeypatch.setattr(uploads, "PATIENCE", 0.3)

    async def all_of_them():
        silent = [asyncio.create_task(spoken(app, "a.csv", asyncio.Event().wait)) for _ in range(4)]
        await asyncio.sleep(0.05)
        assert len(app.app.state.files.under_way) == 4
        fifth = await spoken(app, "a.csv", lambda: {"type": "http.request", "body": b"1,2\n"})
        return fifth, *await asyncio.gather(*silent)

    fifth, *silent = asyncio.run(all_of_them())
    assert "4 files are on their way" in fifth.body
    assert all("Nothing more came" in answer.body for answer in silent)
    assert sent(app, "a.csv", FLOWERS.encode())[0] == 200


NAMES = [
    "../../../etc/passwd", "..", "a.csv/../b.csv", "a.exe", "a.csv.exe", "a.pkl", "csv", "a.npy",
    "a.csv\x00.png", "con", "a.gz", ".safetensor", "a.csv ", "<img src=x>", "%2e%2e%2fa",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_no_path_and_its_ending_is_one_of_ours(app, nothing_left, name):
    status, said = sent(app, name, b"1,2\n")
    assert status in (404, WRONG)
    assert "error" in said


@pytest.mark.parametrize("name", ["..csv", ".csv", "a\nb.csv", "a" * 3000 + ".csv", "\u202e.csv",
                                  "<b>.csv", "C:\\x.csv", "-rf.csv", "доска.CSV"])  # fmt: skip
def test_a_strange_name_is_shown_short_and_never_used(app, tmp_path, monkeypatch, name):
    monkeypatch.setattr(uploads, "mkdtemp", lambda prefix: str(tmp_path))
    read = []
    monkeypatch.setattr(uploads.data, "load", lambda path: read.append(path) or load(path))
    status, said = sent(app, name, FLOWERS.encode())
    assert status == 200
    assert len(said["set"]["name"]) <= uploads.SHOWN + 1
    assert said["set"]["name"].isprintable()
    assert read[0].parent == tmp_path
    assert read[0].name.removesuffix(".csv").isalnum()


BROKEN = {  # name -> what is in it and what is said of it
    "empty.csv": (b"\n", "empty file"), "words.csv": (b"1,x,y\n2,3,a b\n", "words.csv"),
    "binary.csv": (bytes(range(256)), "binary.csv"), "no.npz": (b"PK\x03\x04 no", "corrupt"),
    "pickle.npz": (npz(x=np.array([{}], object), y=np.zeros(1)), "plain numbers"),
    "uneven.npz": (npz(x=np.zeros((3, 4)), y=np.arange(2)), "3 inputs but 2 answers"),
    "names.npz": (npz(a=np.zeros(3)), "expected arrays"), "cut.npz": (pictures()[:400], "corrupt"),
    "no.csv.gz": (b"no gzip", "corrupt"), "a.safetensors": (b"{}" * 50, "expected spusk weights"),
    "b.safetensors": (b"\xff" * 8 + b"x", "expected spusk weights"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_what_cannot_be_read_is_said_in_one_line_without_our_path(app, nothing_left, name, lang):
    body, words = BROKEN[name]
    status, said = sent(app, name, body, lang)
    assert (status, said.keys()) == (WRONG, {"error"})
    if lang == "en":  # in Russian: tests/lab/test_russian.py
        assert words in said["error"]
    assert said["error"].startswith("The file" if lang == "en" else "Этот файл не годится")
    assert str(nothing_left) not in said["error"]
    assert name in said["error"]
    assert len(said["error"].splitlines()) == 1


@pytest.mark.parametrize("seed", range(60))
def test_a_mutated_file_is_refused_or_sound(app, nothing_left, seed):
    rng = np.random.default_rng(seed)
    net = spusk.Network([64, 4, 3])
    path = nothing_left / "net"
    save_weights(net, path)
    name, body = [("a.npz", pictures()), ("a.safetensors", path.read_bytes()),
                  ("a.csv", FLOWERS.encode())][seed % 3]  # fmt: skip
    path.unlink()
    body = bytearray(body)
    for place in rng.integers(len(body) if seed % 2 else 300, size=rng.integers(1, 6)):
        body[place] = rng.integers(256)
    status, said = sent(app, name, bytes(body))
    assert (status, said.keys()) in ((WRONG, {"error"}), (200, {"set"}), (200, {"run"})), said


def test_a_bomb_is_counted_before_it_is_opened(app, monkeypatch):
    monkeypatch.setattr(uploads, "FILE_LIMIT", 1 << 20)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", bytes(3 << 20))
        archive.writestr("y.npy", b"")
    loaded = []
    monkeypatch.setattr(uploads.data, "load", loaded.append)
    for name, body in (("a.npz", packed.getvalue()), ("a.csv.gz", gzip.compress(bytes(3 << 20)))):
        status, said = sent(app, name, body)
        assert status == WRONG
        assert "unpacked too" in said["error"]
    assert not loaded


def test_a_directory_as_large_as_its_archive_is_not_read():
    size = 3 << 20
    end = b"PK\x05\x06" + bytes(4) + b"\xff\xff" * 2 + size.to_bytes(4, "little") + bytes(6)
    status, said = sent(server(runs=Runs(tiny)), "a.npz", bytes(size) + end)
    assert status == WRONG
    assert "directory is too large" in said["error"]


def test_only_so_many_sets_are_kept(app, runs, monkeypatch):
    monkeypatch.setattr(sets, "OWN", 2)
    said = [sent(app, "a.npz", pictures(seed=seed)) for seed in range(3)]
    assert [status for status, _ in said] == [200, 200, WRONG]
    assert "At most 2 files" in said[2][1]["error"]
    assert sent(app, "a.npz", pictures(seed=1))[0] == 200, "it is here already"
    monkeypatch.setattr(sets, "OWN", 9)
    monkeypatch.setattr(sets, "OWN_BYTES", 3 * 60 * 64)
    assert sent(app, "a.npz", pictures(seed=5))[0] == WRONG


def test_reading_that_takes_too_long_is_given_up(app, monkeypatch):
    monkeypatch.setattr(app.app.state.files.jobs, "seconds", 0.05)
    monkeypatch.setattr(uploads, "unpacked", lambda path: __import__("time").sleep(0.5) or 1)
    status, said = sent(app, "slow.csv", FLOWERS.encode())
    assert status == WRONG
    assert "slow.csv takes too long" in said["error"]


def test_a_set_that_is_not_here_is_no_longer_here(app):
    with connected(app) as page:
        plan = PLAN | {"data": "own-0123456789ab"}
        assert "not here any more" in page.ask("start", "error", **plan)
        assert "больше нет" in page.ask("start", "error", **plan, lang="ru")
        found = sent(app, "a.csv", FLOWERS.encode())[1]["set"]["id"]
        said = page.ask("start", "error", **plan | {"data": found}, lang="en")
        assert "begin with 3 and end with 2" in said


def test_downloaded_weights_come_back_the_same(app, runs):
    run = ended(runs.start(wish(epochs=1), "en"))
    body = ask("GET", f"/runs/{run.id}/weights.safetensors", app=app).content
    with connected(app) as page:
        ink = [200 if 8 < k // 28 < 20 and 12 < k % 28 < 16 else 0 for k in range(784)]
        status, said = sent(app, "мои веса.safetensors", body)
        assert status == 200, said
        again = said["run"]
        assert (again["state"], again["loaded"]) == ("finished", "мои веса.safetensors")
        assert (again["sizes"], again["data"], again["history"]) == ([784, 5, 10], "sample", [])
        assert "of the test set of sample right" in again["sentence"]
        for what in ("draw", "weights", "confusion"):
            kind = {"draw": "drawn"}.get(what, what)
            first, second = (page.ask(what, kind, id=i, pixels=ink) for i in (run.id, again["id"]))
            assert {**first, "id": 0} == {**second, "id": 0}
        for what in ("pause", "resume", "step", "stop"):
            assert "has ended" in page.ask(what, "error", id=again["id"])
        assert page.ask("watch", "run", id=again["id"])["state"] == "finished"
        assert page.ask("forget", "forgotten", id=again["id"])
    assert ask("GET", f"/runs/{run.id}/weights.safetensors", app=app).content == body


def test_weights_find_the_set_they_were_trained_on(app, runs):
    one, two = (sent(app, "a.npz", pictures(seed=seed))[1]["set"]["id"] for seed in (1, 2))
    plan = {"data": one, "layers": [64, 4, 3], "epochs": 1}
    net = ended(runs.start(runs_wish(runs, plan), "en"))
    body = ask("GET", f"/runs/{net.id}/weights.safetensors", app=app).content
    assert sent(app, "a.safetensors", body)[1]["run"]["data"] == one
    elsewhere = server(runs=Runs(tiny))
    alone = sent(elsewhere, "a.safetensors", body)[1]["run"]
    assert (alone["data"], alone["shape"], alone["whole"]) == (None, None, False)
    assert "64 numbers in each x and 3 classes" in alone["sentence"]
    sent(elsewhere, "a.npz", pictures(seed=2))
    assert sent(elsewhere, "a.safetensors", body)[1]["run"]["data"] == two, "one that fits"


def runs_wish(runs, plan):
    from spusk.lab.requests import RequestReader

    return RequestReader(PLAN | plan, "en").training_request(runs.sets.facts)


def test_weights_too_large_to_keep_are_refused(app, monkeypatch, tmp_path):
    from spusk.lab.runs import training

    monkeypatch.setattr(training, "KEPT_WEIGHTS", 100)
    save_weights(spusk.Network([784, 5, 10]), tmp_path / "w.safetensors")
    status, said = sent(app, "w.safetensors", (tmp_path / "w.safetensors").read_bytes())
    assert status == WRONG
    assert "at most 100 fit here" in said["error"]


def test_the_folder_goes_with_the_server(app):
    assert sent(app, "a.csv", FLOWERS.encode())[0] == 200
    folder = app.app.state.files.folder
    assert folder.is_dir()
    app.app.state.files.close()
    assert not folder.exists()


@pytest.fixture
def brought(tmp_path):
    """A table, and a run of `spusk train` on it."""
    table, run = tmp_path / "flowers.csv", tmp_path / "run"
    table.write_text(FLOWERS, encoding="utf-8")
    V = spusk.data.load(table)
    net, plan = spusk.Network([3, 4, 2]), Plan(0.5, 10, 3)
    resumed = open_new(run, net, plan, V, str(table))
    with resumed.writer as writer:
        for event in resumed.events:
            writer.take(event)
        writer.finish(event)
    return table, run


def test_the_command_line_brings_sets_and_runs_along(brought):
    table, run = brought
    with running("--data", str(table), "--load", str(run), "--load",
                 str(run / "weights.safetensors")) as (address, _):  # fmt: skip
        base = address.split("/?")[0]
        with httpx.Client(timeout=20) as client:
            client.get(address)
            first, second = (client.get(f"{base}/runs/{k}/history.json").json() for k in (1, 2))
    assert (first["loaded"], first["rate"], first["epochs"]) == ("run", 0.5, 3)
    assert [row["epoch"] for row in first["history"]] == [1, 2, 3]
    assert first["history"][2]["test_accuracy"] is not None
    assert (second["loaded"], second["rate"]) == ("weights.safetensors", None)
    assert first["data"] == second["data"]
    assert first["names"] == ["iris", "rose"]


def test_a_run_finds_its_set_again_only_if_it_is_the_same(brought):
    table, run = brought
    known = Sets()
    found = from_path(run, known, "en").data
    assert known.facts[found].name == "flowers.csv"
    table.write_text(FLOWERS.replace("0.5", "0.25"), encoding="utf-8")
    assert from_path(run, known, "en").data == found
    assert from_path(run, Sets(), "en").data is None
    table.unlink()
    assert from_path(run, Sets(), "en").data is None


def test_a_run_with_a_validation_part_says_what_was_watched(brought, tmp_path):
    table, _ = brought
    wish = Reading(mix=True, validation=0.25)
    V, read = load_as(table, None, wish), {**wish._asdict()}
    del read["before"]
    resumed = open_new(
        tmp_path / "v", spusk.Network([3, 4, 2]), Plan(0.5, 10, 1), V, str(table), {"read": read}
    )
    with resumed.writer as writer:
        for event in resumed.events:
            writer.take(event)
        writer.finish(event)
    known = Sets()
    found = from_path(tmp_path / "v", known, "en")
    assert found.plan["watched"] == "validation"
    assert found.history[0]["test_cost"] == event.validation_cost != event.test_cost
    assert known.facts[found.data].name == "flowers.csv"
    assert "watched" not in from_path(brought[1], known, "en").plan


@pytest.mark.parametrize(
    ("option", "words"), [("--data", "no such file"), ("--load", "No such file")]
)
def test_what_cannot_be_brought_along_is_said_before_the_lab_opens(tmp_path, option, words):
    said = command("lab", "--no-browser", option, str(tmp_path / "none.csv"), code=2)
    assert words in said
    assert "none.csv" in said
    assert len(said.splitlines()) == 1
