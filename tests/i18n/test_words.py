"""Both languages say everything, with the same numbers in each sentence."""

import tomllib
from pathlib import Path
from string import Formatter

import pytest

import spusk.i18n
from spusk.i18n import language, plural, say

FOLDER = Path(spusk.i18n.__file__).parent
TOPICS = sorted(path.stem for path in (FOLDER / "en").glob("*.toml"))


def entries(lang, topic):
    return tomllib.loads((FOLDER / lang / f"{topic}.toml").read_text(encoding="utf-8"))


def fields(sentence):
    forms = sentence.values() if isinstance(sentence, dict) else [sentence]
    return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name}


def test_both_languages_have_the_same_topics():
    assert sorted(path.stem for path in (FOLDER / "ru").glob("*.toml")) == TOPICS
    assert TOPICS


@pytest.mark.parametrize("topic", TOPICS)
def test_both_languages_say_the_same(topic):
    en, ru = entries("en", topic), entries("ru", topic)
    assert en.keys() == ru.keys()
    for key in en:
        assert fields(en[key]) == fields(ru[key]), key
        if isinstance(ru[key], dict):
            assert set(ru[key]) == {"one", "few", "many"}, key
            assert set(en[key]) == {"one", "many"}, key


@pytest.mark.parametrize(
    ("n", "form"),
    [(0, "many"), (1, "one"), (2, "few"), (4, "few"), (5, "many"), (11, "many"), (12, "many"),
     (14, "many"), (21, "one"), (22, "few"), (25, "many"), (101, "one"), (111, "many")],
)  # fmt: skip
def test_russian_plurals(n, form):
    assert plural(n, "ru") == form


def test_numbers_follow_the_language():
    assert say("train.accuracy_cell", "en", x=0.9415) == "94.15%"
    assert say("train.accuracy_cell", "ru", x=0.9415) == "94,15\N{NO-BREAK SPACE}%"
    assert say("train.speed_cell", "ru", x=12345.0) == "12\N{NO-BREAK SPACE}345"
    assert [say("train.epochs", "ru", n=n) for n in (1, 3, 10)] == ["1 эпоха", "3 эпохи", "10 эпох"]


def test_language_is_chosen_then_environment_then_english(monkeypatch):
    monkeypatch.delenv("SPUSK_LANG", raising=False)
    assert language() == "en"
    monkeypatch.setenv("SPUSK_LANG", "ru")
    assert language() == "ru"
    assert language("en") == "en"
    assert language("de") == "en"
