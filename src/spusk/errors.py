"""Every error a user can meet.

SpuskError                      anything spusk says is wrong; one line: what, where, found, remedy
├── InputError (ValueError)     a wrong value given by the user (exit code 2)
│   ├── DataError               a file or a set that cannot be used
│   ├── NetworkError            layers, starts, shapes that make no network
│   ├── RateError               a learning rate that cannot work
│   ├── FormulaError            a text that is no function; knows the place
│   ├── GradientError           a user's gradient that is not the gradient
│   ├── CallableError           a user's callable that raised an error of its own
│   └── StartError              a starting point of the wrong size or not finite
├── RunError                    a run folder that cannot be read or written (exit code 2)
├── DownloadError               no mirror gave the right bytes (exit code 2)
└── EngineError                 an engine that is not here, or refuses (exit code 2)
SpuskWarning (UserWarning)      anything spusk warns of; it goes on all the same
"""

from typing import Self


class Keyed(Exception):  # noqa: N818 - a part of errors and warnings, never raised itself
    """What has its sentences in the words files."""

    words = ""  # where they stand, if they do: `data.no_file`
    values: dict[str, object]

    @classmethod
    def keyed(cls, key: str, **values: object) -> Self:
        """The error or warning whose sentences stand in the words files, English and Russian.

        Args:
            key: where they stand: `data.no_file`.
            **values: what is filled in.

        Returns:
            It, in English until another language is asked for.
        """
        from spusk.i18n import say

        error = cls(say(key, "en", **values))
        error.words, error.values = key, values
        return error

    def sentence(self, lang: str | None = None) -> str:
        """What is to be said, as a sentence.

        Args:
            lang: "en" or "ru"; else SPUSK_LANG, else English.

        Returns:
            The sentence, English where it is not known in the language.
        """
        from spusk.i18n import say

        return say(self.words, lang, **self.values) if self.words else str(self)


class SpuskError(Keyed):
    """The root: catch it to catch everything spusk raises on purpose."""


class SpuskWarning(Keyed, UserWarning):
    """The root of what spusk warns of."""


class InputError(SpuskError, ValueError):
    """A value from the user that cannot be used."""


class DataError(InputError):
    """A file or a set that cannot be used."""


class NetworkError(InputError):
    """Layers, starts or shapes that make no network."""


class RateError(InputError):
    """A learning rate that cannot work."""


class FormulaError(InputError):
    """A text that is no function.

    Args:
        message: what is wrong, in one line.
        place: the offending column, from 0, where it is known.
    """

    def __init__(self, message: str, place: int | None = None) -> None:
        super().__init__(message)
        self.place = place
        self.key = ""

    @classmethod
    def at_column(cls, key: str, place: int, **values: object) -> Self:
        """The error of the words files' formula.toml, at a place of the text.

        Args:
            key: which sentence.
            place: the column, from 0.
            **values: what is filled in.

        Returns:
            The error.
        """
        error = cls.keyed(f"formula.{key}", **values, column=place + 1)
        error.place, error.key = place, key
        return error


class GradientError(InputError):
    """A gradient given by the user that is not the gradient of the function."""


class CallableError(InputError):
    """A user's callable raised an error of its own; `__cause__` is that error."""


class StartError(InputError):
    """A starting point of the wrong size, or not finite."""


class RunError(SpuskError):
    """A run folder that cannot be read or written."""


class DownloadError(SpuskError):
    """No mirror gave the right bytes."""


class EngineError(SpuskError):
    """An engine that is not here, or that refuses this network."""
