"""Data: MNIST, the sample inside the package, and a user's own sets; all become a `Sample`.

A path may name: a folder with MNIST's IDX files (`train-images-idx3-ubyte[.gz]` …), one IDX file
of images with its labels beside it, a table (`.csv`, `.tsv`, `.txt`, also `.gz`; see `tables`), an
`.npz` (see `npz`), or a folder of pictures (see `picture_folders`).
"""

from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from spusk._lazy import loader
from spusk.data.digit import image
from spusk.data.folders import (
    TEST,
    TRAIN,
    find,
    load_idx_folder,
    mnist_folder,
)
from spusk.data.kinds import is_table
from spusk.data.loading import no_weights, read, weigh
from spusk.data.preprocessing import Preparation, prepare
from spusk.data.reading import MISSING, Found, Reading
from spusk.data.samples import Data, Sample
from spusk.data.stream import reading
from spusk.errors import DataError
from spusk.io.paths import home

if TYPE_CHECKING:
    from spusk.data.download import MIRRORS as MIRRORS
    from spusk.data.download import get_mnist as get_mnist

__all__ = [
    "MIRRORS", "Data", "Found", "Preparation", "Reading", "Sample", "get_mnist", "image", "load",
    "load_as", "mnist", "prepare", "sample",
]  # fmt: skip

__getattr__ = loader(  # the network's modules stay away until they are used
    __name__, dict.fromkeys(("MIRRORS", "get_mnist"), "spusk.data.download")
)


def load(
    source: str | Path = "sample",
    folder: str | Path | None = None,
    split: float | None = 0.2,
    *,
    label: str | int | None = None,
    missing: Literal["mean", "drop"] | None = None,
    mix: bool = False,
    test: str | Path | None = None,
    transpose: bool | None = None,
    weight: str | int | None = None,
) -> Data:
    """A set, read and checked, by its name or by its path.

    A set without a test part of its own gives a share of its examples to one, drawn class by class
    with a fixed seed, so that the same set splits the same way (`Data.held_out` says the share).

    Args:
        source: "sample", "mnist", or a path: a folder of IDX files, one IDX file of images, a table
            (.csv, .tsv, .txt, .data …, also .gz), an .npz, a folder of pictures.
        folder: where MNIST's files are; else SPUSK_DATA, else the cache. For "mnist" alone.
        split: the share of the test part, 0 < split < 1; None leaves the set whole.
        label: the column of a table that is the answer, its name or its number from 1; None: the
            one called label, class, target or y, else the only one that can be.
        missing: "mean" fills what is missing in a table, by the training part's means; "drop"
            leaves such rows out; None refuses them.
        mix: whether the training part of a set of one's own is mixed, once and always the same way.
        test: another file or folder that is the test part.
        transpose: whether its pictures lie transposed, rows for columns, and are turned upright;
            None: those of files that are called emnist-….
        weight: the column of a table, by its name or its number from 1, or the array of an .npz,
            that says how much each example counts; it is no input, and the test part has none.

    Returns:
        The training part and the test part, or None for it where the set is too small; `found`
        says what was found and done.

    Raises:
        DataError: no such set, or one that cannot be used: the file, the line, found and expected;
            a table in which no column, or more than one, can be the answer.
    """
    if missing not in (None, *MISSING):
        raise DataError.keyed("data.scaling", names=", ".join(MISSING), found=missing)
    beside = None if test is None else str(home(test))
    wish = Reading(label, missing, mix, beside, transpose=transpose, weight=weight)
    return load_as(source, folder, wish, split)


def load_as(
    source: str | Path,
    folder: str | Path | None,
    wish: Reading,
    split: float | None = 0.2,
    form: Preparation | None = None,
) -> Data:
    """A set read as it was before: a run's, from what it says of itself.

    Args:
        source: as for `load`.
        folder: as for `load`.
        wish: what is asked of the reader.
        split: as for `load`.
        form: of the network that it is read for.

    Returns:
        The training part and the test part.

    Raises:
        DataError: no such set, or one that cannot be used.
    """
    if isinstance(source, str) and source in ("sample", "mnist"):
        no_weights(source, wish)
        sets = sample() if source == "sample" else mnist(folder)
        sets = sets.with_validation(wish.validation) if wish.validation else sets
        return weigh(sets, wish.class_weight)
    path = home(source)
    with reading(path):
        return weigh(read(path, split, wish, form), wish.class_weight)


def load_for(
    source: str | Path,
    folder: str | Path | None,
    wish: Reading,
    form: Preparation | None,
) -> Data:
    """Another set for a network that was trained: whole, where it has no test part of its own.

    Args:
        source: as for `load`.
        folder: as for `load`.
        wish: how the network's own set was read; its answer's column is looked for here too.
        form: the network's preparation: columns of a table are found by their names.

    Returns:
        The set, or its two parts.

    Raises:
        DataError: no such set, one that cannot be used, or a table without the answer's column.
    """
    if isinstance(source, str) and source in ("sample", "mnist"):
        return sample() if source == "sample" else mnist(folder)
    alone = wish._replace(mix=False, test=None, validation=0.0, class_weight=None)
    sets = load_as(source, folder, alone, None, form)
    path = home(source)
    if path.is_file() and is_table(path) and sets.found is not None and sets.found.answer is None:
        raise DataError.keyed("data.no_answers", name=sets.name, label=wish.label)
    return sets


def sample() -> Data:
    """The 5,000 images of MNIST inside the package, mixed.

    Returns:
        4,000 examples to train and 1,000 to test; x (K, 784) of bytes, classes 0…9.

    Source: LeCun, Cortes, Burges: the MNIST database of handwritten digits.
    """
    with as_file(files("spusk.data") / "digits") as folder:
        return load_idx_folder(folder, "sample", None)


def mnist(folder: str | Path | None = None) -> Data:
    """MNIST's handwritten digits, from a folder.

    Args:
        folder: where its four IDX files are; else SPUSK_DATA, else the platform's cache.

    Returns:
        60,000 examples to train and 10,000 to test; x (K, 784) of bytes, classes 0…9.

    Raises:
        DataError: the files are not there, or are no such files.

    Source: LeCun, Cortes, Burges: the MNIST database of handwritten digits.
    """
    where = mnist_folder(folder)
    with reading(where):
        if find(where, TRAIN, "images") is None or find(where, TEST, "images") is None:
            raise DataError.keyed("data.no_mnist", folder=where)
        return load_idx_folder(where, "mnist", None)
