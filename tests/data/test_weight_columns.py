"""A column of weights, an archive's array of them: read, kept out of the inputs, refused."""

import gzip

import numpy as np
import pytest

from spusk import data
from spusk.data import Reading, prepare, tables
from spusk.data.queries import read_query
from spusk.errors import DataError
from tests.data.helpers import digits, write_idx
from tests.i18n.russian import refused

RANDOM = np.random.default_rng(11)
K = 60
A = RANDOM.normal(0, 1, K).round(3)
W = RANDOM.integers(1, 4, K) / 2  # few numbers: they could be classes themselves
KIND = np.array(["ant", "bee"])[RANDOM.integers(0, 2, K)]
ROWS = [*zip(A, W, KIND, strict=True)]


def written(path, rows=ROWS, head="a,w,kind", between=","):
    lines = [*([head] if head else []), *(between.join(map(str, row)) for row in rows)]
    text = "\n".join(line.replace(".", ",") if between == ";" else line for line in lines) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def seen(sets):
    """x and weight of each example of the training part."""
    return dict(zip(sets.train.x[:, 0].tolist(), sets.train.weights.tolist(), strict=True))


@pytest.mark.parametrize("fast", [True, False], ids=["in C", "singly"])
@pytest.mark.parametrize(
    ("name", "head", "between", "weight"),
    [
        ("t.csv", "a,w,kind", ",", "w"),
        ("t.csv.gz", "a,W,kind", ",", "w"),
        ("t.csv", "a;w;kind", ";", "2"),
        ("t.tsv", "", "\t", -2),
        ("t.data", "", " ", 2),
    ],
)
def test_a_column_of_weights_is_no_input_and_counts_in_training_alone(
    tmp_path, monkeypatch, name, head, between, weight, fast
):
    monkeypatch.setattr(tables, "EXACT", tables.EXACT and fast)
    path = written(tmp_path / name, head=head, between=between)
    sets = data.load(path, weight=weight, mix=True)
    assert sets.train.class_names == ("ant", "bee")
    assert sets.train.x.shape == (48, 1)
    assert sets.found.weight == (head[2] if head else "2")
    every = dict(zip(A.tolist(), W.tolist(), strict=True))
    assert seen(sets) == {a: every[a] for a in sets.train.x[:, 0]}
    assert sets.test.weights is None
    plain = data.load(path, label=None if head else "3", mix=True)
    assert plain.train.weights is None
    assert plain.train.x.shape == (48, 2)


def test_weights_go_with_their_rows_where_some_are_left_out_or_filled_in(tmp_path):
    rows = [list(row) for row in ROWS]
    rows[3][0], rows[7][1], rows[9][2] = "", "NA", "?"
    path = written(tmp_path / "t.csv", rows)
    sets = data.load(path, weight="w", missing="drop")
    assert len(sets.train) + len(sets.test) == K - 3
    assert sets.found.dropped == 3
    every = dict(zip(A.tolist(), W.tolist(), strict=True))
    assert seen(sets) == {a: every[a] for a in sets.train.x[:, 0]}
    rows[7][1], rows[9][2] = 2, "ant"
    filled = data.load(written(path, rows), weight="w", missing="mean")
    assert filled.found.filled == 1
    assert len(filled.train.weights) == len(filled.train)


@pytest.mark.parametrize(
    ("weight", "value", "says"),
    [
        ("w", -0.5, r"t.csv, line 6: the weight '-0.5' in column w; a weight is a finite number"),
        ("2", "inf", "line 6: the weight 'inf' in column w"),
        ("w", "nan", "line 6: the weight 'nan' in column w"),
        ("w", "much", "line 6: the weight 'much' in column w"),
        ("w", "", "line 6: the weight '' in column w"),
        ("mass", 1, "no column 'mass'; its columns are a, w, kind"),
        ("kind", 1, "the weight 'ant|bee' in column kind"),
    ],
)
def test_a_column_that_holds_no_weights_is_refused(tmp_path, weight, value, says):
    rows = [list(row) for row in ROWS]
    rows[4][1] = value
    path = written(tmp_path / "t.csv", rows)
    says = says.replace("ant|bee", str(rows[0][2]))
    label = "w" if weight == "kind" else None
    names = ("t.csv", "w", "a", "kind", "mass", "much", "inf", "nan", "ant", "bee")
    with refused(DataError, says, *names, str(path), *path.parts):
        data.load(path, weight=weight, label=label)
    if weight == "w":
        with pytest.raises(DataError, match="weight"):
            data.load(path, weight=weight, missing="mean")


def test_all_weights_zero_and_weights_that_are_the_answer(tmp_path):
    path = written(tmp_path / "t.csv", [(a, 0, kind) for a, _, kind in ROWS])
    with refused(DataError, "all weights are 0", "t.csv"):
        data.load(path, weight="w")
    with refused(DataError, "column w can't be both the answer and the weights", str(path), "w"):
        data.load(path, weight="w", label="2")


def test_what_can_hold_no_weights_says_so(tmp_path):
    images, labels = digits(8)
    write_idx(tmp_path / "train-images-idx3-ubyte", images)
    write_idx(tmp_path / "train-labels-idx1-ubyte", labels)
    for source in ("sample", tmp_path, tmp_path / "train-images-idx3-ubyte"):
        with refused(DataError, "a column of a table, or an array of an NPZ", str(source)):
            data.load(source, weight="w")
    own = data.load(tmp_path).train
    alone = data.load_for(tmp_path, None, Reading(weight="w"), prepare(own))  # of no use there
    assert alone.train.weights is None


def test_an_archives_weights_are_an_array_that_is_named(tmp_path):
    path = tmp_path / "t.npz"
    x = np.column_stack([A, A])
    np.savez(path, x_train=x, y_train=W * 2, x_test=x, y_test=W * 2, Sample_weight=W, more=A,
             two=x)  # fmt: skip
    sets = data.load(path, weight="sample_weight")
    assert sets.train.weights.tolist() == W.tolist()
    assert sets.test.weights is None
    assert sets.found.weight == "sample_weight"
    assert sets.found.left_out == ()
    plain = data.load(path)
    assert plain.train.weights is None
    assert plain.found.left_out == ("sample_weight",)
    arrays = ("more", "sample_weight", "two")
    says = f"no array 'w' of weights; its arrays are {', '.join(arrays)}"
    with refused(DataError, says, str(path), "w", *arrays):
        data.load(path, weight="w")
    refusals = {
        "more": "the weight of example",
        "two": "expected 60 weights",
        "y_train": "no array",
    }
    for weight, says in refusals.items():
        with pytest.raises(DataError, match=says):
            data.load(path, weight=weight)
    np.savez(path, x=x, y=W * 2, weights=W)
    assert len(data.load(path, weight="weights").train.weights) == 48


@pytest.mark.parametrize("head", ["a,w,kind", ""])
def test_another_table_for_the_same_network_may_hold_weights_or_not(tmp_path, head):
    """They are of no use there: a negative one is no fault, a missing column is none either."""
    own = data.load(written(tmp_path / "own.csv", head=head), weight="w" if head else "2").train
    form = prepare(own, "standardise")
    wish = Reading(label="kind" if head else "3", weight="w" if head else "2")
    bad = [(a, -1, kind) for a, _, kind in ROWS]
    path = written(tmp_path / "with.csv", bad, head)
    other = data.load_as(path, None, wish, None, form).train
    assert other.weights is None
    assert other.x.tolist() == A[:, None].tolist()
    assert read_query(path, wish, form, 1).x.tolist() == A[:, None].tolist()
    short = written(tmp_path / "short.csv", [(kind, a) for a, _, kind in ROWS],
                    head and "kind,a")  # fmt: skip
    assert read_query(short, wish._replace(label="kind" if head else 1), form, 1).x.shape == (K, 1)
    tests = data.load_as(written(tmp_path / "own.csv", head=head), None,
                         wish._replace(test=str(path))).test  # fmt: skip
    assert tests.weights is None
    assert tests.x.tolist() == A[:, None].tolist()


@pytest.mark.parametrize(
    ("class_weight", "weights"),
    [("balanced", {0: 48 / (2 * 24), 1: 48 / (2 * 24)}), ((("bee", 3.0),), {0: 1.0, 1: 3.0})],
)
def test_classes_are_weighed_in_the_training_part_alone(tmp_path, class_weight, weights):
    sets = data.load_as(written(tmp_path / "t.csv"), None, Reading(class_weight=class_weight))
    if class_weight == "balanced":
        counts = np.bincount(sets.train.labels)
        weights = {k: len(sets.train) / (2 * count) for k, count in enumerate(counts)}
    assert sets.train.weights.tolist() == [weights[k] for k in sets.train.labels]
    assert sets.test.weights is None
    assert sets.found.class_weight == class_weight
    digits = data.load_as("sample", None, Reading(class_weight=(("7", 2),))).train
    assert set(digits.weights[digits.labels == 7]) == {2}
