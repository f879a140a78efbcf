"""Tables of text and NPZ archives: the rules for columns, and every refusal."""

import gzip
import io
import zipfile
from random import Random

import numpy as np
import pytest

from spusk.data import load, tables
from spusk.errors import DataError
from tests.data.helpers import digits, table_text
from tests.i18n.russian import refused

IMAGES, LABELS = digits(20)


def table(tmp_path, text, name="set.csv"):
    path = tmp_path / name
    data = text if isinstance(text, bytes) else text.encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def whole(path):
    return load(path, split=None).train


@pytest.mark.parametrize("name", ["a.csv", "A.CSV", "a.csv.gz", "a.tsv", "a.txt"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff", "\n\n"])
def test_pixels_with_the_label_first(tmp_path, name, end, start):
    V = whole(table(tmp_path, start + table_text(IMAGES, LABELS, end), name))
    assert (V.x.dtype, V.shape, V.classes) == (np.uint8, (5, 5), 4)
    np.testing.assert_array_equal(V.x, IMAGES.reshape(20, -1))
    np.testing.assert_array_equal(V.labels, LABELS)


@pytest.mark.parametrize(
    ("text", "x", "labels"),
    [
        ("label,0,1\n1,2,3\n0,4,5\n", [[2, 3], [4, 5]], [1, 0]),
        ("a,b,class\n2,3,1\n4,5,0\n", [[2, 3], [4, 5]], [1, 0]),
        (",a,y\n0,2.5,1\n1,4,0\n", [[2.5], [4]], [1, 0]),
        ("1;0,5;2\n0;1,5;3\n", [[0.5, 2], [1.5, 3]], [1, 0]),
        ("1\t.5\n0\t-1e3\n", [[0.5], [-1000]], [1, 0]),
        ("1, 2, 3\n0, 4, 5\n", [[2, 3], [4, 5]], [1, 0]),
        ("1.0,0.0,7.0\n0.0,1.0,5.0", [[0, 7], [1, 5]], [1, 0]),
        ('"1","2","3"\n"0","4","5"\n', [[2, 3], [4, 5]], [1, 0]),
        ("1,7,3\n0,4,5.5\n", [[7, 3], [4, 5.5]], [1, 0]),
    ],
)
def test_columns_delimiters_and_headers(tmp_path, text, x, labels):
    V = whole(table(tmp_path, text))
    np.testing.assert_array_equal(V.x, x)
    np.testing.assert_array_equal(V.labels, labels)


def test_classes_may_be_words_with_and_without_a_header(tmp_path):
    for head in ("", "class,a,b\n"):
        V = whole(table(tmp_path, head + "dog,1,2\ncat,3,4\ndog,5,6\n"))
        assert V.class_names == ("cat", "dog")
        assert list(V.labels) == [1, 0, 1]


def test_a_decimal_comma_is_none_in_a_word_and_a_negative_zero_keeps_its_sign(tmp_path):
    V = whole(table(tmp_path, "a,b;0;0\ncat;1;-0\ncat;1;1\n"))
    assert V.class_names == ("a,b", "cat")
    np.testing.assert_array_equal(np.signbit(V.x), [[False, False], [False, True], [False, False]])


def test_a_y_that_is_no_class_is_a_target(tmp_path):
    V = whole(table(tmp_path, "y,a\n0.5,1.5\n-1,2\n"))
    assert (V.labels, V.classes) == (None, 1)
    np.testing.assert_array_equal(V.y, [[0.5], [-1]])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        ("label,a\n", "empty set"),
        ("1\n2\n", "found one value"),
        ("1,2,3\n0,4\n", "line 2: expected 3 values, found 2"),
        ("1,2,3\n\n0,4,5,6\n", "line 3: expected 3 values, found 4"),
        ("1,2,3\n0,4,x\n", "line 2, column 3: expected a finite number, found 'x'"),
        ("a,b,label\n1,2,3\nz,4,0\n", "line 3, column 1: .*'z'"),
        (",a,b,y\n0,1,2,3\n0,4,z,0\n", "line 3, column 3: .*'z'"),
        ("1,2,3\n0,4,nan\n", "line 2, column 3: .*'nan'"),
        ("1,2,3\n0,4,1e999\n", "line 2, column 3"),
        ("1,2,3\n0,4,\n", "line 2, column 3: .*''"),
        ("1,2,3\n0,2,3\ncat,4,5\n", "line 3, column 1: .*'cat'"),
        ("label,a\n0.5,2\n", "whole"),
        ("1e9,2\n0,3\n", "none looks like classes"),
        ('1,"2\n0,3\n', "line 1"),
        ('1,2\n0,"3\n', "line 2"),
        (b"\xff\xfe1\0,\0002\0", "UTF-16"),
        (b"a,label\n\xea,1\n", "cp1251"),
        ("1," + "2" * (1 << 20) + "\n", "longer than"),
        ("1,2,3\n0,4,\0\n", "line 2, column 3"),
    ],
)
@pytest.mark.parametrize("name", ["set.csv", "set.csv.gz"])
def test_a_bad_table_names_line_and_column(tmp_path, text, says, name):
    path = table(tmp_path, text, name)
    with pytest.raises(DataError, match=says) as caught:
        load(path)
    assert str(path) in str(caught.value) or "set.csv" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_table_that_is_a_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("spusk.data.stream.ALLOWANCE", 1 << 16)
    path = table(tmp_path, "0,0,0,0\n" * 1_000_000, "set.csv.gz")
    with refused(DataError, "would take"):
        load(path)


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_a_row_number_may_be_empty(tmp_path, end):
    """Then a line is shorter than two characters a value, and there are more lines than that."""
    V = whole(table(tmp_path, ",a,y\n" + "\n".join([",1,2", ",3,0"] * 10) + end))
    np.testing.assert_array_equal(V.x[:, 0], [1, 3] * 10)
    np.testing.assert_array_equal(V.labels, [2, 0] * 10)


def test_a_table_that_grows_while_it_is_read_is_refused(tmp_path, monkeypatch):
    path = table(tmp_path, "1,2,3\n0,4,5\n" * 5)
    survey = tables.survey

    def and_then_it_grows(path, *more):
        found = survey(path, *more)
        path.write_text("1,2,3\n0,4,5\n" * 50)
        return found

    monkeypatch.setattr(tables, "survey", and_then_it_grows)
    with refused(DataError, "grew while it was read"):
        load(path)


def test_too_many_words_are_no_classes(tmp_path, monkeypatch):
    monkeypatch.setattr("spusk.data.tables.MOST_CLASSES", 3)
    with refused(DataError, r"line 4: .*too many"):
        load(table(tmp_path, "a,1\nb,2\nc,3\nd,4\n"))


ODD = (
    "-0", "-1", "256", "3.5", "1.0", " 4", "04", "1_0", "٣", "nan", "1e400", "", " ", "x", "#",
    '"1"2', "1,5", '"1,5"', '"5"', "1e2", "0x1", "\0", "\x1f3", "3\u2003", "1e-400", "2.675",
)  # fmt: skip


def random_table(random):
    """Bytes, fractions or words, with a header or without, and a few odd cells and lines."""
    delimiter, width, count = random.choice(",;\t"), random.randrange(2, 6), random.randrange(1, 40)
    usual = random.choice([("0", "1"), ("0", "7", "255"), ("0.5", "-3", "2.675"), ("1.0", "2")])
    answers = random.choice([("0", "1"), ("0.5", "300"), ("cat", " dog "), ('"cat"', "a;b", "a,b")])
    often, place = random.choice([0, 0, 0.01, 0.1]), random.randrange(width)
    names = ["" if k == 0 and place else f"c{k}" for k in range(width)]
    names[place] = random.choice(["label", "class", "y"])
    lines = [names] * random.randrange(2)
    for _ in range(count):
        cells = [random.choice(ODD if random.random() < often else usual) for _ in range(width)]
        cells[place if lines else 0] = random.choice(answers)
        lines.append(cells[: width - (random.random() < often / 4)])
    end = random.choice(["", "\n", "\n\n", "\n  \n"])
    return "\n".join(map(delimiter.join, lines)) + end


def what_is_read(path):
    """A table's sample to the bit, or what is wrong with it."""
    try:
        V = tables.read_table(path).V
    except DataError as error:
        return str(error)
    arrays = [a for a in (V.x, V.labels, V.y) if a is not None]
    return [(a.dtype, a.shape, a.tobytes()) for a in arrays], V.class_names, V.shape


@pytest.mark.skipif(not tables.EXACT, reason="this NumPy's reader is not used")
@pytest.mark.parametrize("seed", range(300))
def test_both_readers_give_the_same_bits_and_errors(tmp_path, monkeypatch, seed):
    random = Random(seed)
    path = table(tmp_path, random_table(random))
    monkeypatch.setattr(tables, "BLOCK", random.choice([1, 60, 100_000]))
    found = what_is_read(path)
    monkeypatch.setattr(tables, "EXACT", False)
    assert found == what_is_read(path)


@pytest.mark.skipif(not tables.EXACT, reason="this NumPy's reader is not used")
@pytest.mark.parametrize(
    "text", ["1,2,3\n0,4,7\n", "0,.5,-1e3\n1,2,3\n", "cat,2,.5\ndog,1,1\n", "1;2,5;3\n0;1;7\n"]
)
def test_what_is_regular_is_read_in_c(tmp_path, monkeypatch, text):
    monkeypatch.setattr(tables.Table, "take_singly", lambda *_: pytest.fail("value by value"))
    assert len(whole(table(tmp_path, text * 50))) == 100


def npz(tmp_path, save=np.savez, **named):
    path = tmp_path / "set.npz"
    save(path, **named)
    return path


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_keras_names_give_both_parts(tmp_path, save):
    data = load(
        npz(tmp_path, save, x_train=IMAGES, y_train=LABELS, x_test=IMAGES[:3], y_test=LABELS[:3])
    )
    assert (len(data.train), len(data.test), data.test.classes, data.held_out) == (20, 3, 4, 0)
    np.testing.assert_array_equal(data.train.x, IMAGES.reshape(20, -1))
    np.testing.assert_array_equal(data.test.labels, LABELS[:3])


@pytest.mark.parametrize(
    "names", [("x", "y"), ("images", "labels"), ("data", "target"), ("X", "y")]
)
def test_one_part_gives_a_fifth_away(tmp_path, names):
    data = load(npz(tmp_path, **{names[0]: IMAGES, names[1]: LABELS.reshape(-1, 1), "more": [1]}))
    assert (len(data.train), len(data.test), data.held_out) == (16, 4, 0.2)


@pytest.mark.parametrize(
    "x",
    [
        np.asfortranarray(np.arange(40.0).reshape(20, 2)),
        np.arange(40.0).reshape(20, 2).astype(">f4"),
        np.arange(120, dtype=np.int16).reshape(20, 2, 3) * 9,
    ],
)
def test_orders_and_types_come_back(tmp_path, x):
    V = whole(npz(tmp_path, x=x, y=x.reshape(20, -1)[:, :2].astype(float)))
    np.testing.assert_array_equal(V.x, x.reshape(20, -1))
    assert (V.classes, V.labels) == (2, None)


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ({"a": IMAGES, "b": LABELS}, "expected arrays x_train.*found a, b"),
        ({}, "found none"),
        ({"x": IMAGES}, "expected arrays"),
        ({"x": IMAGES, "y": LABELS[:-1]}, "20 inputs but 19"),
        ({"x": np.array([None] * 20), "y": LABELS}, "plain numbers"),
        ({"x": np.array(["a"] * 20), "y": LABELS}, "plain numbers"),
        ({"x": IMAGES[:0], "y": LABELS[:0]}, "empty set"),
        ({"x": np.float64(3), "y": LABELS}, "empty set"),
        ({"x": IMAGES * 1j, "y": LABELS}, "plain numbers"),
        ({"x": np.full((20, 2), np.nan), "y": LABELS}, "not finite"),
        (
            {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES[:, 1:], "y_test": LABELS},
            "test part",
        ),
        (
            {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES, "y_test": LABELS / 2},
            "two kinds",
        ),
    ],
)
def test_a_bad_npz_is_refused(tmp_path, named, says):
    with refused(DataError, says):
        load(npz(tmp_path, **named))


def archive(path, header, body=b"", method=zipfile.ZIP_DEFLATED):
    """An .npz whose x has this header and body, and a good y."""
    good = io.BytesIO()
    np.save(good, LABELS)
    with zipfile.ZipFile(path, "w", method) as out:
        text = header.encode() + b"\n"
        out.writestr("x.npy", b"\x93NUMPY\x01\0" + len(text).to_bytes(2, "little") + text + body)
        out.writestr("y.npy", good.getvalue())
    return path


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("{'descr': '|u1', 'fortran_order': False, 'shape': (100000, 100000), }", "cannot hold"),
        ("{'descr': '|u1', 'fortran_order': False, 'shape': (99, 99), }", "found 2000"),
        ("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }", "found more"),
        ("{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }", "plain numbers"),
        ("{'descr': '<f1', 'fortran_order': False, 'shape': (2, 2), }", "unknown numbers"),
        (
            "{'descr': '<f4', 'fortran_order': False, 'shape': (" + "1" * 72 + "!), }",
            "plain numbers",
        ),
        ("{'descr':" + " " * 3900 + "'<f4'!", "plain numbers"),
        ("{'descr': '|u1', 'fortran_order': False, 'shape': (4 4), }", "plain numbers"),
        ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", "plain numbers"),
        ("__import__('os').abort()", "plain numbers"),
        ("(" * 4000, "plain numbers"),
        (" " * 5000, "claims 5001 bytes"),
    ],
)
def test_a_lying_npz_is_refused(tmp_path, header, says):
    path = archive(tmp_path / "set.npz", header, np.random.default_rng(0).bytes(2000))
    with refused(DataError, says):
        load(path)


def test_an_npz_with_a_huge_directory_or_strange_packing_is_refused(tmp_path):
    path = tmp_path / "set.npz"
    with zipfile.ZipFile(path, "w") as out:
        for number in range(20_000):
            out.writestr(f"{number:040}", b"")
    with refused(DataError, "directory is too large"):
        load(path)
    header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }"
    with refused(DataError, "never packs"):
        load(archive(path, header, b"abcd", zipfile.ZIP_LZMA))
    path.write_bytes(b"PK not an archive")
    with refused(DataError, "corrupt"):
        load(path)


@pytest.mark.parametrize("kind", [np.int64, np.float32])
@pytest.mark.parametrize(
    ("values", "names"),
    [((1, 2, 3), ("1", "2", "3")), ((-1, 1), ("-1", "1")), ((0, 1, 3), ("0", "1", "2", "3")),
     ((10, 60_000), ("10", "60000"))],
)  # fmt: skip
def test_class_numbers_of_an_npz_may_be_any(tmp_path, kind, values, names):
    y = np.resize(np.array(values, kind), 20)
    data = load(npz(tmp_path, x_train=IMAGES, y_train=y, x_test=IMAGES[:5], y_test=y[:5]))
    for part, labels in ((data.train, y), (data.test, y[:5])):
        assert part.class_names == names
        assert [int(names[k]) for k in part.labels] == list(labels)
