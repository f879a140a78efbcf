"""A network's preparation as JSON keeps it, beside its description."""

from __future__ import annotations

import dataclasses
from math import prod
from sys import float_info
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from msgspec.structs import asdict

from spusk.data.looks import Look
from spusk.data.preprocessing import Preparation
from spusk.runs.descriptions import Finite, Whole

Shade = Annotated[float, Meta(ge=0, le=255)]
Share = Annotated[float, Meta(gt=0, le=1)]
Positive = Annotated[float, Meta(gt=0, le=float_info.max)]
Scaling = Literal["pixels", "standardise", "minmax", "none", "bytes"]


class SavedLook(Struct, frozen=True, forbid_unknown_fields=True):
    """A Look: how training pictures look."""

    shape: tuple[Whole, Whole]
    white: Positive
    ink: Literal["light", "dark"] | None
    ground: Shade
    full: Shade
    slack: Shade
    placing: Literal["mass", "box", "whole"]
    box: Share
    rare: tuple[Literal["ground", "edge", "block", "line", "pieces"], ...]

    def __post_init__(self) -> None:
        if self.ink and self.ground == self.full:
            raise ValueError(self)

    def look(self) -> Look:
        """What it means."""
        return Look(**asdict(self))


class SavedPreparation(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A Preparation; every number of it is finite, and nothing is divided by 0."""

    scaling: Scaling
    shift: tuple[Finite, ...] = (0.0,)
    scale: tuple[Finite, ...] = (1.0,)
    columns: tuple[str, ...] | None = None
    classes: tuple[str, ...] | None = None
    target_shift: tuple[Finite, ...] = ()
    target_scale: tuple[Finite, ...] = ()
    look: SavedLook | None = None
    categories: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fills: tuple[Finite, ...] = ()

    def __post_init__(self) -> None:
        if 0 in (*self.scale, *self.target_scale):
            raise ValueError(self)

    def preparation(self, sizes: tuple[int, ...]) -> Preparation:
        """What it means for a network of these sizes. Raises ValueError where it is for others."""
        n, m = sizes[0], sizes[-1]
        ends = (
            (self.shift, (1, n)), (self.scale, (1, n)), (self.columns or "x" * n, (n,)),
            (self.classes or "x" * m, (m,)), (self.target_shift, (0, m)),
            (self.target_scale, (len(self.target_shift),)), (self.fills, (0, n)),
            ("x" * (prod(self.look.shape) if self.look else n), (n,)),
        )  # fmt: skip
        if any(len(found) not in lengths for found, lengths in ends):
            raise ValueError(self)
        look = self.look.look() if self.look else None
        return Preparation(**{**asdict(self), "look": look})


def data_of(preparation: Preparation | None) -> dict[str, Any] | None:
    """A preparation for JSON; None where the network has none."""
    if preparation is None:
        return None
    found = {name: getattr(preparation, name) for name in SavedPreparation.__struct_fields__}
    return found | {"look": preparation.look and dataclasses.asdict(preparation.look)}
