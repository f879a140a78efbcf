"""Many runs in a table and one picture: what each was, how far it came, how it ended."""

import json
import os
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

import spusk
from spusk import Network, optim, plots, runs
from spusk.analysis.metrics import r_squared
from spusk.cli.run_list import COLUMNS, listed, short
from spusk.data import Data, Sample, prepare
from spusk.errors import RunError
from spusk.optim.schedules import Unsaved
from spusk.runs.catalogue import ORDERS, constant_note, summaries, summarise
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
    assert (a.sizes, a.rule, a.rate, a.data) == ((6, 9, 3), "plain", 2.0, "blobs")
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


def test_runs_without_classes_have_no_empty_panel_and_long_ones_hide_no_short_one():
    rows = [dict.fromkeys(("val_accuracy", "accuracy")) | {"epoch": k, "loss": 1 / k, "val_loss": 2}
            for k in range(1, 41)]  # fmt: skip
    (alone,) = plots.histories({"long": rows, "short": rows[:2]})
    assert alone.get_xscale() == "log"
    assert [line.get_markevery() for line in alone.lines] == [[-1], [-1]]
    assert plots.histories({"a": rows, "b": rows[:20]})[0].get_xscale() == "linear"


@pytest.mark.parametrize(
    ("rate", "en", "ru"),
    [
        (0.003, "0.003", "0,003"),
        (optim.cosine(0.05, 1600), "cosine 0.05", "cosine 0,05"),
        (optim.onecycle(0.01, 2000), "onecycle 0.01", "onecycle 0,01"),
        (Unsaved("lambda n: 1 / (1 + n / 1000)"), "lambda n: 1 / (…", "lambda n: 1 / (…"),
    ],
)
def test_a_rate_takes_a_few_characters(rate, en, ru):
    assert (short(rate, "en"), short(rate, "ru")) == (en, ru)


def test_a_row_fits_a_hundred_characters(three):
    (row, *_), _ = summaries([three])
    row = row._replace(
        folder=Path("runs/001"), data="a/folder/of_a_table_with_a_long_name.csv", epochs=250,
        sizes=(784, 100, 10), rule="adamw", rate=optim.onecycle(0.01, 2000), planned=250,
    )  # fmt: skip
    console = Console(width=400, file=StringIO())
    console.print(listed([row], COLUMNS, "ru"))
    assert max(map(len, map(str.rstrip, console.file.getvalue().splitlines()))) <= 100


def test_a_regression_has_its_r2(tmp_path):
    X = np.random.default_rng(0).normal(0, 1, (90, 2))
    train, test = (Sample(x, 1e3 + 50 * x[:, :1]) for x in (X[:60], X[60:]))
    net = Network([2, 5, 1], output="identity", preparation=prepare(train, targets=True))
    note, plan = constant_note(net, test), replace(PLAN, rate=0.1, epochs=1)
    carry(begin(tmp_path / "r", plan, Data(train, test, "set"), net=net, note=note))
    r2 = r_squared(net.answer(test), test.y)
    assert summarise(tmp_path / "r").r2 == pytest.approx(r2, abs=1e-5)
    assert constant_note(net, SETS.test) == {}


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


def test_a_run_that_is_being_made_is_none_yet(three):
    (three / "a").rename(three / "deep" / ".spusk-new")
    found, _ = summaries([three])
    assert [row.folder.name for row in found] == ["c", "b"]
    (three / "deep" / "b").rename(three / "b")
    with pytest.raises(RunError, match="found none"):
        runs.load(three / "deep")
    with pytest.raises(RunError, match=r"such as .*/b$"):
        runs.load(three)


def test_damaged_runs_are_named_and_left_out(three, tmp_path):
    (three / "c" / "run.json").write_text("[]")
    done = cli("runs", cwd=tmp_path)
    assert done.returncode == 0
    assert "runs/c" not in done.stdout
    assert done.stderr.startswith("warning: runs/c/run.json")
    none = cli("runs", "runs/none", cwd=tmp_path)
    assert none.returncode == 2
    assert "expected run folders, found none" in none.stderr
