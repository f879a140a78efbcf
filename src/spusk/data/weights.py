"""How much each example counts: numbers of its own, or by its class."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spusk.data.arrays import as_array, frozen
from spusk.errors import DataError

BALANCED: Literal["balanced"] = "balanced"
ClassWeight = Literal["balanced"] | Mapping[Any, float]
ClassPairs = Literal["balanced"] | tuple[tuple[str, float], ...]  # the same, as a key
SHOWN = 12  # names of classes in a sentence, at most


def checked_weights(weights: ArrayLike, count: int, name: str) -> NDArray[np.float64]:
    """Weights (K,) of as many examples: finite, none below 0, not all 0. Raises DataError."""
    rows = as_array(weights, name)
    if rows.ndim == 2 and rows.shape[1] == 1:
        rows = rows[:, 0]
    if rows.shape != (count,) or rows.dtype.kind not in "buif":
        found = {"kind": rows.dtype, "shape": rows.shape}
        raise DataError.keyed("data.weights", name=name, count=count, **found)
    numbers: NDArray[np.float64] = rows.astype(np.float64)
    bad = np.flatnonzero(~(np.isfinite(numbers) & (numbers >= 0)))
    if bad.size:
        found = {"row": int(bad[0]), "found": float(numbers[bad[0]])}
        raise DataError.keyed("data.weight", name=name, **found)
    if not numbers.any():
        raise DataError.keyed("data.no_weight", name=name)
    return frozen(numbers)


def scaled(weights: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
    """The same with mean 1, w·K/Σw (K,); None where all are alike, for then they say nothing.

    Those of a part of a set may all be 0, and stay so.
    """
    if weights is None:
        return None
    largest = weights.max()
    if largest == 0:
        return weights
    if weights.min() == largest:
        return None
    small = weights / largest  # whose sum is finite
    return np.asarray(small / small.mean())


def of_classes(
    class_weight: ClassWeight,
    labels: NDArray[np.integer] | None,
    class_names: tuple[str, ...],
    name: str,
) -> NDArray[np.float64]:
    """The weight of each class (m,). Raises DataError.

    "balanced" is K/(m·K_c), as in scikit-learn: each class counts as much as another.
    """
    if labels is None:
        raise DataError.keyed("data.class_weight_targets", name=name)
    if isinstance(class_weight, str):
        if class_weight != BALANCED:
            raise DataError.keyed("data.class_weight", name=name, found=class_weight)
        counts = np.bincount(labels, minlength=len(class_names))
        return len(labels) / (np.count_nonzero(counts) * np.maximum(counts, 1.0))
    if not isinstance(class_weight, Mapping):
        raise DataError.keyed("data.class_weight", name=name, found=class_weight)
    weights = np.ones(len(class_names))
    for key, weight in class_weight.items():
        plain = isinstance(weight, int | float | np.number) and isfinite(weight) and weight >= 0
        if not plain:
            raise DataError.keyed("data.class_weight_number", name=name, label=key, found=weight)
        weights[place_of(key, class_names, name)] = weight
    return weights


def place_of(key: object, class_names: tuple[str, ...], name: str) -> int:
    """The number of a class by its name; a number is one, too, where names are words. DataError."""
    named = f"{key:g}" if isinstance(key, float) else str(key)
    if named in class_names:
        return class_names.index(named)
    counted = isinstance(key, int | np.integer) and not isinstance(key, bool)
    if counted and not any(map(is_whole, class_names)) and 0 <= int(key) < len(class_names):  # type: ignore[call-overload]
        return int(key)  # type: ignore[call-overload, no-any-return]
    names = ", ".join((*class_names[:SHOWN], *["…"] * (len(class_names) > SHOWN)))
    raise DataError.keyed("data.class_weight_name", name=name, found=named, names=names)


def is_whole(text: str) -> bool:
    """Whether a name is a whole number."""
    return text.removeprefix("-").isdecimal()
