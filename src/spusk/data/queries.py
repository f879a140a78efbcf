"""Rows that a trained network is asked about: tables and archives, with answers or without."""

from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spusk.data.images import ENDINGS
from spusk.data.kinds import is_table
from spusk.data.layouts import delimiter_of, lines_of, skipped, split
from spusk.data.loading import in_parts
from spusk.data.preprocessing import BEFORE, Preparation
from spusk.data.reading import Found, Reading
from spusk.data.stream import reading
from spusk.data.upright import exchanged
from spusk.errors import DataError

PLACE = "#"  # and a number: the name of a column that has none


class Query(NamedTuple):
    """Raw inputs (K, n) to answer, and the columns that are none: the answer's, and others."""

    x: NDArray[np.generic]
    answer: str | None = None
    left_out: tuple[str, ...] = ()


def is_query(path: Path) -> bool:
    """Whether a file holds rows of numbers, not a picture. Raises DataError for no such file."""
    name = path.name.lower()
    with reading(path):
        return name.endswith(".npz") or (not name.endswith(ENDINGS) and is_table(path))


def read_query(path: Path, wish: Reading, form: Preparation | None, n: int) -> Query:
    """The inputs of a table or an archive, for a network of n inputs.

    Args:
        path: the file.
        wish: how the network's own set was read: what its answer's column is called.
        form: the network's preparation; columns are found by their names where it has some.
        n: how many inputs the network has.

    Returns:
        Raw inputs, for `Network.answer`.

    Raises:
        DataError: a column that is missing, a value that is none; the file and the place.
    """
    with reading(path):
        if path.name.lower().endswith(".npz"):
            from spusk.data.npz import read_inputs

            return Query(turned(read_inputs(path, n), wish, form))
        cells = first_cells(path)
        known = named(form or BEFORE, cells, path, n, wish)
        missing: Literal["mean"] | None = "mean" if known.fills else None
        asked = Reading(wish.label, missing, transpose=False)
        if len(cells) == n + 2:
            asked = asked._replace(weight=wish.weight)
        sets = in_parts(path, None, asked, known)
    found = sets.found or Found()
    return Query(turned(sets.train.x, wish, form), found.answer, found.left_out)


def turned(x: NDArray[np.generic], wish: Reading, form: Preparation | None) -> NDArray[np.generic]:
    """Rows as the network's set was read: upright where it lay, and columns have no names."""
    if not wish.transpose or form is None or form.look is None or form.columns is not None:
        return x
    w, h = form.look.shape
    return exchanged(x, h, w)


def first_cells(path: Path) -> list[str]:
    """The values of a table's first line."""
    first = next((line for line in lines_of(path) if not skipped(line)), "")
    return [cell.strip() for cell in split(first, delimiter_of(first))]


def named(form: Preparation, cells: list[str], path: Path, n: int, wish: Reading) -> Preparation:
    """A preparation that knows the table's n columns, where it knows none by name.

    A table of one column more has its answer among them, one of two more its weights, too, where
    the network's own had some. Raises DataError for any other number.
    """
    if form.columns is not None:
        return form
    if len(cells) > n + 1 + (wish.weight is not None) or len(cells) < n:
        raise DataError.keyed("data.row_width", path=path, n=n, found=len(cells))
    if len(cells) > n:
        return form
    unlike = len(set(cells)) == n and all(cells)
    return replace(form, columns=tuple(cells if unlike else (f"{PLACE}{k}" for k in range(n))))
