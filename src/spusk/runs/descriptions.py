"""What JSON of ours may hold: kinds of values, and the sentence about one that is none of them.

A file's description is a record (of msgspec) that stands in the file's module: what is at which
key, of which kind, and what may be missing. What is expected at a key is said in i18n/*/runs.toml,
under that key.
"""

from __future__ import annotations

import re
import reprlib
from pathlib import Path
from sys import float_info
from typing import Annotated, Any, TypeVar

import msgspec

from spusk.errors import RunError
from spusk.i18n import Phrase, topic
from spusk.i18n.reasons import Reason
from spusk.optim.rules import rule_of
from spusk.optim.schedules import rate_of

FORMAT, READ = 3, (1, 2, 3)  # written; read: 1 had no rules, 2 its history in each checkpoint
PLACE = re.compile(  # in what msgspec says; the end counts, for a file's own words may stand before
    r"(?:Object missing required field `(\w+)`)?.*?(?: - at `\$\.?([^`]*)`)?", re.DOTALL
)

Whole = Annotated[int, msgspec.Meta(ge=1)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Finite = Annotated[float, msgspec.Meta(ge=-float_info.max, le=float_info.max)]
Share = Annotated[float, msgspec.Meta(ge=0, lt=1)]
Name = Annotated[str, msgspec.Meta(pattern=r"^[^\0]+$")]
Mark = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", max_length=64)]  # a SHA-256
T = TypeVar("T")


class SavedRate:
    """A learning rate: a number, or a schedule's name and numbers. InputError: neither."""

    def __init__(self, found: object) -> None:
        self.rate = rate_of(found)


class SavedRule:
    """A step rule's name and parameters, without its rate. InputError: none of ours."""

    def __init__(self, found: object) -> None:
        self.rule = rule_of(found, 1.0)


def checked_format(found: object, path: Path) -> dict[str, Any]:
    """JSON as an object of a format that this version reads. Raises RunError."""
    if isinstance(found, dict) and found.get("format") in READ:
        return found
    other = shown(found.get("format")) if isinstance(found, dict) else type(found).__name__
    raise RunError.keyed("runs.format", path=path, expected=FORMAT, found=other)


def meant(kind: type[T], found: object, path: Path, what: str, key: str = "") -> T:
    """What JSON means by such a record, which stands at `key`. Raises RunError naming the wrong."""
    try:
        return msgspec.convert(found, kind, dec_hook=lambda kind, found: kind(found))
    except UnicodeEncodeError as error:  # half a letter, where no text is expected
        raise RunError.keyed("runs.no_json", path=path, why=Reason("encoding")) from error
    except msgspec.ValidationError as error:
        match = PLACE.fullmatch(str(error))
        missing, inner = match.groups() if match else (None, None)
        place = ".".join(filter(None, (inner, missing)))
        raise misfit(found, path, what, key, place) from error


def misfit(found: object, path: Path, what: str, key: str, place: str = "") -> RunError:
    """The error about what stands at a place of a record: `plan.batch`, `history[0].cost`."""
    for name in re.findall(r"\w+", place):
        try:
            found = found[int(name) if isinstance(found, list) else name]  # type: ignore[index]
        except (LookupError, TypeError):
            found = None
    where = ".".join(filter(None, (key, place)))
    known, key = topic("runs", "en"), where.partition("[")[0]
    while key not in known:  # the key of all of it, "", is
        key = key.rpartition(".")[0]
    where = "" if where == key else f" ({where})"
    told = {"field": key or path.name, "expected": Phrase(f"runs.{key}"), "found": shown(found)}
    return RunError.keyed(f"runs.{what}", path=path, where=where, **told)


def shown(value: object) -> object:
    """A wrong value, as short as a sentence needs it, however deep or long it is."""
    return Phrase("runs.nothing") if value is None else reprlib.repr(value)[:80]
