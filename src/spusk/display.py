"""How a result shows itself in a notebook: who can draw a kind of result says so here.

A result asks for its picture; drawing stands in a later room, so the picture is looked up here,
and the room that draws is brought in by whoever knows all rooms, when the first is asked for.
"""

from collections.abc import Callable
from typing import Any

Drawer = Callable[[Any], bytes]  # a result -> its picture as PNG
DRAWERS: dict[type, Drawer] = {}
BRINGERS: list[Callable[[], object]] = []  # each loads a room that registers its drawers


def register(kind: type, draw: Drawer) -> None:
    """Results of this kind are drawn by this function."""
    DRAWERS[kind] = draw


class Shown:
    """A result that a notebook shows as its picture."""

    def _repr_png_(self) -> bytes:
        for bring in BRINGERS:
            bring()
        return DRAWERS[type(self)](self)
