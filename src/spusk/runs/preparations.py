"""A network's preparation as JSON keeps it, beside its description."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import asdict

from spusk.data.preprocessing import Preparation
from spusk.runs.descriptions import Finite

Scaling = Literal["pixels", "standardise", "minmax", "none", "bytes"]


class SavedPreparation(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A Preparation; every number of it is finite, and nothing is divided by 0."""

    scaling: Scaling
    shift: tuple[Finite, ...] = (0.0,)
    scale: tuple[Finite, ...] = (1.0,)
    columns: tuple[str, ...] | None = None
    classes: tuple[str, ...] | None = None
    target_shift: tuple[Finite, ...] = ()
    target_scale: tuple[Finite, ...] = ()
    ink: Literal["light", "dark"] | None = None
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
        )  # fmt: skip
        if any(len(found) not in lengths for found, lengths in ends):
            raise ValueError(self)
        return Preparation(**asdict(self))


def data_of(preparation: Preparation | None) -> dict[str, Any] | None:
    """A preparation for JSON; None where the network has none."""
    if preparation is None:
        return None
    return {name: getattr(preparation, name) for name in SavedPreparation.__struct_fields__}
