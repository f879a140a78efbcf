"""Pictures that were written column by column, as all of EMNIST's are, set upright."""

import re
from collections.abc import Iterable
from copy import copy
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from spusk.data.arrays import frozen
from spusk.data.looks import shape_of
from spusk.data.preprocessing import Preparation
from spusk.data.reading import Found
from spusk.data.samples import Data, Sample
from spusk.errors import DataError, SpuskWarning

LYING = re.compile(r"emnist-.*images.*", re.IGNORECASE)  # not qmnist-…
T = TypeVar("T", bound=np.generic)


def lying(files: Iterable[Path]) -> str | None:
    """The name of the first file whose pictures lie transposed, by its name; None: none's do."""
    return next((path.name for path in files if LYING.fullmatch(path.name)), None)


def upright(
    sets: Data, asked: bool | None, form: Preparation | None, files: Iterable[Path] = ()
) -> Data:
    """A set with its pictures upright, and what was done to them among what was found.

    Args:
        sets: the set as its files have it.
        asked: whether its pictures lie transposed; None: by the names of the files.
        form: of the network it is read for: columns found by their names are in their places.
        files: the set's.

    Returns:
        The set, transposed or as it is.

    Raises:
        DataError: inputs that are no pictures.
    """
    name = lying(files)
    columns = sets.train.columns
    if not (asked or (asked is None and name)) or (
        form is not None and columns is not None and columns == form.columns
    ):
        return sets
    key = "data.transposed" if asked else "data.upright"
    found = sets.found or Found()
    found = found._replace(said=(*found.said, SpuskWarning.keyed(key, file=name)))
    test = None if sets.test is None else transposed(sets.test)
    return sets._replace(train=transposed(sets.train), test=test, found=found)


def transposed(V: Sample) -> Sample:
    """A sample with rows and columns of its pictures exchanged. Raises DataError: no pictures."""
    shape = shape_of(V)
    if shape is None or V.fills or V.categories:
        raise DataError.keyed("data.no_transpose", name=V.name, n=V.x.shape[1])
    h, w = shape
    turned = copy(V)
    turned.x = frozen(exchanged(V.x, h, w))
    turned.shape = (w, h)
    if V.columns is not None:
        places = exchanged(np.arange(h * w)[None], h, w)[0]
        turned.columns = tuple(V.columns[k] for k in places)
    return turned


def exchanged(x: NDArray[T], h: int, w: int) -> NDArray[T]:
    """Pictures (K, h·w) of h rows as such of w rows, (K, w·h)."""
    return x.reshape(-1, h, w).transpose(0, 2, 1).reshape(len(x), -1)  # (K, h, w) -> (K, w, h)
