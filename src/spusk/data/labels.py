"""What answers are: classes, by number or by name, or targets; by their values, not their type."""

from __future__ import annotations

from math import isnan
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spusk.data.arrays import as_array, floats, kept
from spusk.errors import DataError

MOST_NUMBERS = 100  # different whole numbers that are taken for classes unasked
MOST_CLASSES = 65_536  # a larger class number is likelier a wrong column than a class


def answers_of(y: ArrayLike, name: str) -> tuple[str, NDArray[Any], tuple[str, ...] | None]:
    """What answers are: "labels" (K,) and the classes' names where they have any, or "y" (K, m).

    Words are classes, and so are few different whole numbers (K,) and one-hot rows (K, m).
    """
    rows = as_array(y, name)
    if rows.dtype.kind in "OUS":
        known = of_words(rows, name)
        if known is not None:
            return "labels", *known
        rows = rows.astype(np.float64)
    hot = one_hot(rows)
    if hot is not None:
        return "labels", hot, tuple(map(str, range(rows.shape[1])))
    if are_classes(rows):
        return "labels", *class_numbers(rows)
    return "y", rows, None


def of_words(values: NDArray[Any], name: str) -> tuple[NDArray[np.int64], tuple[str, ...]] | None:
    """The classes (K,) that words stand for, and their names in order; None where all are numbers.

    Raises DataError where one is missing, or they are not (K,).
    """
    flat = values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
    if values.dtype.kind == "O" and all(
        isinstance(v, int | float | np.number) for v in values.flat
    ):
        return None
    if flat.ndim != 1 or not flat.size:
        raise DataError.keyed("data.labels", name=name, kind=values.dtype, shape=values.shape)
    words = [v.decode() if isinstance(v, bytes) else str(v) for v in flat]
    missing = [k for k, v in enumerate(flat) if v is None or (isinstance(v, float) and isnan(v))]
    if missing:
        raise DataError.keyed("tables.no_class", name=name, row=missing[0])
    names, places = np.unique(words, return_inverse=True)
    return places.reshape(-1).astype(np.int64), tuple(map(str, names))


def label_numbers(
    labels: ArrayLike, classes: int | None, name: str
) -> tuple[NDArray[np.integer], int]:
    """Class numbers (K,) from 0, and how many classes there are. Raises DataError."""
    numbers = as_array(labels, name)
    if numbers.ndim == 2 and numbers.shape[1] == 1:
        numbers = numbers[:, 0]
    whole = numbers.dtype.kind in "bui" or (
        numbers.dtype.kind == "f"
        and bool(np.isfinite(numbers).all())
        and np.array_equal(numbers, np.floor(numbers))
    )
    if numbers.ndim != 1 or not numbers.size or not whole:
        found = {"kind": numbers.dtype, "shape": numbers.shape}
        raise DataError.keyed("data.labels", name=name, **found)
    low, high = int(numbers.min()), int(numbers.max())
    count = high + 1 if classes is None else int(classes)
    if low < 0 or high >= count or count > MOST_CLASSES:
        least = f"0..{min(count, MOST_CLASSES) - 1}" if count > 0 else "0…"
        raise DataError.keyed("data.label_range", name=name, least=least, low=low, high=high)
    dtype = np.uint8 if count <= 256 else np.int64
    return kept(numbers.astype(dtype, copy=False), labels), count


def targets_of(y: ArrayLike, name: str) -> NDArray[np.floating]:
    """Targets (K, m), finite. Raises DataError."""
    rows = as_array(y, name)
    if rows.ndim == 1:
        rows = rows[:, None]
    if rows.ndim != 2 or not rows.size or rows.dtype.kind not in "buif":
        raise DataError.keyed("data.targets", name=name, kind=rows.dtype, shape=rows.shape)
    return kept(floats(rows, name, "target"), y)


def class_numbers(values: NDArray[Any]) -> tuple[NDArray[np.int64], tuple[str, ...] | None]:
    """Classes (K,) from 0 of whole numbers, with names where these are not the numbers themselves.

    They are where they begin at 0 and most of those up to the largest occur.
    """
    distinct, places = np.unique(values, return_inverse=True)
    if distinct[0] == 0 and distinct[-1] < 2 * len(distinct):
        return values.astype(np.int64), None
    return places.reshape(-1).astype(np.int64), tuple(f"{int(value)}" for value in distinct)


def are_classes(values: NDArray[Any]) -> bool:
    """Whether numbers (K,) are classes: whole, and few different ones."""
    if values.ndim != 1 or values.dtype.kind not in "buif" or not np.isfinite(values).all():
        return False
    if not np.array_equal(values, np.floor(values)):
        return False
    count = len(np.unique(values))
    return count <= min(max(2, len(values) / 2), MOST_NUMBERS)


def one_hot(rows: NDArray[Any]) -> NDArray[np.intp] | None:
    """The classes (K,) of rows (K, m) with one 1 among zeros; None where they are others."""
    if rows.ndim != 2 or rows.shape[1] < 2 or rows.dtype.kind not in "buif":
        return None
    ones = rows == 1
    one_each = bool((ones | (rows == 0)).all() and (ones.sum(axis=1) == 1).all())
    return np.argmax(ones, axis=1) if one_each and len(rows) else None


def named_labels(
    labels: ArrayLike, classes: int | None, name: str
) -> tuple[NDArray[Any], tuple[str, ...] | None]:
    """Labels that are words or negative, or leave most numbers out, as classes by name.

    Others as they are.
    """
    rows = as_array(labels, name)
    known = of_words(rows, name) if rows.dtype.kind in "OUS" else None
    if known is not None:
        return known
    rows = rows.astype(np.float64) if rows.dtype.kind == "O" else rows
    if classes is None and rows.ndim == 1 and rows.size and are_whole(rows):
        low, high, count = rows.min(), rows.max(), len(np.unique(rows))
        if low < 0 or (high >= 256 and high >= 2 * count):
            return class_numbers(rows)
    return rows, None


def are_whole(values: NDArray[Any]) -> bool:
    """Whether all are finite whole numbers."""
    if values.dtype.kind in "bui":
        return True
    finite = values.dtype.kind == "f" and bool(np.isfinite(values).all())
    return finite and np.array_equal(values, np.floor(values))
