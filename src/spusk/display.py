"""How a result shows itself: as a short text, and in a notebook as its picture.

A result asks for its picture; drawing stands in a later room, so the picture is looked up here,
and the room that draws is brought in by whoever knows all rooms, when the first is asked for.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np

Drawer = Callable[[Any], bytes]  # a result -> its picture as PNG
DRAWERS: dict[type, Drawer] = {}
BRINGERS: list[Callable[[], object]] = []  # each loads a room that registers its drawers


LONGEST, PART, FEW = 280, 70, 4  # characters of a repr and of a part of it; numbers shown


def register(kind: type, draw: Drawer) -> None:
    """Results of this kind are drawn by this function."""
    DRAWERS[kind] = draw


class Shown:
    """A result that a notebook shows as its picture."""

    def _repr_png_(self) -> bytes:
        for bring in BRINGERS:
            bring()
        return DRAWERS[type(self)](self)


def short_repr(record: Any) -> str:  # noqa: ANN401
    """A record's repr, short whatever it holds: Step(n=3, x=array(shape=(10000,)), …).

    Args:
        record: a named tuple or a dataclass; of the latter the fields with repr=True are shown.

    Returns:
        One line of less than 300 characters.
    """
    tuples = getattr(record, "_fields", None)
    names = tuples or [part.name for part in fields(record) if part.repr]
    shown = ", ".join(f"{name}={part_of(getattr(record, name))}" for name in names)
    return f"{type(record).__name__}({cut(shown, LONGEST - len(type(record).__name__))})"


def part_of(value: Any) -> str:  # noqa: ANN401
    """A part of a record in short: a large array by its shape, a long row by its length."""
    if isinstance(value, np.ndarray):
        return repr(value.tolist()) if value.size <= FEW else f"array(shape={value.shape})"
    if isinstance(value, list | tuple) and not hasattr(value, "_fields") and len(value) > FEW:
        return f"<{len(value)} of {type(value[0]).__name__}>"
    return cut(" ".join(repr(value).split()), PART)


def cut(text: str, most: int) -> str:
    """A text of so many characters at most."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
