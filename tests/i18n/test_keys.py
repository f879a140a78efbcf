"""What is said has a key: it is in both languages, takes the values that it is given, and is used.

Read off the source: a sentence that only a rare mistake asks for is held here as well.
"""

import ast
import re
from functools import cache
from itertools import chain
from pathlib import Path
from string import Formatter

import pytest

import spusk
from spusk.i18n import LANGUAGES, topic

SOURCE = Path(spusk.__file__).parent
MODULES = sorted(SOURCE.rglob("*.py"))
TOPICS = sorted(path.stem for path in (SOURCE / "i18n/en").glob("*.toml"))
SPEAKERS = {  # what is called with a key -> the topic that it adds, and the argument that has it
    "say": ("", 0), "keyed": ("", 0), "Phrase": ("", 0), "Reason": ("reasons.", 0),
    "at_column": ("formula.", 0), "_wrong": ("data.", 0), "refusal": ("lab.", 0),
    "unusable": ("calls.", 0), "fail": ("formula.", 1),
}  # fmt: skip


@cache
def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def patterns(node, before=""):
    """The keys that an argument may be, a * for what is known only as the program runs."""
    match node:
        case ast.Constant(value=str()):
            yield before + node.value
        case ast.IfExp():
            yield from chain(patterns(node.body, before), patterns(node.orelse, before))
        case ast.JoinedStr():
            parts = (p.value if isinstance(p, ast.Constant) else "*" for p in node.values)
            yield before + "".join(map(str, parts))


def spoken(tree):
    """Each key that is said: the line, its pattern, and the names of its values (None: any)."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in SPEAKERS:
            before, place = SPEAKERS[name]
            values = {word.arg for word in node.keywords}
            for pattern in patterns(node.args[place], before) if node.args else ():
                own = name in ("say", "keyed") and None not in values
                yield node.lineno, pattern, values if own else None


def keys(lang):
    return {f"{name}.{entry}": said for name in TOPICS for entry, said in topic(name, lang).items()}


def meant(pattern, known):
    """The keys of those known that a pattern stands for."""
    shape = re.compile(re.escape(pattern).replace(r"\*", ".*"))
    return [key for key in known if shape.fullmatch(key)]


def fields(sentence):
    forms = sentence.values() if isinstance(sentence, dict) else [sentence]
    named = {name for form in forms for _, name, _, _ in Formatter().parse(form) if name}
    return named | ({"n"} if isinstance(sentence, dict) else set())


def wrong(tree):
    """What is said without a sentence, or with other values than it takes."""
    for lang in LANGUAGES:
        known = keys(lang)
        for line, pattern, values in spoken(tree):
            found = meant(pattern, known)
            if not found:
                yield f"line {line}: {pattern} is no key in {lang}"
            if "*" not in pattern and values is not None:
                yield from (
                    f"line {line}: {key} takes {fields(known[key])}, and gets {values} in {lang}"
                    for key in found
                    if not fields(known[key]) <= values
                )


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_what_a_module_says_has_its_sentence_and_its_values_in_both_languages(path):
    assert not [*wrong(parsed(path))]


def test_a_sentence_that_is_missing_or_gets_other_values_is_found():
    assert [*wrong(ast.parse('DataError.keyed("data.nothing_of_the_kind")'))]
    assert [*wrong(ast.parse('say("network.dtype", lang, path=1)'))]
    assert [*wrong(ast.parse('say(f"network.no_such_{part}", lang)'))]
    assert not [*wrong(ast.parse('say("network.dtype", lang, found=1)'))]
    assert sum(len([*spoken(parsed(path))]) for path in MODULES) > 300


WORDS = re.compile(r"[\w.*-]+")


def words():
    """What stands in the source: Python's texts, and the page's code; a * for what is filled in."""
    texts = [text for path in MODULES for node in ast.walk(parsed(path)) for text in patterns(node)]
    for path in [*SOURCE.rglob("*.js"), *SOURCE.rglob("*.html")]:
        texts.append(re.sub(r"\$\{[^}]*\}", "*", path.read_text(encoding="utf-8")))
    return {word.strip(".") for text in texts for word in WORDS.findall(text)}


def telling(known):
    """Of the words those with a * that tell enough of a key."""
    made = (word for word in known if "*" in word)
    told = (word for word in made if re.search("[a-z]{2}", word.partition(".")[2] or word))
    return [re.compile(re.escape(word).replace(r"\*", ".+")) for word in told]


def unused(sentences, known):
    """The keys that are nowhere in the source, neither whole nor as parts that are put together."""
    shapes = telling(known)
    for key in sentences:
        short, entry = key.removeprefix("page_"), key.partition(".")[2]
        whole = {key, short, entry, *entry.split(".")}
        in_two = f"{short.partition('.')[0]}.*_*" in known and {*entry.split("_", 1)} <= known
        told = any(shape.fullmatch(one) for shape in shapes for one in whole)
        if not (in_two or told or whole & known):
            yield key


def test_every_sentence_is_used():
    known = words()
    assert not [*unused(keys("en"), known)]
    nobody_says = ["data.nothing_at_all", "page_network.nothing_at_all", "plots.of_nothing"]
    assert [*unused(nobody_says, known)] == nobody_says
