"""How raw numbers become a network's inputs x, and what its outputs mean: a part of the model.

A `Sample` holds the numbers as they were read. What is done to them before the first layer is
learned from the training part alone and belongs to the network, so that the same numbers give the
same x everywhere, whatever their type: while training, in a test, and years later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from spusk.data.arrays import BLOCK, DIM, WHITE, are_bytes
from spusk.data.looks import Look, look_of, shape_of
from spusk.data.samples import Sample
from spusk.display import short_repr
from spusk.errors import DataError

SCALINGS = ("pixels", "standardise", "minmax", "none")

Index = slice | NDArray[np.integer]
Numbers = tuple[float, ...]


@dataclass(frozen=True, repr=False)
class Preparation:
    """x = (raw − shift) / scale, and the names of inputs and outputs; α(x)·scale + shift comes out.

    Attributes:
        scaling: "pixels", "standardise", "minmax" or "none"; "bytes" in networks of before, for
            which the type decided: uint8 v stood for v/255, all else for itself.
        shift: of the inputs, one for all or (n₀,).
        scale: of the inputs, one for all or (n₀,); for pixels the top, 255 or the set's own, and
            where strokes are dark the shift is that top and the scale its opposite: paper is 0.
        columns: the names of the inputs (n₀,), where they have any.
        classes: the names of the classes, None where the answers are targets.
        target_shift: of the targets, () where they are taken as they are.
        target_scale: of the targets, likewise.
        look: how the training pictures look, where the inputs are pictures; another picture is
            brought to it (`data.image`).
        categories: columns of words, each with its words: one input, 0 or 1, for each of them.
        fills: what stands for a missing input (n₀,), () where none was missing.
    """

    scaling: str
    shift: Numbers = (0.0,)
    scale: Numbers = (1.0,)
    columns: tuple[str, ...] | None = None
    classes: tuple[str, ...] | None = None
    target_shift: Numbers = ()
    target_scale: Numbers = ()
    look: Look | None = None
    categories: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fills: Numbers = ()

    def __repr__(self) -> str:
        return short_repr(self)

    def inputs(self, V: Sample, index: Index, dtype: DTypeLike) -> NDArray[np.floating]:
        """The inputs of some examples.

        Args:
            V: the sample, of raw numbers.
            index: which examples, (B,) numbers or a slice.
            dtype: float32 or float64.

        Returns:
            x (B, n₀), floating point.
        """
        return self.rows(V.x[index], dtype)

    def rows(self, raw: NDArray[np.generic], dtype: DTypeLike) -> NDArray[np.floating]:
        """The inputs that raw rows become.

        Args:
            raw: rows (B, n₀) of any type of numbers.
            dtype: float32 or float64.

        Returns:
            x (B, n₀), floating point.
        """
        if self.scaling == "bytes":
            top = WHITE if raw.dtype == np.uint8 else 1.0
        else:
            top = abs(self.scale[0])
        if self.scaling in ("bytes", "pixels", "none"):
            if self.dark:
                raw = np.subtract(top, raw, dtype=dtype)
            if top == 1:
                return raw.astype(dtype, copy=False)
            return np.asarray(np.divide(raw, top, dtype=dtype))
        x = (raw.astype(np.float64) - self._arrays["shift"]) / self._arrays["scale"]
        return x.astype(dtype, copy=False)

    def matrix(self, V: Sample) -> NDArray[np.generic]:
        """All inputs, as the native engine takes them.

        Args:
            V: the sample, of raw numbers.

        Returns:
            (K, n₀), bytes where they mean v/255, the sample's own if they can be, else x as
            float32.
        """
        white = self.scaling == "pixels" and abs(self.scale[0]) == WHITE
        if V.x.dtype == np.uint8 and (self.scaling == "bytes" or white):
            return np.subtract(WHITE, V.x, dtype=np.uint8, casting="unsafe") if self.dark else V.x
        x = np.empty(V.x.shape, np.float32)
        for block in blocks(V):
            x[block] = self.rows(V.x[block], np.float32)
        return x

    def targets(self, y: NDArray[np.floating], dtype: DTypeLike) -> NDArray[np.floating]:
        """Targets as the network learns them.

        Args:
            y: targets (B, m).
            dtype: float32 or float64.

        Returns:
            (y − shift) / scale, (B, m).
        """
        if not self.target_scale:
            return y.astype(dtype, copy=False)
        scaled = (y.astype(np.float64) - self._arrays["target_shift"]) / self._arrays[
            "target_scale"
        ]
        return scaled.astype(dtype)

    def answers(self, a: NDArray[np.floating]) -> NDArray[np.floating]:
        """The network's answers, in the units of the targets.

        Args:
            a: answers (…, m).

        Returns:
            a·scale + shift, (…, m).
        """
        if not self.target_scale:
            return a
        meant = a * self._arrays["target_scale"] + self._arrays["target_shift"]
        return meant.astype(a.dtype, copy=False)

    @property
    def dark(self) -> bool:
        """Whether the inputs are pictures of dark strokes, whose paper is 0."""
        return self.scaling == "pixels" and self.shift != (0.0,)

    @cached_property
    def _arrays(self) -> dict[str, NDArray[np.float64]]:
        names = ("shift", "scale", "target_shift", "target_scale")
        return {name: np.array(getattr(self, name), np.float64) for name in names}


BEFORE = Preparation("bytes")  # of networks that were saved without one


def prepare(V: Sample, scaling: str = "auto", targets: bool = False) -> Preparation:
    """What to do to the numbers of a training sample, learned from it alone.

    Args:
        V: the training sample.
        scaling: "pixels" v/top, top 255, or the largest number of a set that has none above 16,
            and (top − v)/top where strokes are dark;
            "standardise" to mean 0 and deviation 1, column by column; "minmax" to 0…1, likewise;
            "none"; "auto": pixels for pictures, else standardise.
        targets: whether targets shall be standardised too, for an output that has no bounds.

    Returns:
        The preparation, for `Network(…, preparation=…)`.

    Raises:
        DataError: no such scaling.
    """
    if scaling == "auto":
        scaling = "standardise" if shape_of(V) is None else "pixels"
    if scaling not in SCALINGS:
        names = ", ".join(("auto", *SCALINGS))
        raise DataError.keyed("data.scaling", names=names, found=scaling)
    moved: dict[str, Any] = {}
    if targets and V.y is not None:
        unit = units(V.y)
        y = V.y / unit
        moved = {
            "target_shift": numbers(y.mean(axis=0) * unit),
            "target_scale": spread(y.std(axis=0) * unit),
        }
    shift, scale = learned(V, scaling)
    look = look_of(V)
    if scaling == "pixels" and look is not None and look.ink == "dark":
        shift, scale = scale, (-scale[0],)
    classes = None if V.labels is None else V.class_names
    return Preparation(
        scaling, shift, scale, V.columns, classes, **moved, look=look,
        categories=V.categories, fills=V.fills,
    )  # fmt: skip


def learned(V: Sample, scaling: str) -> tuple[Numbers, Numbers]:
    """Shift and scale of the inputs."""
    if scaling == "none":
        return (0.0,), (1.0,)
    if scaling == "pixels":
        top = float(V.x.max())
        return (0.0,), (WHITE if DIM < top <= WHITE else max(top, 1.0),)
    if scaling == "minmax":
        low = V.x.min(axis=0).astype(np.float64)
        return numbers(low), spread(V.x.max(axis=0).astype(np.float64) - low)
    unit = units(V.x)
    mean = sum(np.divide(V.x[b], unit).sum(axis=0) for b in blocks(V)) / len(V)
    square = sum(np.square(np.divide(V.x[b], unit) - mean).sum(axis=0) for b in blocks(V)) / len(V)
    return numbers(mean * unit), spread(np.sqrt(square) * unit)


def units(rows: NDArray[np.generic]) -> NDArray[np.float64]:
    """Powers of 2 (n,) as large as the columns of rows (K, n): 1e300 measured in them has a square.

    To divide by them rounds nothing.
    """
    low, high = rows.min(axis=0).astype(np.float64), rows.max(axis=0).astype(np.float64)
    _, exponents = np.frexp(np.maximum(-low, high))
    return np.asarray(np.ldexp(1.0, exponents - 1))


def spread(values: NDArray[np.floating]) -> Numbers:
    """Scales that can divide: a column that never changes has 1."""
    return numbers(np.where(values > 0, values, 1.0))


def numbers(values: ArrayLike) -> Numbers:
    """As a tuple."""
    return tuple(np.asarray(values, np.float64).tolist())


def blocks(V: Sample) -> Iterator[slice]:
    """Parts of a sample's rows, about a million numbers each."""
    size = max(1, BLOCK // V.x.shape[1])
    return (slice(first, first + size) for first in range(0, len(V), size))


@dataclass(frozen=True)
class Prepared:
    """A sample as one network sees it, for what draws a start by it."""

    V: Sample
    preparation: Preparation | None

    def __len__(self) -> int:
        return len(self.V)

    def inputs(self, index: Index, dtype: DTypeLike) -> NDArray[np.floating]:
        """x (B, n₀) of some examples."""
        if self.preparation is None:
            return self.V.inputs(index, dtype)
        return self.preparation.inputs(self.V, index, dtype)


def prepared(
    raw: NDArray[np.generic], preparation: Preparation | None, dtype: DTypeLike
) -> NDArray[np.floating]:
    """x (K, n₀) of raw rows; without a preparation pixels become v/255, by their values."""
    if preparation is not None:
        return preparation.rows(raw, dtype)
    pixels = raw.size > 0 and bool(raw.max() > DIM) and are_bytes(raw)
    return np.asarray(np.divide(raw, WHITE if pixels else 1.0, dtype=dtype))
