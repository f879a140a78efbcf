"""What goes wrong is said in the language that is asked for, its inner reason too."""

import ast
import errno
import gzip
import os
import re
import struct
import tomllib
import zlib
from functools import cache
from pathlib import Path
from zipfile import BadZipFile

import pytest

import spusk
from spusk.errors import DataError, NetworkError
from spusk.i18n import LANGUAGES, say, topic
from spusk.i18n.reasons import LIBRARIES, SYSTEM, Reason, reason
from tests.conftest import blobs
from tests.i18n.russian import foreign, refused
from tests.i18n.test_keys import parsed

SOURCE = Path(spusk.__file__).parent
MODULES = sorted(SOURCE.rglob("*.py"))
TOPICS = sorted(path.stem for path in (SOURCE / "i18n/ru").glob("*.toml"))
PARAMETERS = """
    size view steps tolerance starts search scipy_method constraints bounds function gradient latex
    mathml text hessian epochs batch rate rule seed sizes permutation V.take optim.RULES half all
    optim.inverse train_events spusk.resume reference resume train run.json true false Sample Adam
    λmax f_min sin abs exp min --rates --rate --view --at --start --out --overwrite --epochs --gain
    --init keep patience validation callbacks seeds make lambda
    last best Network.load return None True jac args vectorized str sympy.lambdify SymPy Python x y
"""  # names that no sentence about a file or a network has
PAGE = """
    Enter Delete Shift Page Up Down Mac English npz csv tsv txt json safetensors weights.safetensors
"""  # names on the page alone
UNIT = re.compile(r"[}\d] (?:[кМГ]Б|мс|с|%)(?!\w)")


@cache
def ours():
    """The names of the errors and warnings that have words, wherever they are defined."""
    made = [node for path in MODULES for node in ast.walk(parsed(path))
            if isinstance(node, ast.ClassDef)]  # fmt: skip
    known = {"Keyed"}
    while more := {
        node.name for node in made for base in node.bases
        if isinstance(base, ast.Name) and base.id in known
    } - known:  # fmt: skip
        known |= more
    return known


OTHERS = {  # raised by us, and not in words: who meets it instead of a user
    "AttributeError": "Python asks a module for a name",
    "NotImplementedError": "whoever writes a rule, a schedule or a run and leaves a part out",
    "TypeError": "whoever counts in a sentence by what is no number",
    "KeyboardInterrupt": "the system, as if Ctrl+C were pressed",
    "Stopped": "the command line, which says the words of the signal",
    "NotTraceableError": "the tracer, which then leaves the callable as it is",
    "ArithmeticError": "whoever looks for a limit, and finds none",
    "ValueError": "the reader of a file or an option, which says what is wrong with it",
    "BadZipFile": "the reader of a file",
    "TimeoutError": "the pool of formulas, which answers that it took too long",
    "EOFError": "the pool of formulas, which starts a worker anew",
    "BusyError": "the lab's jobs, which answer that they are many",
    "HTTPException": "the browser, as a number",
}


def raised(tree):
    """The errors that a module makes: the line, the name, and the call."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ours()
        ):
            yield node.lineno, node.func.id, node
        if not isinstance(node, ast.Raise) or node.exc is None:
            continue
        either = isinstance(node.exc, ast.IfExp)
        for error in (node.exc.body, node.exc.orelse) if either else (node.exc,):
            made = error.func if isinstance(error, ast.Call) else error
            by = isinstance(made, ast.Attribute) and made.attr in ("keyed", "at_column")
            name = ast.unparse(made.value if by else made).rpartition(".")[2]
            if name[0].isupper():  # else what a function made or caught, that is looked at there
                yield error.lineno, name, error


def has_words(call):
    """Whether an error has a key, or a sentence that is in a language already."""
    if not isinstance(call, ast.Call):
        return False
    if isinstance(call.func, ast.Attribute):
        return call.func.attr in ("keyed", "at_column")
    [said] = call.args
    return isinstance(said, ast.Call) and isinstance(said.func, ast.Name) and said.func.id == "say"


def wordless(tree):
    """The errors of a module that are English alone, and those that nobody has thought of."""
    for line, name, made in raised(tree):
        if name in ours() and not has_words(made):
            yield f"line {line}: an English sentence alone"
        if name not in ours() and name not in OTHERS:
            yield f"line {line}: {name} is neither in words nor among the others"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_every_error_has_words(path):
    assert not [*wordless(parsed(path))]


def test_the_errors_are_found():
    met = [name for path in MODULES for _, name, _ in raised(parsed(path))]
    assert sum(name in ours() for name in met) > 170
    assert {"SearchError", "Unusable", "FallbackWarning", "StartError"} <= ours()
    assert set(OTHERS) <= set(met)
    assert not [*wordless(ast.parse('raise DataError.keyed("data.no_file") from error'))]


@pytest.mark.parametrize("english", [
    'raise DataError("no file")', 'raise DataError', 'error = DataError("no file")',
    'raise OSError("no file")', 'raise zipfile.LargeZipFile("no file") if large else BusyError',
])  # fmt: skip
def test_an_error_that_is_english_alone_is_found(english):
    assert [*wordless(ast.parse(english))]


def entries(name):
    """The Russian sentences of a topic, their values left out."""
    said = tomllib.loads((SOURCE / f"i18n/ru/{name}.toml").read_text(encoding="utf-8"))
    forms = {f"{key}.{form}": text for key, table in said.items() if isinstance(table, dict)
             for form, text in table.items()}  # fmt: skip
    single = {key: text for key, text in said.items() if isinstance(text, str)}
    return {key: re.sub(r"{[^{}]*}", "{}", text) for key, text in (single | forms).items()}


@pytest.mark.parametrize("name", TOPICS)
def test_no_russian_sentence_has_english_in_it(name):
    names = PAGE if name.startswith("page") else ""
    if name not in ("data", "download", "lab", "network", "reasons"):
        names += PARAMETERS
    for key, text in entries(name).items():
        found = foreign(text) - {text, *names.split()}
        assert not found, f"{key}: {found}"


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
