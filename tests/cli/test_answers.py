"""`spusk predict` on tables and archives: columns by their names, answers as CSV and JSON."""

import csv
import io
import json

import numpy as np
import pytest

import spusk as package
from spusk import data, runs
from spusk.data import Sample, prepare
from spusk.training import Plan
from tests.commands import spusk
from tests.i18n.russian import foreign

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(60, 3)) * (1, 10, 100)
KINDS = ("cat", "dog", "eel")
LABELS = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)


def kept(folder, V, label="kind", **model):
    """A run folder of a network that learned V."""
    net = package.Network(
        [V.x.shape[1], 12, V.classes], preparation=prepare(V, targets=V.y is not None), **model
    )
    package.train(net, V, rule="adam", rate=0.02, epochs=20)
    note = {"shape": list(V.shape), "read": {"label": label, "test": None}}
    runs.save(folder, net, Plan(rate=1.0), "sample", [], note)
    return folder


@pytest.fixture(scope="module")
def animals(tmp_path_factory):
    V = Sample(X, labels=LABELS, class_names=KINDS, columns=("a", "b", "c"))
    return kept(tmp_path_factory.mktemp("animals") / "run", V)


def table(path, columns, **more):
    """A CSV file of columns by their names."""
    names = list(columns) + list(more)
    rows = zip(*columns.values(), *more.values(), strict=True)
    path.write_text("\n".join(",".join(map(str, row)) for row in [names, *rows]) + "\n")
    return path


def answered(*words, code=0):
    done = spusk("predict", *words)
    assert done.returncode == code, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout))), done.stderr


def expected(run, x=X):
    return runs.load(run).net.answer(x)


def test_each_row_has_its_class_and_every_share(animals, tmp_path):
    path = table(tmp_path / "t.csv", dict(zip("abc", X.T, strict=True)))
    rows, said = answered(animals, path)
    assert said == ""
    assert list(rows[0]) == ["row", "class", "p(cat)", "p(dog)", "p(eel)"]
    assert [row["row"] for row in rows] == [str(k) for k in range(1, 61)]
    a = expected(animals)
    found = [[float(row[f"p({kind})"]) for kind in KINDS] for row in rows]
    np.testing.assert_allclose(found, a, rtol=1e-4, atol=1e-7)
    assert [row["class"] for row in rows] == [KINDS[k] for k in np.argmax(a, axis=1)]
    assert len({row["class"] for row in rows}) == 3


def test_columns_are_found_by_name_and_others_are_said(animals, tmp_path):
    columns = dict(zip("cba", X.T[::-1], strict=True))
    plain, _ = answered(animals, table(tmp_path / "t.csv", columns))
    path = table(tmp_path / "u.csv", {"id": range(60), **columns}, kind=["dog"] * 60)
    rows, said = answered(animals, path)
    assert rows == plain
    assert "column kind is the answer's" in said
    assert "left out: id" in said
    russian = spusk("--lang", "ru", "predict", animals, path).stderr
    assert not foreign(russian, str(path), "kind", " id")
    done = spusk("predict", animals, table(tmp_path / "t.csv", {"a": X[:, 0], "c": X[:, 2]}))
    assert (done.returncode, done.stdout) == (2, "")
    assert "column 'b' is missing" in done.stderr


def test_numbers_without_names_are_taken_in_their_order(tmp_path):
    digits = data.load("sample").train.take(slice(0, 200))
    run = kept(tmp_path / "run", digits, None)
    a = expected(run, digits.x)
    np.savetxt(tmp_path / "bare.csv", digits.x, fmt="%d", delimiter=",")
    names = ",".join(f"pixel{k}" for k in range(784))
    np.savetxt(tmp_path / "named.csv", digits.x, fmt="%d", delimiter=",", header=names, comments="")
    full = np.column_stack([digits.labels, digits.x])
    np.savetxt(tmp_path / "full.csv", full, fmt="%d", delimiter=",")
    np.savez(tmp_path / "x.npz", x=digits.x)
    np.savez(tmp_path / "other.npz", pictures=digits.x.reshape(-1, 28, 28), ids=np.arange(200))
    for name in ("bare.csv", "named.csv", "full.csv", "x.npz", "other.npz"):
        rows, _ = answered(run, tmp_path / name)
        found = [[float(row[f"p({k})"]) for k in range(10)] for row in rows]
        np.testing.assert_allclose(found, a, rtol=1e-4, atol=1e-7)


def test_rows_of_another_width_are_refused(tmp_path):
    run = kept(tmp_path / "run", Sample(X, labels=LABELS), None)
    (tmp_path / "t.csv").write_text("1,2,3,4,5\n6,7,8,9,10\n")
    done = spusk("predict", run, tmp_path / "t.csv")
    assert (done.returncode, "expected 3 columns" in done.stderr) == (2, True)


def test_an_archive_without_fitting_rows_is_refused(animals, tmp_path):
    np.savez(tmp_path / "x.npz", x=X[:, :2])
    done = spusk("predict", animals, tmp_path / "x.npz")
    assert (done.returncode, "one array of 3 numbers in a row" in done.stderr) == (2, True)
    np.savez(tmp_path / "x.npz", first=X, second=X)
    done = spusk("--lang", "ru", "predict", animals, tmp_path / "x.npz")
    assert done.returncode == 2
    assert not foreign(done.stderr, "x.npz", "first", "second", "x_test")


def test_answers_go_to_a_file(animals, tmp_path):
    path = table(tmp_path / "t.csv", dict(zip("abc", X.T, strict=True)))
    shown = spusk("predict", animals, path).stdout
    done = spusk("predict", animals, path, "--out", tmp_path / "answers.csv")
    assert (done.returncode, done.stdout) == (0, "")
    assert "answers.csv" in done.stderr
    assert (tmp_path / "answers.csv").read_text() == shown
    done = spusk("predict", animals, path, path, "--out", tmp_path / "answers.csv")
    assert (done.returncode, "one table" in done.stderr) == (2, True)
    done = spusk("predict", animals, path, "--out", path / "answers.csv")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_json_has_a_line_for_each_row(animals, tmp_path):
    path = table(tmp_path / "t.csv", dict(zip("abc", X.T, strict=True)))
    lines = [json.loads(x) for x in spusk("predict", animals, path, "--json").stdout.splitlines()]
    a = expected(animals)
    assert [line["row"] for line in lines] == list(range(1, 61))
    np.testing.assert_allclose([line["answer"] for line in lines], a, rtol=1e-5)
    assert [line["name"] for line in lines] == [KINDS[k] for k in np.argmax(a, axis=1)]


def test_targets_are_answered_in_their_units(tmp_path):
    y = 300 + 40 * X[:, 0]
    V = Sample(X, y[:, None], columns=("a", "b", "c"))
    run = kept(tmp_path / "run", V, "price", output="identity")
    rows, _ = answered(run, table(tmp_path / "t.csv", dict(zip("abc", X.T, strict=True))))
    assert list(rows[0]) == ["row", "price"]
    found = [float(row["price"]) for row in rows]
    np.testing.assert_allclose(found, expected(run)[:, 0], rtol=1e-4)
    assert 200 < np.mean(found) < 400


@pytest.mark.parametrize("missing", ["mean", None])
def test_a_run_s_own_table_comes_back(tmp_path, missing):
    """From the command line whole: words, gaps, the answer's column in the middle."""
    words = np.where(X[:, 2] > 0, "red", "blue")
    a = [x if k % 7 or missing is None else "" for k, x in enumerate(X[:, 0])]
    kinds = [KINDS[k] for k in LABELS]
    path = table(tmp_path / "t.csv", {"a": a, "kind": kinds, "b": X[:, 1], "colour": words})
    options = ["--missing", missing] if missing else []
    done = spusk(
        "train", "--data", path, "--label", "kind", "--rule", "adam", "--rate", ".02", "--epochs",
        "40", "--no-pictures", "--out", tmp_path / "run", *options,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows, said = answered(tmp_path / "run", path)
    assert np.mean([row["class"] == kind for row, kind in zip(rows, kinds, strict=True)]) > 0.8
    assert "column kind" in said
    evaluated = spusk("evaluate", tmp_path / "run", "--data", path, "--json").stdout
    right = sum(row["class"] == kind for row, kind in zip(rows, kinds, strict=True))
    assert json.loads(evaluated)["accuracy"] == pytest.approx(right / len(rows))
