"""The training sample: what it accepts, what it refuses, and the batches it gives."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import spusk
from spusk.data import Sample, image, load, sample
from spusk.data.samples import held_out, stratified
from spusk.errors import DataError
from tests.conftest import examples
from tests.i18n.russian import refused

quick = examples(40)


@quick
@given(st.integers(1, 40), st.integers(1, 30), st.sampled_from([np.float32, np.float64]), st.data())
def test_pixels_become_fractions_of_255(count, n, dtype, data):
    x = data.draw(arrays(np.uint8, (count, n)))
    x[-1, -1] |= 16 + 1  # above 16: these are pixels
    index = np.array(data.draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=9)))
    V = Sample(x, labels=np.zeros(count, int))
    slow = np.array([[float(v) / 255 for v in x[i]] for i in index]).astype(dtype)
    assert V.inputs(index, dtype).dtype == dtype
    np.testing.assert_allclose(V.inputs(index, dtype), slow, rtol=1e-6)
    np.testing.assert_array_equal(V.inputs(slice(0, count), dtype)[index], V.inputs(index, dtype))


def test_targets_are_one_hot_rows_of_the_labels():
    V = Sample(np.zeros((3, 2)), labels=[2, 0, 1], classes=4)
    rows = V.targets(np.array([0, 2, 0]), np.float32)
    assert rows.dtype == np.float32
    np.testing.assert_array_equal(rows, [[0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 1, 0]])


def test_general_targets_are_taken_as_they_are():
    V = Sample(np.ones((3, 2)), y=[[0.5, 1], [2, -3], [4, 5]])
    assert (V.classes, V.labels, V.sorted_by_class) == (2, None, False)
    np.testing.assert_array_equal(V.targets(np.array([1]), np.float64), [[2, -3]])
    assert Sample(np.ones((3, 2)), y=[1.0, 2.0, 3.0]).classes == 1


def test_images_are_flattened_and_keep_their_shape():
    V = Sample(x=np.zeros((4, 28, 28), np.uint8), labels=[0, 1, 2, 3])
    assert (V.x.shape, V.shape, len(V), V.classes) == ((4, 784), (28, 28), 4, 4)
    assert Sample(np.zeros((4, 784), np.uint8), labels=[0] * 4).shape == (28, 28)
    assert Sample(np.zeros((4, 784)), labels=[0] * 4).shape == (28, 28)
    assert Sample(np.full((4, 784), 0.5), labels=[0] * 4).shape == (784,)
    assert Sample(np.zeros((4, 16), np.uint8), labels=[0] * 4).shape == (16,)
    assert Sample(np.zeros((4, 784)), labels=[0] * 4, shape=(28, 28)).shape == (28, 28)
    assert Sample(np.zeros((4, 5, 5, 1)), labels=[0] * 4).shape == (5, 5)
    assert "28×28" in repr(V)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (np.array([[0, 255]]), np.uint8),
        (np.array([[0, 1]]), np.float64),
        (np.array([[0, 256]]), np.float64),
        (np.array([[-1, 20]], np.int8), np.float64),
        (np.array([[0.0, 255.0]]), np.float64),
        (np.array([[0, 1]], np.float16), np.float32),
        (np.array([[True, False]]), np.float32),
        (np.array([[1, 2]], ">f8"), np.float64),
    ],
)
def test_whole_numbers_up_to_255_are_pixels_and_floats_stay(given, kept):
    V = Sample(given, labels=[0])
    assert V.x.dtype == kept
    assert V.x.dtype.isnative
    assert V.x.flags.c_contiguous
    assert not V.x.flags.writeable


@pytest.mark.parametrize(("top", "scale"), [(1, 1), (15, 1), (16, 1), (17, 255), (255, 255)])
@pytest.mark.parametrize("kind", ["u1", "i2", "i8", "f4", "f8", ">f8"])
def test_the_same_numbers_of_any_type_are_the_same_inputs(kind, top, scale):
    x = np.array([[0, 1], [top, 0], [top // 2, 1]]).astype(kind)
    V = Sample(x, labels=[0, 1, 0])
    for part in (V, V.take(slice(0, 1)), V.take([2, 0])):  # a dark part is no other set
        rows = part.inputs(slice(None), np.float32)
        np.testing.assert_array_equal(rows, part.x.astype(np.float32) / np.float32(scale))


X = np.zeros((3, 2))
NAN = np.array([[1, 2], [3, np.nan], [5, 6]])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"x": np.zeros((0, 2)), "labels": []}, "K ≥ 1"),
        ({"x": np.zeros(3), "labels": [0] * 3}, "shape"),
        ({"x": np.zeros((3, 0)), "labels": [0] * 3}, "K ≥ 1"),
        ({"x": [["a", "b"]], "labels": [0]}, "must be numbers"),
        ({"x": X * 1j, "labels": [0] * 3}, "must be numbers"),
        ({"x": X}, "one of the two"),
        ({"x": X, "labels": [0] * 3, "y": X}, "one of the two"),
        ({"x": X, "labels": [0, 1]}, "3 inputs but 2 answers"),
        ({"x": X, "y": [[1.0]]}, "3 inputs but 1 answers"),
        ({"x": NAN, "labels": [0] * 3}, "input 1 .*not finite"),
        ({"x": X - np.inf, "labels": [0] * 3}, "input 0 .*not finite"),
        ({"x": X, "y": NAN}, "target 1 .*not finite"),
        ({"x": X, "labels": [0, 1, 10], "classes": 10}, r"0\.\.9, found 0\.\.10"),
        ({"x": X, "labels": [0, -1, 2], "classes": 3}, r"found -1\.\.2"),
        ({"x": X, "labels": [0, 1, 2], "classes": 10**6}, r"0\.\.65535"),
        ({"x": X, "labels": ["a", None, "b"]}, "answer 1 .*missing"),
        ({"x": X, "y": np.array(["a", np.nan, 2], object)}, "answer 1 .*missing"),
        ({"x": np.array([[1, "m"], [2, 3]], object), "labels": [0, 1]}, "column 1: .*'m'"),
        ({"x": X, "labels": [0, 0.5, 1]}, "whole"),
        ({"x": X, "labels": [0, np.inf, 1]}, "whole"),
        ({"x": X, "labels": [[0, 1]] * 3}, "whole"),
        ({"x": X, "labels": []}, "whole"),
        ({"x": X, "y": [["a", "b"]] * 3}, "labels must be"),
        ({"x": X, "y": X, "classes": 3}, "expected 3"),
        ({"x": X, "labels": [0] * 3, "shape": (3, 3)}, "no shape"),
        ({"x": X, "labels": [0, 1, 1], "class_names": ("a",)}, "names"),
    ],
)
def test_what_is_no_set_is_refused(arguments, says):
    with refused(DataError, says):
        Sample(**arguments)


def test_a_sub_sample_keeps_the_classes_and_copies_no_slice():
    V = Sample(np.arange(20).reshape(10, 2), labels=np.arange(10), shape=(2, 1))
    part = V.take(slice(2, 4))
    assert (len(part), part.classes, part.shape, list(part.labels)) == (2, 10, (2, 1), [2, 3])
    assert np.shares_memory(part.x, V.x)
    assert list(V.take([7, 7, 0]).labels) == [7, 7, 0]
    with pytest.raises(DataError):
        V.take([])


@pytest.mark.parametrize(
    ("labels", "is_sorted"),
    [([0, 0, 1, 2], True), ([0, 1, 0, 2], False), ([1, 1, 1, 1], False), ([2, 1, 1, 0], False)],
)
def test_a_set_sorted_by_class_knows_it(labels, is_sorted):
    assert Sample(np.zeros((4, 2)), labels=labels).sorted_by_class is is_sorted


@quick
@given(st.lists(st.integers(0, 4), min_size=2, max_size=60), st.sampled_from([0.1, 0.2, 0.5]))
def test_the_split_takes_its_share_of_every_class(labels, share):
    numbers = np.array(labels)
    train, test = stratified(numbers, share)
    assert sorted([*train, *test]) == list(range(len(labels)))
    for number in set(labels):
        assert (numbers[test] == number).sum() == round(share * labels.count(number))
    again = stratified(numbers, share)
    assert all(np.array_equal(a, b) for a, b in zip((train, test), again, strict=True))


def test_holding_out_says_so_and_needs_a_share():
    V = Sample(np.zeros((10, 2)), labels=[0, 1] * 5)
    data = held_out(V, 0.2)
    assert (len(data.train), len(data.test), data.held_out) == (8, 2, 0.2)
    assert held_out(V, None) == (V, None, "sample", 0.0, None, None)
    assert held_out(V.take([0]), 0.2).test is None
    for share in (0, 1, -0.5, float("nan")):
        with refused(DataError, "between 0 and 1", "nan"):
            held_out(V, share)


def test_the_embedded_sample_is_whole_mixed_and_even():
    data = load()
    assert data.name == "sample"
    assert data.held_out == 0
    for part, each in ((data.train, 400), (data.test, 100)):
        assert (part.x.dtype, part.shape, part.classes) == (np.uint8, (28, 28), 10)
        assert list(np.bincount(part.labels)) == [each] * 10
        assert not part.sorted_by_class
        for start in range(0, len(part), 100):  # mixed: every run of a hundred has all ten digits
            assert set(part.labels[start : start + 100]) == set(range(10))
    assert not {row.tobytes() for row in data.train.x} & {row.tobytes() for row in data.test.x}


def test_the_embedded_sample_is_from_the_training_part_with_the_right_labels(mnist_folder):
    full, small = load("mnist", mnist_folder), sample()
    known = {
        row.tobytes(): label for row, label in zip(full.train.x, full.train.labels, strict=True)
    }
    for part in (small.train, small.test):
        for row, label in zip(part.x, part.labels, strict=True):
            assert known[row.tobytes()] == label


def test_mnist_is_read_whole(mnist_folder, monkeypatch):
    monkeypatch.setenv("SPUSK_DATA", str(mnist_folder))
    train, test, *_ = load("mnist")
    assert (train.x.shape, test.x.shape) == ((60000, 784), (10000, 784))
    assert list(train.labels[:5]) == [5, 0, 4, 1, 9]
    assert list(test.labels[:5]) == [7, 2, 1, 0, 4]
    assert (int(train.x[0].sum()), int(test.x[0].sum())) == (27525, 18454)


def test_missing_sets_say_what_to_do(tmp_path, monkeypatch):
    with refused(DataError, "spusk data get mnist"):
        load("mnist", tmp_path)
    monkeypatch.setenv("SPUSK_DATA", str(tmp_path / "nowhere"))
    with refused(DataError, r"nowhere.*spusk data get mnist"):
        load("mnist")
    with refused(DataError, "mnits: no such", "mnits"):
        load("mnits")
    for source in ("x" * 5000, "a\0b", tmp_path / ("x" * 300)):
        with pytest.raises(DataError):
            load(source)
        with pytest.raises(DataError):
            image(source)
        with pytest.raises(DataError):
            load("mnist", source)


def test_a_file_or_folder_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text("1,2\n")
    for owner, name, source in ((Path, "open", "a.csv"), (os, "scandir", "")):
        real = getattr(owner, name)

        def refuse(path, *more, real=real, **named):
            if Path(path).is_relative_to(tmp_path):
                raise PermissionError(13, "Permission denied")
            return real(path, *more, **named)

        with monkeypatch.context() as patch:
            patch.setattr(owner, name, refuse)
            with refused(DataError, r"cannot be read \(Permission denied\)"):
                load(tmp_path / source)


def test_the_room_is_light():
    import subprocess
    import sys

    heavy = "PIL", "platformdirs", "urllib.request", "matplotlib", "sympy", "torch", "ssl"
    code = f"import sys, spusk.data; assert not set({heavy}) & set(sys.modules), sys.modules.keys()"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert spusk.Sample is Sample


WORDS = ["cat", "dog", "cat", "eel"]


@pytest.mark.parametrize(
    ("y", "labels", "names"),
    [
        (WORDS, [0, 1, 0, 2], ("cat", "dog", "eel")),
        (np.array(WORDS, object), [0, 1, 0, 2], ("cat", "dog", "eel")),
        (np.array(WORDS, "S"), [0, 1, 0, 2], ("cat", "dog", "eel")),
        (np.array(WORDS)[:, None], [0, 1, 0, 2], ("cat", "dog", "eel")),
        ([0, 1, 0, 1], [0, 1, 0, 1], ("0", "1")),
        ([0.0, 1.0, 0.0, 1.0], [0, 1, 0, 1], ("0", "1")),
        (np.array([0, 1, 0, 1], object), [0, 1, 0, 1], ("0", "1")),
        ([True, False, True, True], [1, 0, 1, 1], ("0", "1")),
        ([-1, 1, 1, -1], [0, 1, 1, 0], ("-1", "1")),
        ([2, 5, 5, 2], [0, 1, 1, 0], ("2", "5")),
        (np.eye(3)[[0, 1, 0, 2]], [0, 1, 0, 2], ("0", "1", "2")),
        (np.eye(3, dtype=int)[[0, 1, 0, 2]], [0, 1, 0, 2], ("0", "1", "2")),
    ],
)
def test_answers_are_classes_by_their_values(y, labels, names):
    V = Sample(np.arange(8.0).reshape(4, 2), y)
    assert V.y is None
    assert (list(V.labels), V.class_names) == (labels, names)


@pytest.mark.parametrize("y", [[0.5, 1, 1, 0], [[0], [1], [1], [0]], [3, 1, 4, 7], [1e9, 2, -3, 0]])
def test_other_answers_are_targets(y):
    V = Sample(np.arange(8.0).reshape(4, 2), y)
    assert V.labels is None
    np.testing.assert_array_equal(V.y, np.reshape(y, (4, 1)))


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (WORDS, "cat dog eel"),
        ([9, -1, 9, 2], "-1 2 9"),
        ([10001, 60000, 10001, 7], "7 10001 60000"),
    ],
)
def test_labels_may_be_names(labels, names):
    V = Sample(np.zeros((4, 2)), labels=labels)
    assert V.class_names == tuple(names.split())
    assert [V.class_names[k] for k in V.labels] == list(map(str, labels))


def test_a_part_is_written_in_brackets_and_split_class_by_class():
    V = Sample(np.arange(40).reshape(20, 2), labels=np.arange(20) % 2)
    for index in (slice(0, 5), [3, 1, 3], np.arange(20) > 15, 7, -1):
        rows = np.atleast_1d(np.arange(20)[index])
        np.testing.assert_array_equal(V[index].x, V.x[rows])
    with pytest.raises(IndexError):
        V[20]
    train, test = V.split(0.2)
    assert (len(train), len(test)) == (16, 4)
    assert list(np.bincount(test.labels)) == [2, 2]
    with refused(DataError, "too few"):
        V[:1].split()


class Frame:
    """What a sample asks of pandas' and polars' frames."""

    def __init__(self, **columns):
        self.columns, self.held = list(columns), list(columns.values())

    def __array__(self, dtype=None, copy=None):
        return np.array(list(zip(*self.held, strict=True)), object)


class Sparse:
    """What a sample asks of SciPy's sparse matrices."""

    def toarray(self):
        return np.array([[0, 1.5], [2, 0]])


def test_frames_and_sparse_matrices_are_taken():
    V = Sample(Frame(a=[1.5, 2], b=[3, 400], c=[True, False]), ["yes", "no"])
    assert (V.columns, V.class_names, V.x.dtype) == (("a", "b", "c"), ("no", "yes"), np.float64)
    np.testing.assert_array_equal(V.x, [[1.5, 3, 1], [2, 400, 0]])
    with refused(DataError, "column sex: .*'m'", "sex"):
        Sample(Frame(a=[1.5, 2], sex=["m", "f"]), labels=[0, 1])
    np.testing.assert_array_equal(Sample(Sparse(), labels=[0, 1]).x, [[0, 1.5], [2, 0]])


@pytest.mark.parametrize(
    ("y", "layers"),
    [(["a", "b"] * 20, 2), ([0, 1] * 20, 2), ([0.0, 1.0] * 20, 2), ([-1, 1] * 20, 2),
     ([0, 1] * 20, 1), ([0, 1] * 20, 4), (np.eye(2)[[0, 1] * 20], 2)],
)  # fmt: skip
def test_train_takes_what_a_sample_does(y, layers):
    net = spusk.Network([1, 4, layers])
    done = spusk.train(net, np.array([[0.0], [1.0]] * 20), y, rate=3.0, epochs=40)
    assert done.history[-1].cost < 0.05


class View(Frame):
    """A frame that hands out its own memory."""

    def __init__(self, rows):
        self.columns, self.rows = ["a", "b", "c"], rows

    def __array__(self, dtype=None, copy=None):
        return self.rows


@pytest.mark.parametrize("kind", ["u1", "i8", "f4", "f8", "?"])
@pytest.mark.parametrize("given", [
    lambda a: a, lambda a: a[:, ::-1], np.asfortranarray, memoryview,
    lambda a: np.lib.stride_tricks.as_strided(a, writeable=False), View,
])  # fmt: skip
def test_a_sample_owns_its_numbers(kind, given):
    rows = np.random.default_rng(3).integers(0, 200, (12, 3)).astype(kind)
    labels, y, weights = np.arange(12, dtype="u1") % 3, np.arange(24.0).reshape(12, 2), np.ones(12)
    samples = [Sample(given(rows), labels=labels), Sample(given(rows), y=y, weights=weights)]
    before = [[np.copy(part) for part in parts_of(V)] for V in samples]
    for array in (rows, labels, y, weights):
        array[:] = 1
    for V, kept in zip(samples, before, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(parts_of(V), kept, strict=True))
        assert not any(part.flags.writeable for part in parts_of(V))


def test_what_nobody_can_write_to_is_not_copied():
    rows = np.random.default_rng(3).random((12, 3))
    rows.flags.writeable = False
    V = Sample(rows, labels=np.arange(12) % 3)
    assert np.shares_memory(V.x, rows)
    assert np.shares_memory(Sample(V.x, labels=V.labels).x, V.x)
    assert np.shares_memory(V[2:7].x, V.x)


def parts_of(V):
    return [part for part in (V.x, V.y, V.labels, V.weights) if part is not None]
