"""Arrays as a sample keeps them: numbers checked once, by their values and never by their type."""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt, prod
from mmap import mmap
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spusk.errors import DataError

T = TypeVar("T", bound=np.generic)

BLOCK = 1 << 20  # numbers looked at in one go, so that a check costs no second copy
WHITE, DIM = 255.0, 16  # pixels have this top; whole numbers that reach no further than DIM another
SIDE = 5  # of the smallest square that a row of pixels is taken for


def as_array(values: ArrayLike, name: str) -> NDArray[Any]:
    """Rows as NumPy has them, those of a sparse matrix in full. DataError: some are longer."""
    dense = getattr(values, "toarray", None)  # a sparse matrix says how it becomes a full one
    try:
        return np.asarray(dense() if callable(dense) else values)
    except (ValueError, RuntimeError) as error:
        raise DataError.keyed("data.ragged", name=name) from error


def inputs_of(x: ArrayLike, name: str) -> NDArray[np.generic]:
    """Inputs (K, …) as numbers, whole ones in 0…255 as bytes. Raises DataError."""
    rows = as_array(x, name)
    if rows.dtype.kind == "O":
        rows = of_objects(rows, x, name)
    if rows.dtype.kind not in "buif":
        raise DataError.keyed("data.no_numbers", name=name, found=rows.dtype)
    if rows.ndim < 2 or not rows.size:
        raise DataError.keyed("data.inputs", name=name, shape=rows.shape)
    if rows.dtype.kind in "iu" and rows.dtype != np.uint8:
        pixels = as_pixels(rows)
        rows = rows.astype(np.float64) if pixels is None else pixels
    elif rows.dtype.kind in "bf":
        rows = floats(rows, name, "input")
    return rows


def of_objects(rows: NDArray[Any], x: object, name: str) -> NDArray[np.float64]:
    """Numbers that came as objects, such as a frame of several types. Raises DataError."""
    try:
        return rows.astype(np.float64)
    except (TypeError, ValueError):
        columns = names_of(x) or tuple(map(str, range(rows.shape[-1]) if rows.ndim > 1 else ()))
        flat = rows.reshape(len(rows), -1)
        for k in range(flat.shape[1]) if rows.size else ():
            for value in flat[:, k]:
                if not isinstance(value, int | float | np.number | np.bool_):
                    where = {"column": columns[k] if k < len(columns) else k, "found": value}
                    raise DataError.keyed("tables.no_number", name=name, **where) from None
        raise DataError.keyed("data.no_numbers", name=name, found=rows.dtype) from None


def names_of(x: object) -> tuple[str, ...] | None:
    """The names of a frame's columns; None for what is no frame."""
    columns = getattr(x, "columns", None)
    return None if columns is None or callable(columns) else tuple(map(str, columns))


def floats(rows: NDArray[np.generic], name: str, part: str) -> NDArray[np.floating]:
    """Numbers as floating point, all finite. Raises DataError."""
    wide = rows.dtype.itemsize > 4 and rows.dtype.kind != "b"
    floats: NDArray[np.floating] = np.ascontiguousarray(rows, np.float64 if wide else np.float32)
    done = 0
    for block in blocks(floats):
        good = np.isfinite(block)
        if not good.all():
            row = (done + int(np.argmin(good))) // prod(floats.shape[1:])
            raise DataError.keyed(f"data.not_finite_{part}", name=name, row=row)
        done += block.size
    return floats


def shape_of(
    rows: NDArray[np.generic], shape: tuple[int, ...] | None, name: str
) -> tuple[int, ...]:
    """The shape of one input, as asked or as rows (K, …) have it. Raises DataError."""
    own = rows.shape[1:-1] if rows.ndim > 3 and rows.shape[-1] == 1 else rows.shape[1:]
    n = prod(own)
    if shape is not None:
        if prod(shape) != n or min(shape, default=0) < 1:
            raise DataError.keyed("data.no_shape", name=name, n=n, shape=shape)
        return tuple(shape)
    side = square_side(n) if len(own) == 1 and are_bytes(rows) else None
    return tuple(own) if side is None else (side, side)


def as_pixels(x: NDArray[np.generic]) -> NDArray[np.uint8] | None:
    """The numbers as bytes if they are pixels: whole, all in 0..255, one above 1; else None."""
    return x.astype(np.uint8) if x.max() > 1 and are_bytes(x) else None


def are_bytes(x: NDArray[np.generic]) -> bool:
    """Whether all numbers are whole and in 0…255."""
    return x.dtype == np.uint8 or all(
        block.min() >= 0 and block.max() <= WHITE and np.all(block == np.floor(block))
        for block in blocks(x)
    )


def square_side(n: int) -> int | None:
    """The side of the square picture that n numbers are taken for, if they are."""
    side = isqrt(n)
    return side if side * side == n and side >= SIDE else None


def kept(array: NDArray[T], given: ArrayLike) -> NDArray[T]:
    """The same numbers as `frozen` has them, in memory that whoever gave them cannot write to."""
    whole = np.ascontiguousarray(array)
    fresh = isinstance(given, list | tuple) or hasattr(given, "toarray")  # became numbers here
    if not fresh and may_change(whole):
        frame = names_of(given) is not None
        if frame or np.may_share_memory(whole, np.asarray(given)):
            whole = whole.copy()
    return frozen(whole)


def may_change(array: NDArray[Any]) -> bool:
    """Whether somebody may be able to write to the memory of an array."""
    *_, last = chain = list(owners(array))
    fixed = last.base is None or isinstance(last.base, bytes | mmap)
    return not fixed or any(each.flags.writeable for each in chain)


def frozen(array: NDArray[T]) -> NDArray[T]:
    """The same numbers, one after another, which nobody writes to any more."""
    whole = np.ascontiguousarray(array)
    for each in owners(whole):
        each.flags.writeable = False
    return whole


def owners(array: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """An array and those whose memory it is a view of."""
    at: object = array
    while isinstance(at, np.ndarray):
        yield at
        at = at.base


def blocks(array: NDArray[np.generic]) -> list[NDArray[np.generic]]:
    """Its numbers, BLOCK at a time."""
    flat = array.reshape(-1)
    return [flat[start : start + BLOCK] for start in range(0, flat.size, BLOCK)]
