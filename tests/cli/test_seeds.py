"""`spusk train --seeds`: each run as if it were alone; median and range; it can be gone on with."""

import csv
import json
from statistics import median

import numpy as np
import pytest

from spusk import cli, runs
from spusk.cli.signals import Signals
from tests.commands import spusk

QUICK = ("train", "--data", "own.csv", "--preset", "classic", "--layers", "2-4-2", "--epochs", "3",
         "--no-pictures")  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """A folder with a table of two noisy classes, and one of targets."""
    rng = np.random.default_rng(0)
    x = rng.normal(0, 1, (120, 2))
    names = np.where(x @ [1, 0.5] + rng.normal(0, 0.5, 120) > 0, "yes", "no")
    for name, answers in (("own", names), ("line", x @ [2, 1] + rng.normal(0, 0.1, 120))):
        rows = [f"{a:.3f},{b:.3f},{c}" for (a, b), c in zip(x, answers, strict=True)]
        (tmp_path / f"{name}.csv").write_text("a,b,y\n" + "\n".join(rows) + "\n")
    return tmp_path


def parsed(done):
    """The rows and the summary."""
    *rows, summary = map(json.loads, done.stdout.splitlines())
    return rows, summary


def thetas(folder, *seeds):
    return [runs.load(folder / f"seed-{seed}").net.theta for seed in seeds]


def test_each_seed_is_a_run_as_if_it_were_alone(folder):
    done = spusk(*QUICK, "--seed", 4, "--seeds", 3, "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    rows, summary = parsed(done)
    alone = spusk(*QUICK, "--seed", 5, "--out", "alone", cwd=folder)
    assert alone.returncode == 0
    np.testing.assert_array_equal(
        *thetas(folder / "runs/001", 5), runs.load(folder / "alone").net.theta
    )
    scores = [row["score"] for row in rows]
    told = [runs.load(folder / row["run"]).history[-1]["val_accuracy"] for row in rows]
    assert scores == pytest.approx(told)
    assert [row["seed"] for row in rows] == [4, 5, 6]
    assert {row["outcome"] for row in rows} == {"finished"}
    expected = {"median": median(scores), "low": min(scores), "high": max(scores), "failed": []}
    assert expected.items() <= summary.items()
    with (folder / "runs/001/seeds.csv").open() as file:
        table = [*csv.DictReader(file)]
    assert [float(row["score"]) for row in table] == scores


def test_a_line_each_then_median_and_range_and_the_list_has_them(folder):
    done = spusk(*QUICK[:-1], "--data", "line.csv", "--layers", "2-4-1", "--preset", "modern",
                 "--epochs", 100, "--seeds", 2, "--out", "r", cwd=folder)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    *_, about, first, second, middle, saved = done.stdout.splitlines()
    assert "Seeds 0…1" in about
    assert first.startswith("seed 0: finished, 100 epochs in ")
    assert "R² 0." in second
    assert middle.startswith("R² on the test set, 2 seeds: median 0.")
    assert "r" in saved
    assert (folder / "r/curves.png").is_file()
    assert spusk("runs", "r", cwd=folder).stdout.count("r/seed-") == 2
    refused = spusk("show", "r", cwd=folder)
    assert (refused.returncode, refused.stderr.endswith("such as r/seed-0\n")) == (2, True)


def stopping_once(monkeypatch, path):
    """Ctrl-C as soon as a file is there."""

    def asks(stop):
        stop.number = 2 if path.exists() else 0
        return stop.number > 0

    monkeypatch.setattr(Signals, "__call__", asks)


def test_what_was_stopped_goes_on_and_what_is_over_stays(folder, monkeypatch, capsys):
    assert spusk(*QUICK, "--seeds", 3, "--out", "straight", cwd=folder).returncode == 0
    monkeypatch.chdir(folder)
    with monkeypatch.context() as patched:
        stopping_once(patched, folder / "r/seed-0/weights.safetensors")
        assert cli.run_command([*QUICK, "--seeds", "3", "--out", "r"]) == 130
    said = capsys.readouterr().out
    assert "seed 0: finished" in said
    assert "Stopped in seed 1, epoch 1, step " in said
    assert said.endswith("Go on with:  spusk resume r\n")
    over = (folder / "r/seed-0/weights.safetensors").stat().st_mtime_ns
    assert not (folder / "r/seed-1/weights.safetensors").exists()
    done = spusk("resume", "r", "--no-pictures", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    rows, _ = parsed(done)
    assert [row["epochs"] for row in rows] == [3, 3, 3]
    assert (folder / "r/seed-0/weights.safetensors").stat().st_mtime_ns == over
    for one, other in zip(*(thetas(folder / f, 0, 1, 2) for f in ("r", "straight")), strict=True):
        np.testing.assert_array_equal(one, other)
    done = spusk("resume", "r", "--epochs", 5, "--no-pictures", "--json", cwd=folder)
    assert [row["epochs"] for row in parsed(done)[0]] == [5, 5, 5]


def test_a_seed_that_went_wrong_is_named_with_the_reason(folder):
    done = spusk(*QUICK, "--output", "identity", "--rate", "1e9", "--seeds", 2, "--out", "r",
                 cwd=folder)  # fmt: skip
    assert done.returncode == 3, done.stdout + done.stderr
    assert "Went wrong or learned nothing: 0 (" in done.stdout
    assert "is too large for this start" in done.stdout
    again = spusk("resume", "r", "--no-pictures", "--json", cwd=folder)
    rows, summary = parsed(again)
    assert again.returncode == 3
    assert [row["score"] for row in rows] == [None, None]
    assert (summary["median"], summary["failed"]) == (None, [0, 1])


def test_overwriting_leaves_what_is_not_ours(folder):
    def overwrite(*more):
        return spusk(*QUICK, "--out", "r", "--overwrite", *more, cwd=folder).returncode

    assert overwrite() == 0
    assert overwrite("--seeds", 3) == 0
    assert not (folder / "r/run.json").exists()
    (folder / "r/seed-2/notes.txt").write_text("mine")
    assert spusk(*QUICK, "--out", "r", "--seeds", 2, cwd=folder).returncode == 2
    assert overwrite("--seeds", 2) == 0
    assert sorted(p.name for p in (folder / "r").iterdir()) == [
        "seed-0",
        "seed-1",
        "seed-2",
        "seeds.csv",
    ]
    assert [p.name for p in (folder / "r/seed-2").iterdir()] == ["notes.txt"]
    (folder / "r/seeds.csv").write_text("my own")
    assert overwrite("--seeds", 2) == 2
    assert (folder / "r/seeds.csv").read_text() == "my own"
    (folder / "r/seeds.csv").unlink()
    assert overwrite() == 0
    assert not (folder / "r/seed-0").exists()
