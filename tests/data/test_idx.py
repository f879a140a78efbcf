"""IDX files: read to the letter, refused with what was expected and what was found."""

import gzip

import numpy as np
import pytest

from spusk.data import load
from spusk.data.idx import read_idx
from spusk.errors import DataError
from tests.data.helpers import CODES, digits, idx_bytes, write_idx
from tests.i18n.russian import refused


@pytest.mark.parametrize("end", ["", ".gz"])
@pytest.mark.parametrize("dtype", CODES)
@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 4), (1, 2, 3, 2)])
def test_every_type_and_dimension_comes_back(tmp_path, end, dtype, shape):
    array = np.random.default_rng(0).integers(-100, 100, shape).astype(dtype)
    back = read_idx(write_idx(tmp_path / f"array{end}", array))
    assert back.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(back, array)


def mnist_like(folder, ends=(".gz", "", "", ".gz"), test=True):
    images, labels = digits(20)
    write_idx(folder / f"train-images-idx3-ubyte{ends[0]}", images)
    write_idx(folder / f"train-labels-idx1-ubyte{ends[1]}", labels)
    if test:
        write_idx(folder / f"t10k-images.idx3-ubyte{ends[2]}", images[:8])
        write_idx(folder / f"t10k-labels.idx1-ubyte{ends[3]}", labels[:2].repeat(4))
    return images, labels


def test_a_folder_with_the_four_files_in_any_usual_naming(tmp_path):
    images, labels = mnist_like(tmp_path)
    data = load(tmp_path)
    np.testing.assert_array_equal(data.train.x, images.reshape(20, -1))
    np.testing.assert_array_equal(data.train.labels, labels)
    assert (len(data.test), data.test.classes, data.held_out) == (8, 4, 0)


def test_both_parts_have_the_classes_of_either(tmp_path):
    mnist_like(tmp_path)
    write_idx(tmp_path / "t10k-labels.idx1-ubyte.gz", np.full(8, 6, np.uint8))
    data = load(tmp_path)
    assert (data.train.classes, data.test.classes) == (7, 7)
    assert data.train.targets(slice(0, 2), np.float32).shape == (2, 7)


@pytest.mark.parametrize("place", [".", "raw", "MNIST/raw"])
@pytest.mark.parametrize("name", ["", "kmnist-letters-", "qmnist_"])
def test_files_may_bear_the_set_s_name_and_lie_deeper(tmp_path, place, name):
    images, labels = digits(20)
    folder = tmp_path / place
    folder.mkdir(parents=True, exist_ok=True)
    for part, count in (("train", 20), ("test", 8)):
        write_idx(folder / f"{name}{part}-images-idx3-ubyte.gz", images[:count])
        write_idx(folder / f"{name}{part}-labels-idx1-ubyte.gz", labels[:count])
    data = load(tmp_path)
    np.testing.assert_array_equal(data.train.x, images.reshape(20, -1))
    np.testing.assert_array_equal(data.test.labels, labels[:8])
    write_idx(folder / "other-train-images-idx3-ubyte", images)
    if name:
        with refused(DataError, "files of several sets"):
            load(tmp_path)
    else:
        assert len(load(tmp_path).train) == 20


def test_a_folder_without_a_test_part_gives_a_fifth(tmp_path):
    mnist_like(tmp_path, test=False)
    data = load(tmp_path)
    assert (len(data.train), len(data.test), data.held_out) == (16, 4, 0.2)
    assert load(tmp_path, split=None).test is None


def test_one_images_file_finds_its_labels(tmp_path):
    images, _ = mnist_like(tmp_path)
    whole = load(tmp_path / "train-images-idx3-ubyte.gz", split=None).train
    np.testing.assert_array_equal(whole.x, images.reshape(20, -1))
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    with refused(DataError, "no labels beside it; expected train-labels-idx1"):
        load(tmp_path / "train-images-idx3-ubyte.gz")
    with refused(DataError, "train-labels-idx1-ubyte is missing"):
        load(tmp_path)


def test_parts_that_do_not_fit_are_refused(tmp_path):
    mnist_like(tmp_path)
    write_idx(tmp_path / "train-labels-idx1-ubyte", np.zeros(19, np.uint8))
    with refused(DataError, "expected 20 labels, found 19"):
        load(tmp_path)
    write_idx(tmp_path / "train-labels-idx1-ubyte", np.zeros(20, np.float32))
    with refused(DataError, "whole numbers"):
        load(tmp_path)
    write_idx(tmp_path / "train-labels-idx1-ubyte", np.arange(-1, 19, dtype=np.int8))
    with refused(DataError, r"must lie in 0\.\.18, found -1\.\.18"):
        load(tmp_path)
    mnist_like(tmp_path)
    write_idx(tmp_path / "t10k-images.idx3-ubyte", np.zeros((8, 6, 6), np.uint8))
    with refused(DataError, r"\(5, 5\), those of the test part \(6, 6\)"):
        load(tmp_path)


GOOD = idx_bytes(digits(10)[0])  # 16 + 250 bytes


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (GOOD[:-1], "10x5x5: expected 250 bytes, found 249; fetch"),
        (GOOD + b"\0", "expected 250 bytes, found more"),
        (GOOD[:11], "inside its header"),
        (b"", "expected an IDX file"),
        (b"\x89PNG" + GOOD, "expected an IDX file"),
        (b"\0\0\x07\x01" + GOOD[4:], "expected an IDX file"),
        (b"\0\0\x08\0" + GOOD[4:], "dimensions, found 0"),
        (b"\0\0\x08\xff" + GOOD[4:], "dimensions, found 255"),
        (b"\0\0\x08\x01" + b"\0" * 4, "empty set"),
        (b"\0\0\x08\x03" + b"\xff" * 12, "cannot hold them"),
        (b"\0\0\x0e\x01\0\0\x10\0" + GOOD, "expected 32768 bytes, found 266"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_bad_file_is_named_with_expected_and_found(tmp_path, bad, says, packed):
    path = tmp_path / "images"
    path.write_bytes(gzip.compress(bad) if packed else bad)
    with pytest.raises(DataError, match=says) as caught:
        read_idx(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("cut", [3, 12, 60, -9, -1])
def test_a_packed_file_cut_short_is_refused(tmp_path, cut):
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(GOOD)[:cut])
    with refused(DataError, r"images\.gz"):
        read_idx(path)


def test_what_is_no_file_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "none", tmp_path / "x" / "y"):
        with pytest.raises(DataError):
            read_idx(path)


def test_a_bomb_is_refused_before_it_unpacks(tmp_path):
    import tracemalloc

    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(idx_bytes(np.zeros(8, np.uint8)) + bytes(50_000_000)))
    tracemalloc.start()
    with refused(DataError, "expected 8 bytes, found more"):
        read_idx(path)
    lying = b"\0\0\x08\x03" + b"\x00\x00\x03\xe8" * 3  # 10⁹ bytes in a file of 60,000
    path.write_bytes(gzip.compress(lying + np.random.default_rng(0).bytes(60_000)))
    with refused(DataError, "cannot hold"):
        read_idx(path)
    lying = b"\0\0\x08\x02\0\0\x27\x10\0\0\x03\xe8"  # 10⁷ bytes, which 60,000 could hold
    path.write_bytes(gzip.compress(lying + np.random.default_rng(0).bytes(60_000)))
    with refused(DataError, "found 60000"):
        read_idx(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000
