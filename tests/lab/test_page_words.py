"""The page's modules and the words: every key is there, and no sentence is outside the words."""

import re
import tomllib

import pytest

from spusk.lab.formulas.page_data import PAGE_TOPICS
from tests.lab.modules import PAGE, ROOT

SOURCES = {path.name if path.parent.name == "page" else f"{path.parent.name}/{path.name}": path
           for path in sorted((ROOT / PAGE).rglob("*.js"))}  # fmt: skip
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", re.DOTALL)
SAID = re.compile(r"""\bsay\(\s*(?:(["'])(?P<key>[\w.-]+)\1|`(?P<start>[\w.-]+)\$\{)""")
STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')
FILLED = re.compile(r"\$\{[^}]*\}")
SENTENCE = re.compile(r"[A-Z]?[a-z]{2,},? [a-z]{2,}")
RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)
# for machines or for who writes the page: names of classes, places in it, errors of the program
BESIDE = re.compile(r"""
    \b(?:class|rel|className|font|cursor|touchAction|outline)\b | querySelector | classList
    | closest\( | matches\( | Error\( | DOMException\( | \.style\b | button\("start"
""", re.VERBOSE)  # fmt: skip
NO_WORDS = "spusk lab: no answer · нет ответа"  # where the words themselves did not come


def words():
    """Every sentence of the page by its key."""
    folder = ROOT / "src/spusk/i18n/en"
    return {
        f"{topic.removeprefix('page_')}.{key}"
        for topic in PAGE_TOPICS
        for key in tomllib.loads((folder / f"{topic}.toml").read_text(encoding="utf-8"))
    }


def code(name):
    """A module without its comments."""
    return COMMENT.sub("", SOURCES[name].read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", SOURCES)
def test_every_key_is_there(name):
    known = words()
    for said in SAID.finditer(code(name)):
        if said["key"]:
            assert said["key"] in known, said["key"]
        elif "." in said["start"]:  # the rest is chosen by the code
            assert any(key.startswith(said["start"]) for key in known), said["start"]


def test_the_keys_are_found():
    found = {said["key"] for name in SOURCES for said in SAID.finditer(code(name))}
    assert {"page.share", "surface.ignored", "escape.failed", "bridge.title"} <= found
    assert len(found) > 100


@pytest.mark.parametrize("name", SOURCES)
def test_no_sentence_is_outside_the_words(name):
    for line in code(name).splitlines():
        for match in STRING.finditer(line):
            text = FILLED.sub("", match[1] or match[2] or "")
            if text == NO_WORDS or text.startswith("<math "):
                continue
            assert not RUSSIAN.search(text), line
            assert not SENTENCE.search(text) or BESIDE.search(line), line


def test_a_sentence_is_seen():
    assert SENTENCE.search("Try again")
    assert SENTENCE.search("the lab is busy")
    assert not SENTENCE.search("aria-label")
