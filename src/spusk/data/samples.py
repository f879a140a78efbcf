"""The training sample V: K examples (x, y), checked once and then trusted.

Numbers stay as they were read, pixels as bytes; a batch becomes floating point only when it is
gathered. Classes are kept as numbers, not as one-hot rows: y ∈ R^m is made for a batch too.
"""

from __future__ import annotations

from copy import copy
from math import isqrt, prod
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from spusk.data.reading import Found
from spusk.display import short_repr
from spusk.errors import DataError

T = TypeVar("T", bound=np.generic)

MOST_NUMBERS = 100  # different whole numbers that are taken for classes unasked
MOST_CLASSES = 65_536  # a larger class number is likelier a wrong column than a class
BLOCK = 1 << 20  # numbers looked at in one go, so that a check costs no second copy
WHITE, DIM = 255.0, 16  # pixels have this top; whole numbers that reach no further than DIM another
SIDE = 5  # of the smallest square that a row of pixels is taken for


class Sample:
    """The training sample V = {(x⁽ⁱ⁾, y⁽ⁱ⁾) | 1 ≤ i ≤ K}, checked once and read-only.

    Args:
        x: inputs (K, n) or (K, *shape), numbers of any type; pixels, v standing for v/255, when
            all are whole and in 0…255 and one is above 16, else taken as they are.
        y: targets (K, m), for anything but classes.
        labels: class numbers (K,), 0…classes−1; either these or y.
        classes: how many classes there are; else the largest label + 1.
        shape: the shape of one input, h×w of a picture; else as x has it.
        name: what messages call the set.
        class_names: a name for each class; else its number.
        columns: a name for each input, where they have any.

    Raises:
        DataError: not such a set: no numbers, not finite, counts that differ, a label out of range.

    Source: lecture, row L7.
    """

    __slots__ = (
        "categories", "class_names", "classes", "columns", "fills", "labels", "name", "pixels",
        "shape", "x", "y",
    )  # fmt: skip

    def __init__(
        self,
        x: ArrayLike,
        y: ArrayLike | None = None,
        labels: ArrayLike | None = None,
        classes: int | None = None,
        shape: tuple[int, ...] | None = None,
        name: str = "sample",
        class_names: tuple[str, ...] | None = None,
        columns: tuple[str, ...] | None = None,
    ) -> None:
        self.name = name
        rows = _inputs(x, name)
        self.pixels = bool(rows.max() > DIM) and are_bytes(rows)
        self.shape = _shape(rows, shape, name)
        self.x: NDArray[np.generic] = _frozen(rows.reshape(len(rows), -1))  # (K, n)
        self.columns = columns
        self.categories: tuple[tuple[str, tuple[str, ...]], ...] = ()
        self.fills: tuple[float, ...] = ()
        if (y is None) == (labels is None):
            raise DataError.keyed("data.one_answer", name=name)
        self.y: NDArray[np.floating] | None = None
        self.labels: NDArray[np.integer] | None = None
        if labels is not None:
            self.labels, self.classes = _labels(labels, classes, name)  # (K,)
        elif y is not None:
            self.y = _targets(y, name)  # (K, m)
            self.classes = self.y.shape[1]
            if classes not in (None, self.classes):
                width = {"expected": classes, "found": self.classes}
                raise DataError.keyed("data.target_width", name=name, **width)
        answers = self.y if self.labels is None else self.labels
        if answers is None or len(answers) != len(self.x):
            found = 0 if answers is None else len(answers)
            raise DataError.keyed("data.counts", name=name, inputs=len(self.x), answers=found)
        self.class_names = class_names or tuple(map(str, range(self.classes)))
        if len(self.class_names) != self.classes:
            counts = {"classes": self.classes, "names": len(self.class_names)}
            raise DataError.keyed("data.class_names", name=name, **counts)

    def __len__(self) -> int:
        return len(self.x)

    def __repr__(self) -> str:
        size = "×".join(map(str, self.shape))
        return f"Sample({self.name!r}: {len(self)} of {size} {self.x.dtype}, {self.classes} out)"

    def inputs(self, index: slice | NDArray[np.integer], dtype: DTypeLike) -> NDArray[np.floating]:
        """The inputs of a batch as floating point, pixels as v/255; may be a view of x.

        Args:
            index: which examples, (B,) numbers or a slice.
            dtype: float32 or float64.

        Returns:
            x of the batch, (B, n).
        """
        rows = self.x[index]
        if self.pixels:
            return np.asarray(np.divide(rows, WHITE, dtype=dtype))
        return rows.astype(dtype, copy=False)

    def targets(self, index: slice | NDArray[np.integer], dtype: DTypeLike) -> NDArray[np.floating]:
        """The right answers of a batch: rows of y, or one-hot rows of labels.

        Args:
            index: which examples, (B,) numbers or a slice.
            dtype: float32 or float64.

        Returns:
            y of the batch, (B, m).
        """
        if self.y is not None:
            return self.y[index].astype(dtype, copy=False)
        assert self.labels is not None
        numbers = self.labels[index]
        rows = np.zeros((len(numbers), self.classes), dtype)
        rows[np.arange(len(numbers)), numbers] = 1
        return rows

    def take(self, index: slice | ArrayLike) -> Sample:
        """The sub-sample of some examples.

        Args:
            index: which examples, (B,) numbers or a slice; a slice is a view, no copy.

        Returns:
            A sample of B examples.

        Raises:
            DataError: it would be empty.
        """
        where = index if isinstance(index, slice) else np.asarray(index)
        if not isinstance(where, slice) and not where.size:
            where = slice(0, 0)
        x = self.x[where]
        if not len(x):
            raise DataError.keyed("data.inputs", name=self.name, shape=x.shape)
        part = copy(self)  # what was decided by all numbers holds for a part of them
        part.x = _frozen(x)
        part.y = None if self.y is None else _frozen(self.y[where])
        part.labels = None if self.labels is None else _frozen(self.labels[where])
        return part

    @property
    def sorted_by_class(self) -> bool:
        """Whether the labels never decrease though there are several: L11's first epoch suffers."""
        if self.labels is None or self.labels[0] == self.labels[-1]:
            return False
        return bool(np.all(self.labels[1:] >= self.labels[:-1]))


class Data(NamedTuple):
    """A set in two parts.

    Attributes:
        train: what is trained on.
        test: what accuracy is measured on; None where there is none.
        name: what messages call the set.
        held_out: the share of the set that was split off for the test, else 0.
        found: what was found and done while it was read; None for sets that have a name.
    """

    train: Sample
    test: Sample | None
    name: str
    held_out: float = 0.0
    found: Found | None = None

    def __repr__(self) -> str:
        return short_repr(self)


def stratified(labels: NDArray[np.integer], share: float) -> tuple[NDArray[np.intp], ...]:
    """Indices (train, test), each in the order given; every class gives its `share` to test.

    Which ones is drawn with a fixed seed: the same set splits the same way, always.
    """
    random = np.random.default_rng(0)
    test = np.zeros(len(labels), bool)
    for number in np.unique(labels):
        members = np.flatnonzero(labels == number)
        test[random.permutation(members)[: round(share * len(members))]] = True
    return np.flatnonzero(~test), np.flatnonzero(test)


def held_out(full: Sample, share: float | None) -> Data:
    """The set split into training and test parts; `None` or a set too small: no test part."""
    train, test = parts(full, share)
    if test is None:
        return Data(full, None, full.name)
    return Data(full.take(train), full.take(test), full.name, share or 0.0)


def parts(full: Sample, share: float | None) -> tuple[NDArray[np.intp], NDArray[np.intp] | None]:
    """The rows of the training part and those of the test part, None for it where there is none."""
    if share is not None and not 0 < share < 1:
        raise DataError.keyed("data.split", found=share)
    groups = np.zeros(len(full), np.uint8) if full.labels is None else full.labels
    train, test = stratified(groups, share or 0.0)
    return (train, test) if len(train) and len(test) else (np.arange(len(full)), None)


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


def as_pixels(x: NDArray[np.generic]) -> NDArray[np.uint8] | None:
    """The numbers as bytes if they are pixels: whole, all in 0..255, one above 1; else None."""
    return x.astype(np.uint8) if x.max() > 1 and are_bytes(x) else None


def are_bytes(x: NDArray[np.generic]) -> bool:
    """Whether all numbers are whole and in 0…255."""
    return x.dtype == np.uint8 or all(
        block.min() >= 0 and block.max() <= WHITE and np.all(block == np.floor(block))
        for block in _blocks(x)
    )


def square_side(n: int) -> int | None:
    """The side of the square picture that n numbers are taken for, if they are."""
    side = isqrt(n)
    return side if side * side == n and side >= SIDE else None


def as_array(values: ArrayLike, name: str) -> NDArray[Any]:
    """Rows as NumPy has them. Raises DataError where some are longer than others."""
    try:
        return np.asarray(values)
    except ValueError as error:
        raise DataError.keyed("data.ragged", name=name) from error


def _inputs(x: ArrayLike, name: str) -> NDArray[np.generic]:
    rows = as_array(x, name)
    if rows.dtype.kind not in "buif":
        raise DataError.keyed("data.no_numbers", name=name, found=rows.dtype)
    if rows.ndim < 2 or not rows.size:
        raise DataError.keyed("data.inputs", name=name, shape=rows.shape)
    if rows.dtype.kind in "iu" and rows.dtype != np.uint8:
        pixels = as_pixels(rows)
        rows = rows.astype(np.float64) if pixels is None else pixels
    elif rows.dtype.kind in "bf":
        rows = _floats(rows, name, "input")
    return rows


def _floats(rows: NDArray[np.generic], name: str, part: str) -> NDArray[np.floating]:
    wide = rows.dtype.itemsize > 4 and rows.dtype.kind != "b"
    floats: NDArray[np.floating] = np.ascontiguousarray(rows, np.float64 if wide else np.float32)
    done = 0
    for block in _blocks(floats):
        good = np.isfinite(block)
        if not good.all():
            row = (done + int(np.argmin(good))) // prod(floats.shape[1:])
            raise DataError.keyed(f"data.not_finite_{part}", name=name, row=row)
        done += block.size
    return floats


def _shape(rows: NDArray[np.generic], shape: tuple[int, ...] | None, name: str) -> tuple[int, ...]:
    own = rows.shape[1:-1] if rows.ndim > 3 and rows.shape[-1] == 1 else rows.shape[1:]
    n = prod(own)
    if shape is not None:
        if prod(shape) != n or min(shape, default=0) < 1:
            raise DataError.keyed("data.no_shape", name=name, n=n, shape=shape)
        return tuple(shape)
    side = square_side(n) if len(own) == 1 and are_bytes(rows) else None
    return tuple(own) if side is None else (side, side)


def _labels(labels: ArrayLike, classes: int | None, name: str) -> tuple[NDArray[np.integer], int]:
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
    return _frozen(numbers.astype(dtype, copy=False)), count


def _targets(y: ArrayLike, name: str) -> NDArray[np.floating]:
    rows = as_array(y, name)
    if rows.ndim == 1:
        rows = rows[:, None]
    if rows.ndim != 2 or not rows.size or rows.dtype.kind not in "buif":
        raise DataError.keyed("data.targets", name=name, kind=rows.dtype, shape=rows.shape)
    return _frozen(_floats(rows, name, "target"))


def _frozen(array: NDArray[T]) -> NDArray[T]:
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


def _blocks(array: NDArray[np.generic]) -> list[NDArray[np.generic]]:
    flat = array.reshape(-1)
    return [flat[start : start + BLOCK] for start in range(0, flat.size, BLOCK)]
