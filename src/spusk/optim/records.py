"""Named records: frozen dataclasses that a file keeps as a name and numbers, and gives back.

What a file says is looked up in a table of such records and checked by the record itself: a text
from a file never names an attribute or a module.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from math import isfinite
from typing import Any, TypeVar

from spusk.errors import InputError, RateError

T = TypeVar("T")


def parameters(kind: Any, without: tuple[str, ...] = ()) -> tuple[str, ...]:  # noqa: ANN401
    """The names of a record's numbers, in their order."""
    return tuple(field.name for field in fields(kind) if field.name not in without)


def record_of(table: Mapping[str, type[T]], found: object, **given: object) -> T:
    """The record that a file means by {"name": …, and its numbers}; `given` is not in the file.

    InputError: no such name, other numbers than the record's own, or numbers that it refuses.
    """
    name = found.get("name") if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping) or not isinstance(name, str) or name not in table:
        raise InputError.keyed("optim.record", names=", ".join(table), found=name)
    kind = table[name]
    numbers = {key: value for key, value in found.items() if key != "name"}
    own = parameters(kind, tuple(given))
    if set(numbers) != set(own):
        what = {"name": name, "expected": ", ".join(own) or 0, "found": ", ".join(numbers) or 0}
        raise InputError.keyed("optim.record_numbers", **what)
    return kind(**given, **numbers)


def positive(record: object, name: str, remedy: float) -> None:
    """Makes a number of a record a float, if it is above 0 and finite. RateError."""
    _checked(record, name, remedy, "positive", lambda x: 0 < x < float("inf"))


def share(record: object, name: str, remedy: float) -> None:
    """Makes a number of a record a float, if it is in 0 ≤ x < 1. RateError."""
    _checked(record, name, remedy, "share", lambda x: 0 <= x < 1)


def whole(record: object, name: str, remedy: int) -> None:
    """Makes a number of a record an int, if it is a whole one from 1 up. RateError."""
    _checked(record, name, remedy, "whole", lambda x: x >= 1 and isfinite(x) and x == int(x), int)


def _checked(
    record: object,
    name: str,
    remedy: float,
    key: str,
    right: Callable[[float], bool],
    kind: type[float] = float,
) -> None:
    found = getattr(record, name)
    try:
        number = float(found)
    except (TypeError, ValueError, OverflowError):
        number = float("nan")
    if isinstance(found, bool | str) or not right(number):
        what = {"what": type(record).__name__, "name": name, "found": found, "remedy": remedy}
        raise RateError.keyed(f"optim.{key}", **what)
    object.__setattr__(record, name, kind(found))  # a NumPy number would widen float32 arrays
