"""Pictures that lie transposed, and classes counted from 1: EMNIST's two traps."""

import json

import numpy as np
import pytest

from spusk import Network, data, runs
from spusk.cli.data_options import about_set
from spusk.data import Data, Preparation, Sample, load, prepare
from spusk.data.queries import read_query
from spusk.data.reading import Reading
from spusk.errors import DataError
from spusk.training import Plan
from tests.commands import spusk
from tests.data.helpers import table_text, write_idx
from tests.i18n.russian import refused

COUNT, SIDE = 30, 6
UPRIGHT = np.random.default_rng(2).integers(0, 256, (COUNT, SIDE, SIDE), np.uint8)
LYING = np.ascontiguousarray(UPRIGHT.transpose(0, 2, 1))
FLAT = UPRIGHT.reshape(COUNT, -1)
HEAD = "label," + ",".join(f"p{k}" for k in range(SIDE**2)) + "\n"
LETTERS = (np.arange(COUNT) % 5 + 1).astype(np.uint8)


def idx(folder, name="emnist-letters-", labels=LETTERS, images=LYING):
    for part, rows in (("train", slice(None)), ("test", slice(0, 10))):
        write_idx(folder / f"{name}{part}-images-idx3-ubyte", images[rows])
        write_idx(folder / f"{name}{part}-labels-idx1-ubyte", labels[rows])
    return folder


def test_emnist_s_files_are_set_upright_and_it_is_said(tmp_path):
    sets = load(idx(tmp_path))
    np.testing.assert_array_equal(sets.train.x, FLAT)
    np.testing.assert_array_equal(sets.test.x, FLAT[:10])
    line = about_set(sets, None, "en")
    assert "5 classes (1, 2, 3, 4, 5)" in line
    assert "emnist-letters-train-images-idx3-ubyte lie transposed" in line
    alone = load(tmp_path / "emnist-letters-train-images-idx3-ubyte", split=None)
    np.testing.assert_array_equal(alone.train.x, FLAT)
    as_they_are = load(tmp_path, transpose=False)
    np.testing.assert_array_equal(as_they_are.train.x, LYING.reshape(COUNT, -1))
    assert "transposed" not in about_set(as_they_are, None, "en")


@pytest.mark.parametrize("name", ["", "qmnist-"])
def test_other_sets_are_as_they_are(tmp_path, name):
    np.testing.assert_array_equal(load(idx(tmp_path, name, images=UPRIGHT)).train.x, FLAT)


@pytest.mark.parametrize(
    ("numbers", "names"),
    [
        ("1 2 3", "1 2 3"),  # no class 0 that nothing belongs to
        ("0 1 3", "0 1 2 3"),  # 2 is merely absent
        ("0 1 2", "0 1 2"),
        ("3 8", "3 8"),
        ("2 10 1", "1 2 10"),  # in the order of numbers
    ],
)
def test_the_classes_of_numbers_are_the_same_in_every_form(tmp_path, numbers, names):
    labels = np.resize(np.array(numbers.split(), np.uint8), COUNT)
    forms = {
        "idx": idx(tmp_path, "", labels), "csv": tmp_path / "set.csv", "npz": tmp_path / "set.npz",
    }  # fmt: skip
    forms["csv"].write_text(HEAD + table_text(UPRIGHT, labels))
    np.savez(forms["npz"], x=UPRIGHT, y=labels)
    for form, path in forms.items():
        V = load(path, split=None).train
        assert V.class_names == tuple(names.split()), form
        assert V.classes == len(V.class_names)
        np.testing.assert_array_equal(np.array(V.class_names)[V.labels].astype(int), labels)


@pytest.mark.parametrize("head", ["", HEAD])
def test_a_table_that_lies_is_set_upright_wherever_the_network_meets_one(tmp_path, head):
    """By its columns' names, where they have any: they say where each pixel belongs."""
    train, other, rows = (tmp_path / name for name in ("train.csv", "other.csv", "rows.csv"))
    train.write_text(head + table_text(LYING, LETTERS))
    other.write_text(train.read_text())
    rows.write_text("\n".join(line.partition(",")[2] for line in train.read_text().split("\n")))
    wish = Reading(label="label" if head else 1, transpose=True)
    sets = data.load_as(train, None, wish, None)
    np.testing.assert_array_equal(sets.train.x, FLAT)
    assert "transposed" in about_set(sets, None, "en")
    form = prepare(sets.train)
    assert form.look.shape == (SIDE, SIDE)
    np.testing.assert_array_equal(data.load_for(other, None, wish, form).train.x, FLAT)
    np.testing.assert_array_equal(read_query(rows, wish, form, 36).x, FLAT)
    np.testing.assert_array_equal(
        data.load_as(train, None, wish._replace(test=str(other))).test.x, FLAT
    )


def test_rows_of_an_archive_are_set_upright_too(tmp_path):
    np.savez(tmp_path / "x.npz", x=LYING, y=LETTERS)
    sets = load(tmp_path / "x.npz", split=None, transpose=True)
    np.testing.assert_array_equal(sets.train.x, FLAT)
    found = read_query(tmp_path / "x.npz", Reading(transpose=True), prepare(sets.train), 36)
    np.testing.assert_array_equal(found.x, FLAT)


def test_what_is_no_picture_is_not_transposed(tmp_path):
    (tmp_path / "a.csv").write_text("label,one,two\n0,1.5,2\n1,-2,3\n0,4,5\n1,2,2\n")
    with refused(DataError, "no pictures that could be transposed", "a.csv"):
        load(tmp_path / "a.csv", transpose=True)


def test_a_run_of_before_goes_on_and_is_evaluated_with_the_class_that_it_has_too_many(tmp_path):
    """Its set lay transposed and had a class 0 to which nothing belongs."""
    (tmp_path / "set").mkdir()
    V = Sample(LYING, labels=LETTERS, classes=6)
    net = Network([36, 4, 6], preparation=prepare(V))
    read = {"label": None, "missing": None, "mix": False, "test": None}
    begun = runs.open_new(
        tmp_path / "run", net, Plan(0.1, epochs=1), Data(V, V, "set"),
        str(idx(tmp_path / "set")), {"shape": [SIDE, SIDE], "read": read}, "reference",
    )  # fmt: skip
    with begun.writer as writer:
        for event in begun.events:
            writer.take(event)
        writer.finish(event)
    done = spusk("evaluate", tmp_path / "run", "--json")
    assert done.returncode == 0, done.stderr
    part = json.loads(done.stdout.splitlines()[0])
    assert part["count"] == COUNT
    assert part["accuracy"] == pytest.approx(net.accuracy(V))
    assert [each["name"] for each in part["classes"]] == list("012345")
    assert runs.resume(tmp_path / "run", epochs=2).last.epoch == 2


def test_what_was_asked_is_kept_in_the_run(tmp_path):
    (tmp_path / "a.csv").write_text(table_text(LYING, LETTERS))
    words = ("--epochs", 1, "--layers", "36-3-5", "--no-pictures", "--out", "run")
    done = spusk("train", "--data", "a.csv", "--transpose", *words, cwd=tmp_path)
    assert "The pictures are transposed." in done.stdout
    run = runs.load(tmp_path / "run")
    assert run.note["read"]["transpose"] is True
    assert isinstance(run.net.preparation, Preparation)
    done = spusk("resume", "run", "--epochs", 2, "--no-pictures", cwd=tmp_path)
    assert "Going on in epoch 2" in done.stdout
