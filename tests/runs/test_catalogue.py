"""Many runs in a table and one picture: what each was, how far it came, how it ended."""

import json
import os
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import spusk
from spusk import plots, runs
from spusk.runs.catalogue import ORDERS, summaries, summarise
from tests.commands import spusk as cli
from tests.reliability.helpers import PLAN, SETS, begin, carry


@pytest.fixture
def three(tmp_path):
    """A finished run, one that was cut off, one that went wrong; and a folder that is no run."""
    home = tmp_path / "runs"
    carry(begin(home / "a", replace(PLAN, rate=2.0)))
    carry(begin(home / "deep" / "b", every=runs.Every(steps=1)), 40)
    with np.errstate(all="ignore"):
        carry(begin(home / "c", replace(PLAN, rate=1e4, epochs=2)))
    (home / "none").mkdir()
    return home


def test_what_each_run_was_and_how_it_ended(three):
    found, wrong = summaries([three])
    assert not wrong
    assert [row.folder.name for row in found] == ["a", "c", "b"]
    a, c, b = found
    assert (a.outcome, c.outcome, b.outcome) == ("finished", "saturated", None)
    assert (a.epochs, a.planned, b.epochs, c.epochs) == (4, 4, 1, 1)
    assert (a.sizes, a.rule, a.rate, a.data) == ((6, 9, 3), "plain", "2", "blobs")
    history = runs.load(three / "a").history
    assert a.history == history
    assert a.accuracy == history[-1]["val_accuracy"]
    assert a.best == max(row["val_accuracy"] for row in history)
    assert a.cost == history[-1]["val_loss"]
    assert runs.load(three / "a").outcome == "finished"
    spusk.resume(three / "deep" / "b", sets=SETS)
    assert summarise(three / "deep" / "b").outcome == runs.load(three / "deep" / "b").outcome


@pytest.mark.parametrize("order", ORDERS)
def test_every_order(three, order):
    os.utime(three / "c" / "run.json", (2e9, 2e9))
    found, _ = summaries([three], order)
    best = {
        "name": lambda row: row.folder.name == "a",
        "accuracy": lambda row: row.best == max(r.best or 0 for r in found),
        "cost": lambda row: row.cost == min(r.cost for r in found),
        "epochs": lambda row: row.epochs == 4,
        "seconds": lambda row: row.seconds == max(r.seconds for r in found),
        "date": lambda row: row.folder.name == "c",
    }
    assert best[order](found[0])
    assert sorted(row.folder.name for row in found) == ["a", "b", "c"]


def test_a_run_without_numbers_comes_last(three):
    begin(three / "0", PLAN).writer.lock.release()  # no epoch is over
    for order in ("accuracy", "cost", "epochs"):
        names = [row.folder.name for row in summaries([three], order)[0]]
        assert names.index("0") > max(names.index("a"), names.index("b"))


def test_a_half_written_line_is_none(three):
    with (three / "deep" / "b" / "history.csv").open("a") as file:
        file.write("2,0.5")
    assert summarise(three / "deep" / "b").epochs == 1


def test_the_picture_has_a_line_a_run(three):
    found, _ = summaries([three])
    cost, accuracy = plots.histories({row.folder.name: row.history for row in found})
    assert [line.get_label() for line in cost.lines] == ["a", "c", "b"]
    assert cost.lines[0].get_ydata().tolist() == [row["val_loss"] for row in found[0].history]
    again = plots.histories({"x": []}, ax=[cost, accuracy], lang="ru")
    assert again[0].get_title(loc="left") == "потери C"


def test_the_command_lists_sorts_and_draws(three, tmp_path):
    done = cli("runs", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    head, *rows = done.stdout.splitlines()
    assert head.split()[:3] == ["run", "data", "layers"]
    assert [row.split()[0] for row in rows] == ["runs/a", "runs/c", "runs/deep/b"]
    assert ["saturated" in row for row in rows] == [False, True, False]
    told = cli("runs", "runs/a", "runs/c", "--sort", "accuracy", "--json", "--picture", "two.png",
               cwd=tmp_path)  # fmt: skip
    assert [json.loads(line)["folder"] for line in told.stdout.splitlines()] == ["runs/a", "runs/c"]
    with Image.open(tmp_path / "two.png") as picture:
        assert picture.size[0] > 1000
    assert "насыщение" in cli("--lang", "ru", "runs", cwd=tmp_path).stdout


def test_damaged_runs_are_named_and_left_out(three, tmp_path):
    (three / "c" / "run.json").write_text("[]")
    done = cli("runs", cwd=tmp_path)
    assert done.returncode == 0
    assert "runs/c" not in done.stdout
    assert done.stderr.startswith("warning: runs/c/run.json")
    none = cli("runs", "runs/none", cwd=tmp_path)
    assert none.returncode == 2
    assert "expected run folders, found none" in none.stderr
