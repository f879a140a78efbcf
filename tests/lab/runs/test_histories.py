"""Weights and their history are saved and loaded as two files that belong together."""

import json
from pathlib import Path

import pytest

from spusk.lab.runs.histories import MOST, checked
from spusk.lab.runs.training import Runs
from spusk.runs import save_weights
from tests.lab import browser, test_network
from tests.lab.asgi import RIGHT, ask, server
from tests.lab.test_network import opened, shows, state
from tests.lab.trained import ended, tiny, wish

lab_address, chromium, new_page = browser.lab_address, browser.chromium, browser.new_page
page = test_network.page
ROW = {"epoch": 1, "cost": 0.3, "accuracy": 0.8, "test_cost": None, "test_accuracy": 0.75,
       "seconds": 0.1}  # fmt: skip


@pytest.fixture
def app():
    runs = Runs(tiny)
    yield server(runs=runs), runs
    runs.close()


def posted(app, name, body, run=None):
    """What is said of a small file."""
    target = f"/files/{name}" + (f"?run={run}" if run else "")
    return json.loads(ask("POST", target, RIGHT, (body,), app).body)


def saved(app, runs, folder):
    """The two files of a run that was trained here, as the page downloads them, and the run."""
    run = ended(runs.start(wish(epochs=3, rate=0.7), "en"))
    save_weights(run.seen, folder / "w.safetensors")
    history = ask("GET", f"/runs/{run.id}/history.json", app=app).body
    return (folder / "w.safetensors").read_bytes(), history.encode(), run


def test_the_two_files_of_a_run_make_it_again(app, tmp_path):
    app, runs = app
    weights, history, run = saved(app, runs, tmp_path)
    loaded = posted(app, "w.safetensors", weights)["run"]
    assert loaded["history"] == []
    again = posted(app, "history.json", history, loaded["id"])["run"]
    assert again["history"] == run.history
    assert [again[part] for part in ("rate", "batch", "epochs", "seed")] == [0.7, 10, 3, 0]
    assert again["loaded"] == "w.safetensors"


def test_a_run_folders_history_is_read_too(app, tmp_path):
    app, runs = app
    weights, *_ = saved(app, runs, tmp_path)
    loaded = posted(app, "w.safetensors", weights)["run"]
    text = b"epoch,loss,accuracy,val_loss,val_accuracy,seconds,examples_per_second\n" \
           b"1,0.3,0.8,,0.75,0.1,4000\n2,0.2,0.9,,0.85,0.2,4000\n"  # fmt: skip
    again = posted(app, "history.csv", text, loaded["id"])["run"]
    assert again["history"][0] == ROW
    assert [row["epoch"] for row in again["history"]] == [1, 2]
    assert again["epochs"] == 2


@pytest.mark.parametrize(("name", "body", "words"), [
    ("h.json", b"{", "expected the history"), ("h.json", b"[]", "expected the history"),
    ("h.json", b'{"history": []}', "expected the history"),
    ("h.json", b"[" * 40_000, "expected the history"),
    ("h.csv", b"a,b\n1,kitten\n", "expected the history"),
    ("h.json", json.dumps({"sizes": [784, 4, 10], "history": [ROW]}).encode(), "other layers"),
    ("h.npz", b"x", ".json, .csv"),
])  # fmt: skip
def test_what_is_no_history_of_these_weights_is_explained(app, tmp_path, name, body, words):
    app, runs = app
    weights, *_ = saved(app, runs, tmp_path)
    loaded = posted(app, "w.safetensors", weights)["run"]
    assert words in posted(app, name, body, loaded["id"])["error"]
    assert runs.find(loaded["id"], "en").history == []


def test_what_was_trained_here_keeps_its_own_history(app, tmp_path):
    app, runs = app
    _, history, run = saved(app, runs, tmp_path)
    before = [*run.history]
    assert "error" in posted(app, "history.json", history, run.id)
    assert "no such run" in posted(app, "history.json", history, "77")["error"]
    assert run.history == before


@pytest.mark.parametrize("rows", [
    None, {}, [], [1], [ROW | {"epoch": 0}], [ROW, ROW], [ROW | {"epoch": 1.5}],
    [ROW | {"cost": "low"}], [ROW | {"cost": float("nan")}], [ROW | {"epoch": None}],
    [ROW | {"accuracy": True}], [ROW | {"epoch": n + 1} for n in range(MOST + 1)],
], ids=lambda rows: repr(rows)[:40])  # fmt: skip
def test_rows_from_strangers_are_checked(rows):
    assert checked(rows) is None
    assert checked([ROW, ROW | {"epoch": 2.0}]) == [ROW, ROW | {"epoch": 2}]


def test_end_to_end_the_curves_come_back_with_the_weights(page, tmp_path):
    opened(page, "#network&layers=784-11-10&epochs=2")
    page.locator("button.start").click()
    shows(page, ".chip:has([aria-pressed=true])", "784-11-10, η = 3 · ")
    page.locator("button.start", has_text="Start").wait_for()
    kept = []
    for link, name in ((0, "kept.safetensors"), (1, "history.json")):
        with page.expect_download() as download:
            page.locator(".downloads a").nth(link).click()
        kept.append(tmp_path / name)
        kept[-1].write_bytes(Path(download.value.path()).read_bytes())
    page.locator("#n-load").set_input_files([kept[1]])
    shows(page, ".downloads .sending.wrong", "together")
    page.locator("#n-load").set_input_files(kept[::-1])  # in whatever order they were chosen
    shows(page, ".chip:has([aria-pressed=true])", "784-11-10, kept.safetensors")
    state(page, "Weights loaded from kept.safetensors")
    shows(page, ".curves .reading", "epoch 2")
    assert page.locator("canvas.curve").first.is_visible()
    assert page.locator("#n-epochs").input_value() == "2"
