"""Folders of pictures as a set: under whose names, with which tables, and what is left out."""

import shutil

import numpy as np
import pytest
from PIL import Image

from spusk.data import load
from spusk.errors import DataError, SpuskWarning
from tests.data.helpers import digits
from tests.i18n.russian import foreign, refused

IMAGES, LABELS = digits(20)


def save(path, shades):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(shades).save(path)
    return path


def by_class(folder, names=("0", "1", "2", "3"), count=20):
    for number in range(count):
        save(folder / names[LABELS[number]] / f"{number:03}.png", IMAGES[number])
    return folder


def test_a_sub_folder_for_each_class(tmp_path):
    by_class(tmp_path / "set")
    V = load(tmp_path / "set", split=None).train
    order = np.argsort(LABELS, kind="stable")
    np.testing.assert_array_equal(V.x, IMAGES[order].reshape(20, -1))
    np.testing.assert_array_equal(V.labels, LABELS[order])
    assert (V.shape, V.x.dtype, V.sorted_by_class) == ((5, 5), np.uint8, True)
    data = load(tmp_path / "set")
    assert (len(data.train), len(data.test), data.held_out) == (16, 4, 0.2)


def test_classes_may_have_names_or_gaps(tmp_path):
    named = by_class(tmp_path / "named", ("dog", "cat", "eel", "bat"))
    assert load(named).train.class_names == ("bat", "cat", "dog", "eel")
    one = by_class(tmp_path / "one", ("10", "3", "1", "2"))
    assert load(one).train.class_names == ("1", "2", "3", "10")
    gaps = by_class(tmp_path / "gaps", ("0", "3", "4", "5"))
    assert (load(gaps).train.classes, set(load(gaps).train.labels)) == (6, {0, 3, 4, 5})


def test_train_and_test_folders(tmp_path):
    by_class(tmp_path / "train")
    by_class(tmp_path / "test", count=3)
    data = load(tmp_path)
    assert (len(data.train), len(data.test), data.test.classes, data.held_out) == (20, 3, 4, 0)
    save(tmp_path / "test" / "9" / "x.png", IMAGES[0])
    with refused(DataError, "class '9' is not among"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("train", "test"),
    [
        ("Train", "Test"), ("training", "testing"), ("train", "val"), ("train", "valid"),
        ("TRAIN", "validation"), ("seg_train", "seg_test"), ("trainingSet", "testSet"),
        ("archive/Training", "archive/Testing"), ("train/train", "test/test"),
    ],
)  # fmt: skip
def test_parts_under_every_usual_name(tmp_path, train, test):
    by_class(tmp_path / train)
    by_class(tmp_path / test, count=8)
    data = load(tmp_path)
    order = np.argsort(LABELS, kind="stable")
    np.testing.assert_array_equal(data.train.x, IMAGES[order].reshape(20, -1))
    assert (len(data.train), len(data.test), data.held_out) == (20, 8, 0)
    assert list(data.test.labels) == [0, 0, 1, 1, 2, 2, 3, 3]


def test_a_training_part_alone_gives_some_to_the_test(tmp_path):
    by_class(tmp_path / "set" / "train")
    data = load(tmp_path)
    assert (len(data.train), len(data.test), data.held_out) == (16, 4, 0.2)
    assert data.train.classes == 4


def test_where_train_val_and_test_stand_the_test_part_tests(tmp_path):
    by_class(tmp_path / "train")
    by_class(tmp_path / "val", count=8)
    by_class(tmp_path / "test", count=4)
    with pytest.warns(SpuskWarning, match=r"8 files were left out \(val/ 8\)"):
        data = load(tmp_path)
    assert (len(data.train), len(data.test)) == (20, 4)


def test_pictures_to_be_classed_are_no_test_part(tmp_path):
    by_class(tmp_path / "train")
    by_class(tmp_path / "valid", count=8)
    save(tmp_path / "test" / "a.png", IMAGES[0])
    with pytest.warns(SpuskWarning, match=r"1 file was left out \(test/ 1\)"):
        data = load(tmp_path)
    assert len(data.test) == 8


def test_a_class_may_be_called_like_a_part(tmp_path):
    by_class(tmp_path, ("bus", "car", "train", "van"))
    assert load(tmp_path).train.class_names == ("bus", "car", "train", "van")


@pytest.mark.parametrize("deep", ["images", "images/large"])
def test_pictures_may_lie_deeper_in_their_class(tmp_path, deep):
    for number in range(20):
        save(tmp_path / "cdab"[LABELS[number]] / deep / f"{number:03}.png", IMAGES[number])
    V = load(tmp_path, split=None).train
    assert V.class_names == ("a", "b", "c", "d")
    np.testing.assert_array_equal(V.labels, np.repeat([0, 1, 2, 3], 5))


def test_a_set_one_folder_deeper(tmp_path):
    by_class(tmp_path / "archive" / "animals", ("dog", "cat", "eel", "bat"))
    assert load(tmp_path).train.class_names == ("bat", "cat", "dog", "eel")


def test_a_folder_that_leads_back_is_looked_through_once(tmp_path):
    by_class(tmp_path)
    (tmp_path / "0" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert len(load(tmp_path, split=None).train) == 20


def test_what_a_mac_and_a_notebook_leave_is_no_picture(tmp_path):
    by_class(tmp_path)
    for name in ("0/._000.png", "__MACOSX/0/._000.png", "1/.ipynb_checkpoints/001.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"\0\5\x16\7")
    (tmp_path / ".DS_Store").write_bytes(b"\0")
    (tmp_path / "Thumbs.db").write_bytes(b"\0")
    with pytest.warns(SpuskWarning, match="3 files were left out") as caught:
        assert len(load(tmp_path, split=None).train) == 20
    assert len(caught) == 1
    said = caught[0].message
    for kind in ("._* 1", "__MACOSX 1", ".ipynb_checkpoints 1"):
        assert kind in str(said)
    assert not foreign(said.sentence("ru"), "__MACOSX", ".ipynb_checkpoints")


def test_what_is_not_read_is_counted(tmp_path):
    by_class(tmp_path)
    (tmp_path / "0" / "notes.txt").write_text("not a picture")
    for number in range(3):
        (tmp_path / "1" / f"{number}.heic").write_bytes(b"\0")
    save(tmp_path / "cover.png", IMAGES[0])
    with pytest.warns(SpuskWarning, match=r"5 files were left out \(.heic 3, .txt 1, .png 1\)"):
        assert len(load(tmp_path, split=None).train) == 20


def test_every_format_stands_beside_the_others(tmp_path):
    endings = ("png", "bmp", "gif", "webp", "tiff")
    for number in range(20):
        path = tmp_path / str(LABELS[number]) / f"{number:03}.{endings[number % 5]}"
        path.parent.mkdir(exist_ok=True)
        more = {"lossless": True} if path.suffix == ".webp" else {}
        Image.fromarray(IMAGES[number]).save(path, **more)
    V = load(tmp_path, split=None).train
    order = np.argsort(LABELS, kind="stable")
    np.testing.assert_array_equal(V.x, IMAGES[order].reshape(20, -1))


@pytest.mark.parametrize(
    "row",
    [
        "all/{n}.png,{y}", "file,label\nall/{n}.png,{y}", "image_id,label\n{n}.png,{y}",
        "id,label\n{n},{y}", "filename,class\n{n}.png,{y}", "файл;метка\nall/{n}.png;{y}",
        "all\\{n}.png,{y}", "label,image\n0{y},{n}.png", "{n}\t{y}", "Id, Category\n{n} , {y}",
    ],
)  # fmt: skip
def test_labels_csv(tmp_path, row):
    for number in range(20):
        save(tmp_path / "all" / f"{number}.png", IMAGES[number])
    *head, row = row.split("\n")
    rows = [row.format(n=n, y=LABELS[n]) for n in range(20)]
    (tmp_path / "labels.csv").write_text("\n".join([*head, *rows]), encoding="utf-8")
    V = load(tmp_path, split=None).train
    np.testing.assert_array_equal(V.x, IMAGES.reshape(20, -1))
    np.testing.assert_array_equal(V.labels, LABELS)


@pytest.mark.parametrize("name", ["train_labels.csv", "trainLabels.csv", "train.csv"])
def test_a_table_beside_a_part(tmp_path, name):
    for number in range(20):
        save(tmp_path / "train" / f"{number}.png", IMAGES[number])
        save(tmp_path / "test" / f"{number}.png", 255 - IMAGES[number])
    rows = "".join(f"{n},{'abcd'[LABELS[n]]}\n" for n in range(20))
    (tmp_path / name).write_text("id,label\n" + rows)
    with pytest.warns(SpuskWarning, match=r"20 files were left out \(test/ 20\)"):
        data = load(tmp_path, split=None)
    (table,), V = data.found.said, data.train
    told = f"Classes of the pictures in 'train': by {name}; by the folder alone "
    assert str(table) == told + "there would be one class."
    assert not foreign(table.sentence("ru"), name)
    np.testing.assert_array_equal(V.x, IMAGES.reshape(20, -1))
    assert V.class_names == tuple("abcd")
    (tmp_path / "test_labels.csv").write_text("3,a\n7,b\n")
    with pytest.warns(SpuskWarning, match=r"18 files were left out \(test/ 18\)"):
        data = load(tmp_path)
    assert len(data.found.said) == 2
    test = data.test
    np.testing.assert_array_equal(test.x, 255 - IMAGES[[3, 7]].reshape(2, -1))
    assert list(test.labels) == [0, 1]


def test_a_table_in_the_folder_of_its_part(tmp_path):
    for part in ("train", "valid"):
        for number in range(8):
            save(tmp_path / part / f"{number}.png", IMAGES[number])
        rows = "".join(f"{n}.png,{LABELS[n]}\n" for n in range(8))
        (tmp_path / part / "_labels.csv").write_text(rows)
    data = load(tmp_path)
    assert (len(data.train), len(data.test)) == (8, 8)


def test_a_name_that_several_pictures_bear_wants_its_folder(tmp_path):
    for folder in ("a", "b"):
        save(tmp_path / folder / "1.png", IMAGES[0])
        save(tmp_path / folder / f"{folder}.png", IMAGES[1])
    (tmp_path / "labels.csv").write_text("a,0\nb,1\n1.png,1\n")
    with refused(DataError, r"line 3: '1.png' may mean a/1\.png, b/1\.png", "a/1.png", "b/1.png"):
        load(tmp_path)


@pytest.mark.parametrize(
    "files", [["a.png"], ["train/a.png", "test/a.png"], ["train/a.png"], ["val/0/a.png"] * 1
              + ["test/0/a.png"]]
)  # fmt: skip
def test_pictures_without_classes_are_no_set(tmp_path, files):
    for name in files:
        save(tmp_path / name, IMAGES[0])
    with refused(DataError, "pictures without classes in", "train/", "test/", "val/"):
        load(tmp_path)


def test_one_class_alone_is_refused_where_it_shall_be_split(tmp_path):
    for number in range(4):
        save(tmp_path / "set" / "cat" / f"{number}.png", IMAGES[number])
    with refused(DataError, "one class alone, 'cat'"):
        load(tmp_path / "set")
    assert load(tmp_path / "set", split=None).train.class_names == ("cat",)
    shutil.copytree(tmp_path / "set", tmp_path / "both" / "train")
    shutil.copytree(tmp_path / "set", tmp_path / "both" / "test")
    with refused(DataError, "one class alone, 'cat'"):
        load(tmp_path / "both")


@pytest.mark.parametrize("digits", [6, 5000])  # Python itself refuses to read more than 4300
def test_long_numbers_are_names(tmp_path, digits):
    for number in range(2):
        save(tmp_path / f"{number}.png", IMAGES[number])
    (tmp_path / "labels.csv").write_text(f"0.png,{'1' * digits}\n1.png,007\n")
    V = load(tmp_path, split=None).train
    assert V.class_names == ("007", "1" * digits)
    assert list(V.labels) == [1, 0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("a.png\n", "line 1: expected file,label"),
        ("a.png,0\nb.png,0,1\n", "line 2: expected file,label"),
        ("id,label,species\na,0,1\n", "line 1: .*found 'id, label, species'"),
        ("image_id,label\nb.png,0\n", "b.png: no such file"),
        ("image_id,label\n", "no pictures"),
        ("a.png,0\nnone.png,1\n", "none.png: no such file"),
        ("../a.png,0\n", "outside"),
        ("/etc/hostname,0\n", "outside"),
        ("a.png\0,0\n", "outside"),
        ('a.png,"0\n', "line 1"),
        ("a.png, \n", "line 1"),
        (b"\xff\xff\xff", "labels.csv"),
    ],
)
def test_a_bad_labels_csv_is_refused(tmp_path, text, says):
    save(tmp_path / "set" / "a.png", IMAGES[0])
    data = text if isinstance(text, bytes) else text.encode()
    (tmp_path / "set" / "labels.csv").write_bytes(data)
    with refused(DataError, says):
        load(tmp_path / "set")


def test_folders_that_are_no_set_are_refused(tmp_path):
    with refused(DataError, "no set found"):
        load(tmp_path)
    save(tmp_path / "0" / "a.png", IMAGES[0])
    save(tmp_path / "1" / "b.png", np.zeros((4, 6), np.uint8))
    with refused(DataError, r"b\.png: expected 5×5 pixels as the first, found 6×4"):
        load(tmp_path)
    with refused(DataError, "one picture is no set"):
        load(tmp_path / "0" / "a.png")
