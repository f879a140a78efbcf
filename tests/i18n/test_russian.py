"""What goes wrong is said in the language that is asked for, its inner reason too."""

import ast
import errno
import gzip
import os
import re
import struct
import tomllib
import zlib
from pathlib import Path
from zipfile import BadZipFile

import pytest

import spusk
from spusk import errors
from spusk.errors import DataError, NetworkError
from spusk.i18n import LANGUAGES, say, topic
from spusk.i18n.reasons import LIBRARIES, SYSTEM, Reason, reason
from tests.conftest import blobs
from tests.i18n.russian import foreign, refused

SOURCE = Path(spusk.__file__).parent
ERRORS = {name for name, thing in vars(errors).items() if isinstance(thing, type)} | {"Unusable"}
# The rooms that a page hears from. Elsewhere an error may still be English alone.
HEARD = [*(SOURCE / "data").glob("*.py"), *(SOURCE / "lab").rglob("*.py"),
         *(SOURCE / "nn").glob("*.py"), SOURCE / "runs/weights.py"]  # fmt: skip
TOPICS = ("data", "network", "download", "reasons", "lab")
UNIT = re.compile(r"[}\d] (?:[кМГ]Б|мс|с|%)(?!\w)")


def raised(path):
    """The errors of ours that a module makes: the line, and the call."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            made = node.exc.func
            name = made.value if isinstance(made, ast.Attribute) else made
            if isinstance(name, ast.Name) and name.id in ERRORS:
                yield node.lineno, node.exc


def has_words(call):
    """Whether an error has a key, or a sentence that is in a language already."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr in ("keyed", "at_column")
    [said] = call.args
    return isinstance(said, ast.Call) and isinstance(said.func, ast.Name) and said.func.id == "say"


@pytest.mark.parametrize("path", HEARD, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_error_that_a_page_hears_has_words(path):
    for line, call in raised(path):
        assert has_words(call), f"{path.name}, line {line}: an English sentence alone"
        key = call.args[0] if isinstance(call.func, ast.Attribute) else None
        if isinstance(key, ast.Constant):
            name, _, entry = key.value.partition(".")
            assert entry in topic(name, "ru"), f"{path.name}, line {line}: {key.value}"


def test_the_errors_are_found():
    assert sum(len([*raised(path)]) for path in HEARD) > 90
    english = ast.parse('raise DataError("no file")').body[0].exc
    assert not has_words(english)


def entries(name):
    """The Russian sentences of a topic, their values left out."""
    said = tomllib.loads((SOURCE / f"i18n/ru/{name}.toml").read_text(encoding="utf-8"))
    return {key: re.sub(r"{[^{}]*}", "{}", text) for key, text in said.items()}


@pytest.mark.parametrize("name", TOPICS)
def test_no_russian_sentence_has_english_in_it(name):
    for key, text in entries(name).items():
        assert not foreign(text) or text == "{}", f"{key}: {foreign(text)}"


@pytest.mark.parametrize("name", sorted(path.stem for path in (SOURCE / "i18n/ru").glob("*.toml")))
def test_units_stay_with_their_number_and_quotes_with_their_words(name):
    text = (SOURCE / f"i18n/ru/{name}.toml").read_text(encoding="utf-8")
    assert not UNIT.findall(text)
    assert not re.findall(r"«\s|\s»", text)
    assert text.count("«") == text.count("»")


def test_english_and_units_are_seen():
    assert foreign("a.csv: нужно, found 3", "a.csv") == {"found"}
    assert foreign("no such file")
    assert not foreign("набор MNIST: найдено 'anything'")
    assert UNIT.search("за {seconds:.1f} с.")
    assert not UNIT.search("{n} снова")


def test_every_reason_is_in_the_words():
    known = topic("reasons", "en").keys()
    assert {*SYSTEM.values(), *LIBRARIES} <= known


def unpacked(body):
    return lambda: gzip.decompress(body)


PACKED = gzip.compress(b"1,2\n" * 99, mtime=0)
REAL = [  # what really goes wrong, and its key
    (lambda: Path("/no/such").read_bytes(), "not_found"),
    (lambda: Path("/").read_bytes(), "folder"),
    (unpacked(PACKED[:20]), "cut"),
    (unpacked(PACKED[:-8] + b"aaaa" + PACKED[-4:]), "checksum"),
    (unpacked(b"no"), "no_archive"),
    (unpacked(PACKED[:2] + b"\1" + PACKED[3:]), "method"),
    (lambda: zlib.decompress(b"x\x9c\xff\xff\xff"), "damaged"),
    (lambda: struct.unpack("<I", b"a"), "cut"),
    (b"\xff".decode, "encoding"),
]


@pytest.mark.parametrize(("work", "key"), REAL, ids=[key for _, key in REAL])
def test_a_reason_that_is_known_is_said_in_our_words(work, key):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever a library raises
        work()
    why = reason(caught.value)
    assert why == Reason(key)
    assert not foreign(why.sentence("ru"))
    assert not re.search("[а-я]", why.sentence("en"))


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_every_answer_of_the_system_is_told(number):
    why = reason(OSError(number, os.strerror(number), "/secret/place"))
    assert not foreign(why.sentence("ru"))
    assert "secret" not in why.sentence("en") + why.sentence("ru")
    if errno.errorcode[number] not in SYSTEM:
        assert why.sentence("en") == os.strerror(number)


@pytest.mark.parametrize("error", [ValueError("never\nheard of"), BadZipFile(""), KeyError("a")])
def test_of_a_strange_reason_russian_names_the_fact_alone(error):
    why = reason(error)
    assert why.sentence("ru") == "содержимое не разобрать"
    assert why.sentence("en") == (" ".join(str(error).split()) or "its content makes no sense")
    assert reason(error, "description").sentence("ru") == "описания сети в нём нет"


def test_an_error_within_an_error_is_said_in_the_language_of_both():
    inner = NetworkError.keyed("network.layers", found=[4])
    outer = DataError.keyed("data.no_weights", path="a", why=reason(inner))
    assert outer.sentence("en") == str(outer)
    assert str(inner) in str(outer)
    assert inner.sentence("ru") in outer.sentence("ru")
    for lang in LANGUAGES:
        assert say("data.unread", lang, path="a", why=Reason("cut")) == say(
            "data.unread", lang, path="a", why=say("reasons.cut", lang)
        )


BAD = [  # a network that cannot be, and a word of what is said of it in each language
    ({"sizes": [4]}, "two or more whole numbers", "два или больше"),
    ({"sizes": "4-3"}, "found '4-3'", "а не '4-3'"),
    ({"sizes": [4, 2.5]}, "found [4, 2.5]", "а не [4, 2.5]"),
    ({"sizes": [10**6, 10**6]}, "1,000,001,000,000 weights", "1\xa0000\xa0001\xa0000\xa0000"),
    ({"activation": "relo"}, "activation: expected one of", "activation: нужно одно из"),
    ({"init": "no"}, "init: expected one of", "init: нужно одно из"),
    ({"init": "wide"}, "looks at the data", "нужны данные"),
    ({"error": "cross-entropy", "output": "tanh"}, "needs sigmoid outputs", "нужна sigmoid"),
    ({"gain": [1.0]}, "expected 1 or 2 finite", "одно конечное число или 2"),
    ({"dtype": "int64"}, "float32 or float64", "float32 или float64"),
    ({"V": blobs(n=5)}, "start the layers with 5", "начните слои с 5"),
    ({"V": blobs(n=4, classes=3)}, "end the layers with 3", "закончите слои числом 3"),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "en", "ru"), BAD)
def test_a_network_that_cannot_be_is_told_in_both_languages(parts, en, ru):
    with refused(NetworkError, re.escape(en), "blobs"):
        spusk.Network(**{"sizes": [4, 3, 2]} | parts)
    with pytest.raises(NetworkError) as caught:
        spusk.Network(**{"sizes": [4, 3, 2]} | parts)
    assert ru in caught.value.sentence("ru")
