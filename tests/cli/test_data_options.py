"""The command line about a set: what it says before epoch 1, what it refuses, what it keeps."""

import json

import numpy as np
import pytest

from tests.commands import spusk

rng = np.random.default_rng(7)
N = 90
KIND = np.sort(rng.integers(0, 3, N))
X = np.column_stack([KIND * 100 + rng.normal(0, 20, N), rng.normal(5, 1e-3, N)]).round(4)
NAMES = np.array(["ant", "bee", "cat"])
MORE = ("--epochs", "3", "--rate", "0.5", "--no-pictures", "--out", "run")


def write(path, head, rows):
    lines = [head, *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def here(tmp_path):
    """A folder with a table whose answer is named, and one where two columns could be."""
    write(tmp_path / "a.csv", "id,length,width,species",
          [(k, *X[k], NAMES[KIND[k]]) for k in range(N)])  # fmt: skip
    write(tmp_path / "b.csv", "first,length,last", [(KIND[k], X[k, 0], k % 2) for k in range(N)])
    return tmp_path


def train(here, *arguments, **more):
    return spusk("train", *arguments, *MORE, cwd=here, **more)


def about(done):
    return done.stdout.splitlines()[1]


def test_the_line_says_answer_inputs_and_order(here):
    done = train(here, "--data", "a.csv")
    assert about(done) == (
        "Answer: column species, 3 classes (ant, bee, cat). Inputs: 2 numbers, standardised. "
        "Left out: id. Order: mixed."
    )
    assert "sorted" not in done.stderr
    done = spusk("--lang", "ru", "train", "--data", "a.csv", "--keep-order", *MORE, "--overwrite",
                 cwd=here)  # fmt: skip
    assert about(done) == (
        "Ответ: столбец species, 3 класса (ant, bee, cat). Входы: 2 числа, стандартизованы. "
        "Не взяты: id. Порядок: как дан."
    )
    assert done.stderr == ""


def test_the_sample_is_never_mixed(here):
    assert about(train(here)) == (
        "Answer: 10 classes (0, 1, 2, 3, 4, 5, 6, 7, 8, 9). Inputs: pixels, 255 is 1. "
        "Order: as given."
    )


def test_what_is_refused_says_what_to_type_and_that_works(here):
    done = train(here, "--data", "b.csv")
    assert (done.returncode, done.stdout) == (2, "")
    assert "two columns could be the answer, first and last; say which: --label last" in done.stderr
    assert "column last, 2 classes" in about(train(here, "--data", "b.csv", "--label", "last"))
    done = train(here, "--data", "b.csv", "--label", "2", "--overwrite")
    assert "column length, a number (regression)" in about(done)


@pytest.mark.parametrize(
    ("scaling", "says"),
    [("none", "2 numbers, as they are"), ("minmax", "brought to 0…1"), ("pixels", "pixels, "),
     ("standardise", "standardised")],
)  # fmt: skip
def test_the_scaling_is_chosen(here, scaling, says):
    assert says in about(train(here, "--data", "a.csv", "--scaling", scaling))
    kept = json.loads((here / "run" / "run.json").read_text())
    assert kept["network"]["preparation"]["scaling"] == scaling


def test_the_run_keeps_what_was_asked_and_goes_on_with_the_same(here):
    train(here, "--data", "a.csv", "--label", "4")
    kept = json.loads((here / "run" / "run.json").read_text())
    asked = {"missing": None, "mix": True, "test": None, "transpose": None}
    assert kept["note"]["read"] == {"label": "species", **asked}
    assert kept["network"]["preparation"] == {
        "scaling": "standardise", "classes": ["ant", "bee", "cat"], "columns": ["length", "width"],
    }  # fmt: skip
    last = spusk("resume", "run", "--epochs", "5", "--no-pictures", cwd=here)
    assert last.returncode == 0, last.stderr
    assert "column species" in last.stdout
    weights = (here / "run" / "weights.safetensors").read_bytes()
    whole = spusk("train", "--data", "a.csv", "--epochs", "5", "--rate", "0.5", "--no-pictures",
                  "--out", "whole", cwd=here)  # fmt: skip
    assert whole.returncode == 0
    assert (here / "whole" / "weights.safetensors").read_bytes() == weights
    assert spusk("evaluate", "run", cwd=here).returncode == 0


def test_missing_values_are_filled_in_where_it_is_asked(here):
    rows = [(X[k, 0] if k % 10 else "", X[k, 1], NAMES[KIND[k]]) for k in range(N)]
    write(here / "c.csv", "length,width,species", rows)
    done = train(here, "--data", "c.csv")
    assert done.returncode == 2
    assert "the first of 9 missing; fill them with --missing mean" in done.stderr
    done = train(here, "--data", "c.csv", "--missing", "mean")
    assert "Missing values filled in: 9." in about(done)
    done = train(here, "--data", "c.csv", "--missing", "drop", "--overwrite")
    assert "Rows left out: 9." in about(done)


def test_a_file_of_its_own_is_the_test_part(here):
    write(here / "t.csv", "species,width,length",
          [(NAMES[KIND[k]], X[k, 1], X[k, 0]) for k in range(0, N, 3)])  # fmt: skip
    done = train(here, "--data", "a.csv", "--test", "t.csv")
    assert done.returncode == 0, done.stderr
    assert "no test part of its own" not in done.stdout
    parts = spusk("evaluate", "run", cwd=here).stdout
    assert "of 90)" in parts
    assert "of 30)" in parts


def test_runs_of_before_are_read_as_they_were(here):
    """A run.json that says nothing of how the set was read: the first column was the answer."""
    rows = [(k % 3, *X[k], k % 2) for k in range(N)]
    write(here / "d.csv", "a,b,c,Outcome", rows)
    train(here, "--data", "d.csv", "--label", "a", "--keep-order", "--scaling", "none")
    kept = json.loads((here / "run" / "run.json").read_text())
    del kept["note"]["read"], kept["network"]["preparation"]
    (here / "run" / "run.json").write_text(json.dumps(kept))
    done = spusk("resume", "run", "--epochs", "5", "--no-pictures", cwd=here)
    assert "Answer: column a, 3 classes (0, 1, 2)" in done.stdout, done.stderr
