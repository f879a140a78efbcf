"""`spusk evaluate`: classes by their names, sets taken whole, what each class and target says."""

import json

import numpy as np
import pytest
from PIL import Image

import spusk as package
from spusk import data, runs
from spusk.data import Sample, prepare
from spusk.training import Plan
from tests.commands import spusk
from tests.i18n.russian import foreign

RANDOM = np.random.default_rng(0)
ANIMALS = ("cat", "dog", "eel")


def kept(folder, V, source="sample", **model):
    """A run folder of a network that learned V."""
    net = package.Network(
        [V.x.shape[1], 12, V.classes], preparation=prepare(V, targets=V.y is not None), **model
    )
    package.train(net, V, rule="adam", rate=0.02, epochs=30)
    note = {"shape": list(V.shape), "read": {"label": "answer", "test": None}}
    runs.save(folder, net, Plan(rate=1.0), str(source), [], note)
    return folder


def blobs(names, count=60):
    """Points about a place of their own for each name, and their names."""
    places = {
        name: np.array([5.0 * (ord(name[0]) % 7), 3.0 * (ord(name[0]) % 5)]) for name in names
    }
    answers = [names[k % len(names)] for k in range(count)]
    return np.array([places[name] + RANDOM.normal(size=2) for name in answers]), answers


def table(path, x, answers, columns=("a", "b")):
    rows = [",".join([*columns, "answer"])]
    rows += [",".join([*map(str, row), str(y)]) for row, y in zip(x, answers, strict=True)]
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.fixture(scope="module")
def animals(tmp_path_factory):
    x, answers = blobs(ANIMALS)
    labels = [ANIMALS.index(name) for name in answers]
    V = Sample(x, labels=labels, class_names=ANIMALS, columns=("a", "b"))
    return kept(tmp_path_factory.mktemp("animals") / "run", V)


def lines(*words):
    done = spusk("evaluate", *words, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


@pytest.mark.parametrize("names", [("dog", "eel"), ("eel", "dog", "cat"), ("cat", "eel")])
def test_classes_are_known_by_their_names(animals, tmp_path, names):
    path = table(tmp_path / "t.csv", *blobs(names))
    (part,), said = lines(animals, "--data", path)
    assert (part["part"], part["count"], said) == ("all", 60, "")
    assert part["accuracy"] > 0.9
    assert [row["name"] for row in part["classes"]] == list(ANIMALS)
    counts = {row["name"]: row["count"] for row in part["classes"]}
    assert counts == {name: 60 // len(names) if name in names else 0 for name in ANIMALS}


def test_classes_that_it_does_not_know_are_left_out_and_said(animals, tmp_path):
    path = table(tmp_path / "t.csv", *blobs(("ant", "cat", "dog")))
    (part,), said = lines(animals, "--data", path)
    assert (part["count"], part["accuracy"] > 0.9) == (40, True)
    assert "left out 20 examples" in said
    assert "ant" in said
    russian = spusk("--lang", "ru", "evaluate", animals, "--data", path).stderr
    assert not foreign(russian, str(path), "t.csv", "ant")


def test_a_set_of_other_classes_is_refused(animals, tmp_path):
    done = spusk("evaluate", animals, "--data", table(tmp_path / "t.csv", *blobs(("ant", "bee"))))
    assert done.returncode == 2
    assert "none of its classes (ant, bee)" in done.stderr
    assert "cat, dog, eel" in done.stderr


def test_columns_are_found_by_their_names(animals, tmp_path):
    x, answers = blobs(ANIMALS)
    path = table(tmp_path / "t.csv", x[:, ::-1], answers, ("b", "a"))
    (part,), _ = lines(animals, "--data", path)
    assert part["accuracy"] > 0.9
    done = spusk("evaluate", animals, "--data", table(tmp_path / "t.csv", x, answers, ("a", "c")))
    assert (done.returncode, "column 'b' is missing" in done.stderr) == (2, True)
    (tmp_path / "bare.csv").write_text("a,b\n1,2\n3,4\n")
    done = spusk("evaluate", animals, "--data", tmp_path / "bare.csv")
    assert (done.returncode, "no column 'answer'" in done.stderr) == (2, True)


def test_the_table_of_the_classes(animals, tmp_path):
    path = table(tmp_path / "t.csv", *blobs(ANIMALS))
    said = spusk("evaluate", animals, "--data", path).stdout.splitlines()
    assert len(said) == 5
    assert said[1].split() == ["class", "precision", "recall", "F1", "AUC", "examples"]
    (part,), _ = lines(animals, "--data", path)
    for line, row in zip(said[2:], part["classes"], strict=True):
        name, *shares, count = line.split()
        assert (name, int(count)) == (row["name"], row["count"])
        for shown, key in zip(shares, ("precision", "recall", "f1", "auc"), strict=True):
            assert float(shown) == pytest.approx(row[key], abs=1e-4)


def test_a_foreign_set_is_taken_whole(tmp_path):
    digits = data.load("sample")
    run = kept(tmp_path / "run", digits.train.take(slice(0, 300)))
    np.savez(tmp_path / "t.npz", x=digits.test.x[:200], y=digits.test.labels[:200])
    assert spusk("evaluate", run, "--data", tmp_path / "t.npz").stdout.count("of 200)") == 1
    own, _ = lines(run)
    assert [(part["part"], part["count"]) for part in own] == [("train", 4000), ("test", 1000)]
    few = digits.test.labels[:200] < 9
    np.savez(tmp_path / "f.npz", x=digits.test.x[:200][few], y=digits.test.labels[:200][few])
    (part,), _ = lines(run, "--data", tmp_path / "f.npz")
    assert part["count"] == few.sum()
    assert part["classes"][9]["auc"] is None


def test_pictures_of_one_class_are_evaluated(tmp_path):
    digits = data.load("sample").train.take(slice(0, 300))
    run = kept(tmp_path / "run", digits)
    for k in np.flatnonzero(digits.labels == 7)[:5]:
        path = tmp_path / "set" / "7" / f"{k}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(digits.x[k].reshape(28, 28)).save(path)
    (part,), _ = lines(run, "--data", tmp_path / "set")
    assert (part["count"], part["accuracy"]) == (5, 1)


def test_regression_has_its_own_numbers(tmp_path):
    x = RANDOM.normal(size=(200, 2))
    y = 30 * x[:, 0] - 7 * x[:, 1] + 100
    V = Sample(x, y, columns=("a", "b"))
    run = kept(tmp_path / "run", V, output="identity")
    path = table(tmp_path / "t.csv", x, y)
    (part,), _ = lines(run, "--data", path)
    net = runs.load(run).net
    left = np.sum(np.square(y - net.answer(x)[:, 0]))
    assert part["r2"] == pytest.approx(1 - left / np.sum(np.square(y - y.mean())), rel=1e-4)
    assert part["r2"] > 0.8
    assert part["mae"] == pytest.approx(np.abs(y - net.answer(x)[:, 0]).mean(), rel=1e-4)
    assert "R² 0." in spusk("evaluate", run, "--data", path).stdout
    few = table(tmp_path / "few.csv", x[:3], [100, 90, 110])
    (part,), _ = lines(run, "--data", few)
    assert part["count"] == 3
    assert part["mae"] == pytest.approx(np.abs([100, 90, 110] - net.answer(x[:3])[:, 0]).mean())


def test_words_are_no_targets_and_numbers_no_classes(animals, tmp_path):
    x = RANDOM.normal(size=(40, 2))
    run = kept(tmp_path / "run", Sample(x, x[:, 0], columns=("a", "b")), output="identity")
    words = table(tmp_path / "w.csv", *blobs(ANIMALS))
    done = spusk("evaluate", run, "--data", words)
    assert (done.returncode, "names of classes" in done.stderr) == (2, True)
    done = spusk("evaluate", animals, "--data", table(tmp_path / "n.csv", x, x[:, 1]))
    assert (done.returncode, "numbers" in done.stderr) == (2, True)
