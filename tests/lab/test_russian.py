"""What goes wrong is said to a page in its language, and in Russian without an English word."""

import gzip
import json
import re

import numpy as np
import pytest

import spusk
from spusk.engines.native import available, instruction_sets
from spusk.lab.runs.training import Runs
from spusk.runs.weights import packed
from tests.data.helpers import idx_bytes
from tests.i18n.russian import foreign
from tests.lab.asgi import RIGHT, ask, server
from tests.lab.runs import test_uploads
from tests.lab.runs.test_uploads import FLOWERS, WRONG, npz, sent
from tests.lab.talk import connected
from tests.lab.trained import PLAN, ended, tiny, wish

runs, app = test_uploads.runs, test_uploads.app
WHOLE = gzip.compress(FLOWERS.encode(), mtime=0)


def saved():
    """The weights of a small network as a file."""
    return b"".join(packed(spusk.Network([4, 3])))


UNREAD = [  # a file, and a word of what is said about it in each language
    ("a.csv", b"\n\n", "empty", "пуст"),
    ("a.csv", b"1\n2\n", "one value", "одно значение"),
    ("a.csv", b"1,2\n1,2,3\n", "line 2: expected 2 values, found 3", "строка 2: нужно значений 2"),
    ("a.csv", b"y,a\n1,x\n0,3\n", "line 2, column 2", "строка 2, столбец 2: нужно конечное число"),
    ("a.csv", b"1,2\n1,x\n", "answer's: call it label in a", "назовите его label в первой"),
    ("a.csv", b"label,a,b\n" + b"0,1,2\n1,,3\n" * 4, "fill them in the", "заполните их в файле"),
    ("a.csv", b"label,a\n,2\nred,3\n", "line 2: expected a class", "строка 2: нужен класс"),
    ("a.csv.gz", WHOLE[:60], "cut short", "обрезан"),
    ("a.npz", b"PK no", "cut short", "обрезан"), ("a.npz", npz(), "found none", "нет никаких"),
    ("a.npz", npz(z=np.ones(3)), "found z", "нужны массивы"),
    ("a.npz", npz(x=np.ones((3, 2)), y=np.ones(2)), "3 inputs but 2", "входов 3, а ответов 2"),
    ("a.npz", npz(x=np.ones(3), y=np.ones(3)), "of shape (K, n)", "нужны входы формы"),
    ("a.npz", npz(x=np.full((3, 2), np.nan), y=np.ones(3)), "input 0", "во входе 0"),
    ("a.npz", npz(x=np.ones((70_000, 1), np.uint8), y=np.arange(70_000)),
     "must lie in", "должны лежать"),
    ("a.npz", npz(x=np.ones((2, 2)), y=np.full(2, np.inf)), "target 0", "в ответе 0"),
    ("a.npz", npz(x=np.array(["a"]), y=np.ones(1)), "plain numbers", "из одних чисел"),
    ("a.csv", b"\xff\xfe1\0,\0", "found UTF-16", "а не UTF-16"),
    ("a.csv", b"1,\xff\n", "another encoding", "другая кодировка"),
    ("a.csv", b"1,2\n" * 40_000 + b"\xff", "its text is not UTF-8", "не в кодировке UTF-8"),
    ("a.csv", b'1,2\n1,"2"3\n', "line 2: something follows", "строка 2: после закрывающей кавычки"),
    ("a.csv", b'1,2\n1,"2\n', "a quote is never closed", "кавычка не закрыта"),
    ("a.csv", b"1," + b"2" * 140_000, "a value is too long", "значение слишком длинное"),
    ("a.csv.gz", b"no gzip", "it is no archive", "это не архив"),
    ("a.csv.gz", WHOLE[:-8] + b"aaaa" + WHOLE[-4:], "checksum differs", "сумма не сходится"),
    ("a.csv.gz", WHOLE[:60], "it ends too early", "обрывается раньше времени"),
    ("a.npz", npz(x=np.ones((9, 2)), y=np.ones(9)).replace(b"\0\0\xf0?", b"\0\0\xf0@", 1),
     "its checksum differs", "контрольная сумма не сходится"),
    ("a.npz", npz(x_train=np.ones((3, 2)), y_train=np.ones(3), x_test=np.ones((3, 4)),
                  y_test=np.ones(3)), "the shape (2,), those", "форма входов (2,), а в"),
    ("a.npz", npz(x_train=np.ones((3, 2)), y_train=np.ones((3, 2)), x_test=np.ones((3, 2)),
                  y_test=np.arange(3)), "answers of two kinds", "ответы разного вида"),
    ("a.safetensors", b"no weights", "expected spusk weights", "нужны веса"),
    ("a.safetensors", saved()[:-4], "not as long as its header says", "длина файла не та"),
    ("a.safetensors", saved().replace(b"spusk", b"other"), "not describe", "описания сети в нём"),
    ("a.safetensors", saved().replace(b"W1", b"X1"), "numbers of a layer", "чисел одного из слоёв"),
    ("a.safetensors", saved().replace(b"[4, 3]", b"[4, 0]"), "from 1 up, found", "целых чисел"),
    ("a.safetensors", saved().replace(b"sigmoid", b"sigmoyd"), "output: ", "output: нужно"),
    ("a.safetensors", saved().replace(b"sigmoid", b"sigmoyd", 1), "activation: ",
     "activation: нужно"),
    ("a.safetensors", saved().replace(b"[4, 3]", b"[4, 2]"), "W1 expected", "W1 должно быть"),
    ("a.safetensors", saved()[:-2] + b"aa", "the file is damaged", "файл повреждён"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "body", "en", "ru"), UNREAD)
def test_what_is_wrong_with_a_file_is_said_in_the_pages_language(app, name, body, en, ru):
    for lang, words in (("en", en), ("ru", ru)):
        status, said = sent(app, name, body, lang)
        assert status == WRONG
        assert words in said["error"]
        assert name in said["error"]
        assert lang == "en" or not foreign(said["error"], name, "network.sizes")


def answered(page, do, names=(), **fields):
    """What is wrong, in both languages; `names` may stand in the Russian sentence too."""
    english, russian = (page.ask(do, "error", **fields, lang=lang) for lang in ("en", "ru"))
    assert not re.search("[а-яё]", english)
    assert not foreign(russian, *names), russian
    return english, russian


ASKED = [  # what a page asks for and cannot have
    ("start", {"data": "no"}), ("start", {"data": "own-012"}), ("start", {"layers": [784]}),
    ("start", {"layers": "784-10"}), ("start", {"layers": [784, 3]}), ("start", {"rate": -1}),
    ("start", {"layers": [784, 20_000, 10]}), ("start", {"batch": 0}), ("start", {"epochs": 1.5}),
    ("start", {"init": "no"}), ("start", {"init": "wide", "layers": [784, 10]}),
    ("start", {"seed": None}), ("start", {"batch": 60_000, "layers": [784, 900, 10]}),
    ("start", {"data": "mnist"}), ("stop", {"id": "7"}), ("weights", {"id": None}),
    ("draw", {"id": "1", "pixels": []}), ("draw", {"id": "1", "pixels": [0] * 784}),
    ("draw", {"id": "1", "pixels": ["a"] * 784}), ("draw", {"id": "1", "pixels": [1] * 784}),
    ("pause", {"id": "1"}), ("nothing", {}),
]  # fmt: skip


@pytest.mark.parametrize(("do", "fields"), ASKED)
def test_what_cannot_be_done_is_said_in_the_pages_language(
    app, runs, monkeypatch, tmp_path, do, fields
):
    def load(name):
        return spusk.data.load(name) if name == "mnist" else tiny()

    monkeypatch.setenv("SPUSK_DATA", str(tmp_path))
    monkeypatch.setattr(runs.sets, "load", load)
    ended(runs.start(wish(epochs=1), "en"))
    with connected(app) as page:
        answered(page, do, **PLAN | fields if do == "start" else fields)


IMAGES, LABELS = np.zeros((9, 28, 28), np.uint8), np.arange(9, dtype=np.uint8)
GOOD = {
    "train-images-idx3-ubyte": idx_bytes(IMAGES),
    "train-labels-idx1-ubyte": idx_bytes(LABELS),
    "t10k-images-idx3-ubyte": idx_bytes(IMAGES),
    "t10k-labels-idx1-ubyte": idx_bytes(LABELS),
}
FIRST, SECOND, THIRD, FOURTH = GOOD
MNIST = [  # a file, what is in it (None: it is missing), and a word of what is said of it
    (FIRST, None, "not on this machine", "ещё нет MNIST"),
    (SECOND, None, f"{SECOND} is missing", f"нет файла {SECOND}"),
    (THIRD, None, "MNIST's files are not there", "файлов MNIST там нет"),
    (FOURTH, None, f"{FOURTH} is missing", f"нет файла {FOURTH}"),
    (FIRST, b"", "expected an IDX file", "нужен файл IDX"),
    (FIRST, b"<html>no", "expected an IDX file", "нужен файл IDX"),
    (FIRST, b"\0\0\x08\x09", "1 to 4 dimensions, found 9", "от 1 до 4, а их 9"),
    (FIRST, b"\0\0\x08\x03\0", "ends inside its header", "раньше своего заголовка"),
    (FIRST, idx_bytes(IMAGES[:0]), "an empty set", "набор пуст"),
    (FIRST, idx_bytes(IMAGES)[:-9], "expected 7056 bytes", "нужно байтов 7056"),
    (FIRST, idx_bytes(IMAGES) + b"a", "found more", "пришло больше"),
    (FIRST, gzip.compress(idx_bytes(IMAGES))[:50], "it ends too early", "обрывается раньше"),
    (FIRST, idx_bytes(LABELS), "expected images", "нужны картинки"),
    (FIRST, idx_bytes(IMAGES[:, 1:]), "the shape (27, 28)", "форма входов (27, 28)"),
    (SECOND, idx_bytes(IMAGES), "expected labels", "нужны метки"),
    (SECOND, idx_bytes(LABELS[1:]), "expected 9 labels, found 8", "нужно меток 9, а их 8"),
    (SECOND, idx_bytes(LABELS.astype(np.int8) - 1), "must lie in 0", "должны лежать в 0"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "body", "en", "ru"), MNIST)
def test_an_mnist_that_cannot_be_read_is_told_in_the_pages_language(
    monkeypatch, tmp_path, name, body, en, ru
):
    monkeypatch.setenv("SPUSK_DATA", str(tmp_path))
    for each, whole in (GOOD | {name: body}).items():
        if whole is not None:
            (tmp_path / each).write_bytes(whole)
    runs = Runs()
    with connected(server(runs=runs)) as page:
        names = [str(tmp_path), *GOOD]
        english, russian = answered(page, "start", names, **PLAN | {"data": "mnist"})
    assert en in english
    assert ru in russian


def test_numbers_too_large_for_a_network_are_told_in_the_pages_language(app):
    body = npz(x=np.array([[1.0, 2.0], [3.0, 1e300]]), y=np.arange(2))
    found = sent(app, "large.npz", body)[1]["set"]
    with connected(app) as page:
        plan = PLAN | {"data": found["id"], "layers": [2, 3, 2]}
        english, russian = answered(page, "start", ["large.npz"], **plan)
    assert "large.npz: input 1 (from 0) holds 1e+300" in english
    assert "во входе 1 (считая с 0) стоит 1e+300" in russian


@pytest.mark.skipif(not available(), reason="the native engine is not built here")
@pytest.mark.parametrize(("name", "value"), [("SPUSK_THREADS", "many"), ("SPUSK_ISA", "mmx")])
def test_a_wish_for_the_engine_that_cannot_be_is_told(app, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with connected(app) as page:
        english, _ = answered(page, "start", [name, *instruction_sets()], **PLAN)
    assert english.startswith(f"{name}: expected")


@pytest.mark.parametrize("name", ["history.json", "history.csv"])
def test_a_history_that_is_none_is_told_in_the_pages_language(app, name):
    run = sent(app, "a.safetensors", b"".join(packed(spusk.Network([4, 3]))))[1]["run"]
    for body in (b"{}", b"\xff", b"a,b\n1,2\n", b'{"history": [1]}'):
        target = f"/files/{name}?run={run['id']}"
        for lang in ("en", "ru"):
            answer = ask("POST", target, (*RIGHT, ("accept-language", lang)), (body,), app)
            said = json.loads(answer.body)["error"]
            assert name in said
            assert lang == "en" or not foreign(said, name)
