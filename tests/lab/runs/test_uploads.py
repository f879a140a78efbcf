"""A page's own files: in pieces, within limits, whatever they are called and hold."""

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
from spusk.lab.runs import sets, uploads
from spusk.lab.runs.loaded import from_path
from spusk.lab.runs.sets import Sets
from spusk.lab.runs.training import Runs
from spusk.lab.runs.uploads import LARGEST, PIECE
from spusk.runs import open_new, save_weights
from spusk.training import Plan
from tests.cli.test_training import spusk as command
from tests.lab.asgi import RIGHT, ask, server
from tests.lab.server.test_server import running
from tests.lab.talk import connected
from tests.lab.trained import PLAN, ended, tiny, wish

WRONG = "an answer, but an error"  # with status 200, or the browser would write to its console
FLOWERS = "label,a,b,c\n" + "".join(f"{'rose' if k < 40 else 'iris'},{k % 7}.5,{k},1\n"
                                    for k in range(80))  # fmt: skip


def posted(app, name, body, at=0, of=None, mark=None, lang="en"):
    """One piece: status and what was said."""
    target = f"/files/{name}?at={at}&of={len(body) if of is None else of}"
    target += f"&file={mark}" if mark else ""
    answer = ask("POST", target, (*RIGHT, ("accept-language", lang)), (body,), app)
    said = json.loads(answer.body)
    return WRONG if answer.status == 200 and "error" in said else answer.status, said


def sent(app, name, body, lang="en"):
    """A whole file in pieces, as the page sends it."""
    status, said, mark = 200, {}, None
    for at in range(0, len(body), PIECE):
        status, said = posted(app, name, body[at : at + PIECE], at, len(body), mark, lang)
        mark = said.get("file")
        if status != 200:
            break
    return status, said


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
        x = np.array(drawn["input"]) * (16 / 255 / 255)  # the set's brightest pixel is 16
        assert np.allclose(drawn["a"], run.seen.answer(x), atol=1e-4)
        wrong = page.ask("confusion", "confusion", id=run.id)["wrong"]
        assert max(max(mistake["pixels"]) for mistake in wrong) == 255
        assert "8 rows of 8" in page.ask("draw", "error", id=run.id, pixels=[0] * 784)


PIECES = [  # at, of, what is sent, what is said
    (0, 0, b"x", "too large or empty"), (0, LARGEST + 1, b"x", "at most 256 MB"),
    ("x", 5, b"x", "does not know"), (0, "x", b"x", "too large or empty"),
    (0, -1, b"x", "too large"), (0, "9" * 5000, b"x", "too large"), (0, "٣", b"x", "too large"),
    (0, 1, b"xy", "wrong order"), (0, 9, b"", "wrong order"), (5, 9, b"x", "does not know"),
    (-1, 9, b"x", "does not know"), (0, LARGEST, b"x" * (PIECE + 1), "at most 49,152"),
]  # fmt: skip


def test_a_piece_that_does_not_fit_may_be_sent_again(app, monkeypatch, nothing_left):
    """A full disk takes a part of a piece: what is sent again must not follow that part."""
    body = FLOWERS.encode()
    mark = posted(app, "a.csv", body[:400], of=len(body))[1]["file"]
    [path] = nothing_left.iterdir()
    opened = Path.open

    class Full(io.FileIO):
        def write(self, piece):
            super().write(piece[:100])
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(Path, "open", lambda self, mode="r", **more: (
            Full(str(self), mode) if mode == "ab" else opened(self, mode, **more)))  # fmt: skip
        for lang, word in (("en", "no room"), ("ru", "нет места")):
            status, said = posted(app, "a.csv", body[400:], 400, len(body), mark, lang)
            assert status == WRONG
            assert word in said["error"]
    assert Path.open is opened
    assert path.stat().st_size > 400, "a part was written"
    status, said = posted(app, "a.csv", body[400:], 400, len(body), mark)
    assert (status, said["set"]["examples"]) == (200, 64)


@pytest.mark.parametrize(("at", "of", "body", "words"), PIECES)
def test_a_piece_that_cannot_be_is_refused(app, nothing_left, at, of, body, words):
    status, said = posted(app, "a.csv", body, at, of)
    assert status == WRONG
    assert words in said["error"]
    russian = posted(app, "a.csv", body, at, of, lang="ru")[1]["error"]
    assert russian != said["error"]
    assert any("а" <= letter <= "я" for letter in russian)


def test_pieces_join_where_they_belong_and_nowhere_else(app):
    body = FLOWERS.encode()
    status, said = posted(app, "a.csv", body[:100], 0, len(body))
    assert (status, said["at"]) == (200, 100)
    mark = said["file"]
    for at, piece in ((0, body[:5]), (99, body[99:]), (101, body[101:]), (100, body[100:] + b"x")):
        assert posted(app, "a.csv", piece, at, len(body), mark)[0] == WRONG
    for wrong in ("../../etc/passwd", "0" * 16, mark + "x"):
        assert posted(app, "a.csv", body[100:], 100, len(body), wrong)[0] == WRONG
    assert posted(app, "a.csv", body[100:], 100, len(body) + 1, mark)[0] == WRONG
    status, said = posted(app, "b.npz", body[100:], 100, len(body), mark)
    assert (status, said["set"]["name"]) == (200, "a.csv"), "the first name counts"
    assert posted(app, "a.csv", b"x", len(body), len(body) + 1, mark)[0] == WRONG, "it is over"


def test_few_come_at_a_time_and_those_left_behind_make_room(app, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(uploads, "monotonic", lambda: now[0])
    for _ in range(4):
        assert posted(app, "a.csv", b"x", 0, 9)[0] == 200
    status, said = posted(app, "a.csv", b"x", 0, 9)
    assert (status, "4 files are on their way" in said["error"]) == (WRONG, True)
    now[0] += 61
    assert posted(app, "a.csv", b"x", 0, 9)[0] == 200


NAMES = [
    "../../../etc/passwd", "..", "a.csv/../b.csv", "a.exe", "a.csv.exe", "a.pkl", "csv", "a.npy",
    "a.csv\x00.png", "con", "a.gz", ".safetensor", "a.csv ", "<img src=x>", "%2e%2e%2fa",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_no_path_and_its_ending_is_one_of_ours(app, nothing_left, name):
    status, said = posted(app, name, b"1,2\n")
    assert status in (404, WRONG)
    assert "error" in said


@pytest.mark.parametrize("name", ["..csv", ".csv", "a\nb.csv", "a" * 3000 + ".csv", "\u202e.csv",
                                  "<b>.csv", "C:\\x.csv", "-rf.csv", "доска.CSV"])  # fmt: skip
def test_a_strange_name_is_shown_short_and_never_used(app, tmp_path, monkeypatch, name):
    monkeypatch.setattr(uploads, "mkdtemp", lambda prefix: str(tmp_path))
    assert posted(app, name, FLOWERS.encode()[:60], 0, len(FLOWERS))[0] == 200
    [path] = tmp_path.iterdir()
    assert path.name.removesuffix(".csv").isalnum()
    status, said = sent(app, name, FLOWERS.encode())
    assert status == 200
    assert len(said["set"]["name"]) <= uploads.SHOWN + 1
    assert said["set"]["name"].isprintable()


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
    monkeypatch.setattr(uploads, "LARGEST", 1 << 20)
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
    assert posted(app, "a.csv", b"x", 0, 9)[0] == 200
    folder = app.app.state.files.folder
    assert len([*Path(folder).iterdir()]) == 1
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


@pytest.mark.parametrize(
    ("option", "words"), [("--data", "no such file"), ("--load", "No such file")]
)
def test_what_cannot_be_brought_along_is_said_before_the_lab_opens(tmp_path, option, words):
    said = command("lab", "--no-browser", option, str(tmp_path / "none.csv"), code=2)
    assert words in said
    assert "none.csv" in said
    assert len(said.splitlines()) == 1
