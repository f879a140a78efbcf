"""Every sentence shown to a person, in English and Russian.

One TOML file per topic and language (`en/train.toml`, `ru/train.toml`); `say` fills in the
numbers. Russian numbers take a decimal comma, and counted nouns follow the plural rules of
their language: a value that is a table {one, few, many} is chosen by its `n`.
"""

import os
import tomllib
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import NamedTuple, Protocol, runtime_checkable

LANGUAGES = ("en", "ru")
RUSSIAN_NUMBERS = str.maketrans({",": "\N{NO-BREAK SPACE}", ".": ",", "%": "\N{NO-BREAK SPACE}%"})


def language(choice: str | None = None) -> str:
    """The language to speak: the choice, else SPUSK_LANG, else English."""
    wanted = choice or os.environ.get("SPUSK_LANG", "en")
    return wanted if wanted in LANGUAGES else "en"


@cache
def topic(name: str, lang: str) -> dict[str, str | dict[str, str]]:
    """All sentences of one topic in one language."""
    text = files("spusk.i18n").joinpath(lang, f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def plural(n: int, lang: str) -> str:
    """The plural form of a count: one, few or many (Unicode CLDR's rules for en and ru)."""
    if lang == "en":
        return "one" if n == 1 else "many"
    tens, ones = n // 10 % 10, n % 10
    if ones == 1 and tens != 1:
        return "one"
    return "few" if 2 <= ones <= 4 and tens != 1 else "many"


@runtime_checkable
class Spoken(Protocol):
    """What has its own words in each language, such as an error of ours: it is said in theirs."""

    def sentence(self, lang: str | None = None) -> str:
        """The words in a language."""
        ...


class Phrase(NamedTuple):
    """A part of a sentence that has a key of its own, and no numbers."""

    key: str

    def sentence(self, lang: str | None = None) -> str:
        """The words in a language."""
        return say(self.key, lang)


class Count(NamedTuple):
    """A number with its noun, as part of a sentence: 1 step, 5 steps."""

    key: str
    n: int

    def sentence(self, lang: str | None = None) -> str:
        """The words in a language."""
        return say(self.key, lang, n=self.n)


class _Numbers(Formatter):
    """`str.format` whose values follow the language: 1,234.5 and 30% become 1 234,5 and 30 %."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def format_field(self, value: object, spec: str) -> str:
        if isinstance(value, Spoken):
            value = value.sentence(self.lang)
        text = str(super().format_field(value, spec))
        if self.lang == "ru" and isinstance(value, int | float) and not isinstance(value, bool):
            text = text.translate(RUSSIAN_NUMBERS)
        return text


def say(key: str, lang: str | None = None, **numbers: object) -> str:
    """The sentence `topic.key`, its numbers filled in: `say("train.epochs", "ru", n=5)`."""
    lang = language(lang)
    name, _, entry = key.partition(".")
    sentence = topic(name, lang)[entry]
    if isinstance(sentence, dict):
        count = numbers["n"]
        if not isinstance(count, int):
            raise TypeError(f"{key} counts something: n must be an int, found {count!r}")
        sentence = sentence.get(plural(count, lang), sentence["many"])
    return _Numbers(lang).vformat(sentence, (), numbers)
