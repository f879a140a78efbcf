"""Which column of a table is the answer: taken and said, or refused with what to type."""

import numpy as np
import pytest

from spusk.data import Reading, load, load_as, prepare
from spusk.errors import DataError

rng = np.random.default_rng(5)
N = 120
OUTCOME = rng.integers(0, 2, N)
PREGNANCIES = rng.integers(0, 18, N)
GLUCOSE = rng.integers(70, 200, N)
BMI = rng.uniform(18, 50, N).round(1)
WORDS = np.array(["setosa", "versicolor", "virginica"])[rng.integers(0, 3, N)]
PIXELS = [rng.integers(0, 256, N) for _ in range(16)]
ONES = np.ones(N, int)
ROWS = np.arange(1, N + 1)


def table(tmp_path, head, *columns, between=",", name="set.csv"):
    lines = [between.join(map(str, row)) for row in zip(*columns, strict=True)]
    path = tmp_path / name
    path.write_text("\n".join([head] * bool(head) + lines) + "\n", encoding="utf-8")
    return path


def read(path, **more):
    return load(path, split=None, **more)


@pytest.mark.parametrize(
    ("head", "columns", "answer", "names"),
    [
        ("Pregnancies,Glucose,BMI,Outcome", (PREGNANCIES, GLUCOSE, BMI, OUTCOME), "Outcome", "0 1"),
        ("a,b,species", (BMI, GLUCOSE, WORDS), "species", "setosa versicolor virginica"),
        ("a,b,flower", (BMI, GLUCOSE, WORDS), "flower", "setosa versicolor virginica"),
        ("PassengerId,Survived,Age", (ROWS, OUTCOME, GLUCOSE), "Survived", "0 1"),
        ("glucose,price_range", (BMI, OUTCOME), "price_range", "0 1"),
        ("", (BMI, GLUCOSE, WORDS), "3", "setosa versicolor virginica"),
        ("", (OUTCOME, BMI, GLUCOSE), "1", "0 1"),
        ("a,y", (BMI, np.array(["no", "yes"])[OUTCOME]), "y", "no yes"),
        ("target,a", (np.array(["no", "yes"])[OUTCOME], BMI), "target", "no yes"),
        ("label,a", (2 * OUTCOME - 1, BMI), "label", "-1 1"),
        ("label,a", (10_001 + 25_000 * OUTCOME, BMI), "label", "10001 35001"),
        ("x,y,label", (BMI, BMI, OUTCOME), "label", "0 1"),
    ],
)
def test_the_answer_is_taken_and_named(tmp_path, head, columns, answer, names):
    data = read(table(tmp_path, head, *columns))
    assert data.found.answer == answer
    assert data.train.class_names == tuple(names.split())
    place = head.split(",").index(answer) if head else int(answer) - 1
    said = np.array(data.train.class_names)[data.train.labels]
    assert list(said) == list(map(str, columns[place]))


@pytest.mark.parametrize(
    ("head", "columns", "says"),
    [
        (",".join(f"pixel{k}" for k in range(16)), PIXELS, "none looks like classes.*--label"),
        ("Pregnancies,Glucose,Result2", (PREGNANCIES, GLUCOSE, OUTCOME), "--label Result2"),
        ("x,y,group", (BMI, BMI, OUTCOME), "y and group.*--label group"),
        ("a,sea,price", (BMI, WORDS, GLUCOSE), "--label price"),
        ("sex,a,city", (WORDS, BMI, WORDS), "sex and city.*--label city"),
        ("", (BMI, GLUCOSE, OUTCOME), "last one, 3.*--label 3"),
        ("", (OUTCOME, GLUCOSE, OUTCOME), "1 and 3.*--label 3"),
        ("", (BMI, GLUCOSE), "none looks like classes"),
        ("label,a", (ONES, BMI), "one class, '1'"),
        ("label,a", (WORDS[:1].repeat(N), BMI), "one class, '[a-z]+'"),
        ("label,a", (ROWS, BMI), "120 different values in 120 rows.*--label label"),
        ("label,a", ([f"no{k}" for k in ROWS], BMI), "120 different values"),
        ("Salary in €,Its class,b", (BMI, OUTCOME, GLUCOSE), "--label 'Salary in €'|Its class"),
    ],
)  # fmt: skip
def test_what_can_not_be_known_is_refused_with_what_to_type(tmp_path, head, columns, says):
    with pytest.raises(DataError, match=says):
        read(table(tmp_path, head, *columns))


@pytest.mark.parametrize("label", ["Result", "result", " Result ", "3", 3, "-1", -1])
def test_a_column_is_named_or_numbered(tmp_path, label):
    data = read(table(tmp_path, "a,b,Result", PREGNANCIES, OUTCOME, OUTCOME), label=label)
    assert data.found.answer == "Result"
    np.testing.assert_array_equal(data.train.labels, OUTCOME)


@pytest.mark.parametrize("label", ["c", "0", "4", "-4", ""])
def test_a_column_that_is_not_there_is_refused(tmp_path, label):
    with pytest.raises(DataError, match=r"no column .*a, b, Result"):
        read(table(tmp_path, "a,b,Result", PREGNANCIES, GLUCOSE, OUTCOME), label=label)


@pytest.mark.parametrize("values", [GLUCOSE, BMI, ROWS, -GLUCOSE])
def test_many_numbers_that_are_meant_are_targets(tmp_path, values):
    for more in ({"label": "points"}, {}):
        head = "a,points" if more else "a,target"
        V = read(table(tmp_path, head, OUTCOME, values), **more).train
        assert V.labels is None
        np.testing.assert_array_equal(V.y[:, 0], values)


@pytest.mark.parametrize(
    ("head", "left_out"),
    [
        ("id,label,a", "id"), ("Unnamed: 0,label,a", "Unnamed: 0"), ("index,label,a", "index"),
        (",label,a", "1"), ("PassengerId,label,a", "PassengerId"), ("user_id,label,a", "user_id"),
    ],
)  # fmt: skip
def test_row_numbers_are_no_inputs_and_are_told(tmp_path, head, left_out):
    data = read(table(tmp_path, head, ROWS, OUTCOME, GLUCOSE))
    assert data.found.left_out == (left_out,)
    np.testing.assert_array_equal(data.train.x[:, 0], GLUCOSE)
    assert data.train.columns == ("a",)


@pytest.mark.parametrize("name", ["a", "width", "paid", "covid"])
def test_other_columns_stay(tmp_path, name):
    data = read(table(tmp_path, f"{name},label,a", ROWS, OUTCOME, GLUCOSE))
    assert (data.found.left_out, data.train.columns) == ((), (name, "a"))


def test_names_of_rows_are_left_out_and_few_words_become_inputs(tmp_path):
    names = [f"Mr {k}" for k in ROWS]
    data = read(table(tmp_path, "who,sex,a,label", names, WORDS, BMI, OUTCOME))
    assert data.found.left_out == ("who",)
    expected = ("sex=setosa", "sex=versicolor", "sex=virginica", "a")
    assert data.train.columns == expected
    np.testing.assert_array_equal(data.train.x[:, :3], WORDS[:, None] == np.unique(WORDS))
    np.testing.assert_array_equal(data.train.x[:, 3], BMI)
    assert prepare(data.train).categories == (("sex", tuple(np.unique(WORDS))),)


def test_a_sorted_table_is_looked_at_to_its_end(tmp_path):
    """The first thousand lines have one class alone."""
    labels, a = np.sort(rng.integers(0, 3, 9000)), rng.random(9000).round(3)
    data = read(table(tmp_path, "", labels, a))
    np.testing.assert_array_equal(data.train.labels, labels)


def holed(values, places, mark):
    cells = list(map(str, values))
    for place in places:
        cells[place] = mark
    return cells


@pytest.mark.parametrize("mark", ["", "?", "NA", "nan", "NULL"])
def test_missing_values_are_refused_with_their_count_or_filled_or_dropped(tmp_path, mark):
    path = table(tmp_path, "a,b,sex,label", holed(BMI, (3, 9), mark), GLUCOSE,
                 holed(WORDS, (9,), mark), OUTCOME)  # fmt: skip
    with pytest.raises(DataError, match=r"line 5, column 1.*first of 3 .*--missing mean"):
        read(path)
    dropped = read(path, missing="drop")
    assert (len(dropped.train), dropped.found.dropped) == (N - 2, 2)
    np.testing.assert_array_equal(dropped.train.labels, np.delete(OUTCOME, (3, 9)))
    filled = load(path, missing="mean")
    assert filled.found.filled == 3
    whole = read(path, missing="mean").train
    there = np.delete(BMI, (3, 9))
    np.testing.assert_allclose(whole.x[[3, 9], 0], there.mean())
    np.testing.assert_allclose(whole.x[9, 2:].sum(), 1)
    assert filled.train.fills[0] != whole.fills[0], "the test part is not looked at"
    assert len(filled.train) + len(filled.test) == N


@pytest.mark.parametrize(("found", "says"), [("1,234", "1234.5"), ("5%", "0.05"), ("$7", "plain")])
def test_numbers_with_signs_are_refused_clearly(tmp_path, found, says):
    path = table(tmp_path, "a\tlabel", ["3", "4", found, "5"], [0, 1, 0, 1], between="\t")
    with pytest.raises(DataError, match=f"line 4, column 1.*{says}"):
        read(path)


@pytest.mark.parametrize(
    "text",
    [
        "0 1.5  2.25\n1 7 8.5\n0 3 4\n",
        "0   1.5\t2.25\n1   7\t8.5\n0   3\t4\n",
        "# a remark\n# one more\n0,1.5,2.25\n1,7,8.5\n0,3,4\n",
        "sep=;\n0;1,5;2,25\n1;7;8,5\n0;3;4\n",
        "0,1.5,2.25,\n1,7,8.5,\n0,3,4,\n",
        "label,a,b,\n0,1.5,2.25,\n1,7,8.5,\n0,3,4,\n",
        "label\ta\tb\n0\t1.5\t2.25\n1\t7\t8.5\n0\t3\t4\n",
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.data", "a.dat", "zip.train", "noending"])
def test_tables_are_read_in_every_dress(tmp_path, text, name):
    (tmp_path / name).write_text(text)
    V = read(tmp_path / name).train
    np.testing.assert_array_equal(V.labels, [0, 1, 0])
    np.testing.assert_array_equal(V.x, [[1.5, 2.25], [7, 8.5], [3, 4]])


def test_a_header_of_numbers_is_refused_where_pandas_made_it_of_a_row(tmp_path):
    head = "5,0,0.1,0.2,0.3"
    rows = [rng.integers(0, 9, N) for _ in range(5)]
    with pytest.raises(DataError, match=r"line 1.*0\.1.*delete line 1"):
        read(table(tmp_path, head, *rows))
    counted = ",".join(map(str, range(17)))
    V = read(table(tmp_path, counted, OUTCOME, *PIXELS)).train
    assert (len(V), V.x.shape[1]) == (N, 16)


def test_runs_of_before_read_as_they_did(tmp_path):
    path = table(tmp_path, "Id,a,y", ROWS, BMI, GLUCOSE)
    V = load_as(path, None, Reading(before=True), None).train
    assert (V.classes, V.x.shape, V.columns) == (GLUCOSE.max() + 1, (N, 2), None)
    path = table(tmp_path, "Pregnancies,b,Outcome", PREGNANCIES, BMI, OUTCOME)
    V = load_as(path, None, Reading(before=True), None).train
    np.testing.assert_array_equal(V.labels, PREGNANCIES)


def test_a_set_is_mixed_once_and_always_the_same_way(tmp_path):
    path = table(tmp_path, "label,a", np.sort(OUTCOME), ROWS)
    plain, once, again = load(path), load(path, mix=True), load(path, mix=True)
    assert (once.found.mixed, plain.found.mixed) == (True, False)
    assert plain.train.sorted_by_class
    assert not once.train.sorted_by_class
    np.testing.assert_array_equal(once.train.x, again.train.x)
    np.testing.assert_array_equal(np.sort(once.train.x[:, 0]), np.sort(plain.train.x[:, 0]))
    np.testing.assert_array_equal(once.test.x, plain.test.x)


def test_another_table_is_the_test_part_its_columns_and_classes_by_name(tmp_path):
    first = table(tmp_path, "a,sex,kind", BMI, WORDS, np.array(["cat", "dog"])[OUTCOME])
    other = table(tmp_path, "kind,more,sex,a", ["dog"] * N, ROWS, WORDS, BMI, name="other.csv")
    data = load(first, test=other)
    assert (len(data.train), len(data.test), data.held_out) == (N, N, 0)
    np.testing.assert_array_equal(data.test.x, data.train.x)
    assert data.test.class_names == ("cat", "dog")
    assert set(data.test.labels) == {1}
    strange = table(tmp_path, "a,sex,kind", BMI, WORDS, ["eel"] * N, name="strange.csv")
    with pytest.raises(DataError, match="eel"):
        load(first, test=strange)
    lacking = table(tmp_path, "a,kind", BMI, ["dog"] * N, name="lacking.csv")
    with pytest.raises(DataError, match="'sex' is missing"):
        load(first, test=lacking)


def test_words_in_quotes_stand_between_spaces(tmp_path):
    text = "".join(f'{k}.5   {k % 3 + 4}   {k * 7}.\t"a car {k}"\n' for k in range(40))
    (tmp_path / "auto-mpg.data").write_text(text)
    data = read(tmp_path / "auto-mpg.data", label=1)
    assert (data.found.left_out, data.train.x.shape) == (("4",), (40, 2))


def test_one_hot_columns_are_no_header(tmp_path):
    rows = [f"1.0000 0.0000 {k % 2} {1 - k % 2} {k}.5" for k in range(40)]
    (tmp_path / "semeion.data").write_text("\n".join(rows))
    assert len(read(tmp_path / "semeion.data", label=3).train) == 40
