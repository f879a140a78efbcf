"""Data: MNIST, the sample inside the package, and a user's own sets; all become a `Sample`.

A path may name: a folder with MNIST's IDX files (`train-images-idx3-ubyte[.gz]` …), one IDX file
of images with its labels beside it, a table (`.csv`, `.tsv`, `.txt`, also `.gz`; see `tables`), an
`.npz` (see `npz`), or a folder of pictures (see `picture_folders`).
"""

from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from spusk._lazy import loader
from spusk.data.digit import image
from spusk.data.folders import (
    TEST,
    TRAIN,
    find,
    labels_beside,
    load_idx_folder,
    mnist_folder,
)
from spusk.data.idx import pair
from spusk.data.images import ENDINGS
from spusk.data.picture_folders import read_folder
from spusk.data.preprocessing import Preparation, prepare
from spusk.data.samples import Data, Sample, held_out
from spusk.data.stream import reading
from spusk.data.tables import read_table
from spusk.errors import DataError
from spusk.io.paths import home

if TYPE_CHECKING:
    from spusk.data.download import MIRRORS as MIRRORS
    from spusk.data.download import get_mnist as get_mnist

__all__ = [
    "MIRRORS", "Data", "Preparation", "Sample", "get_mnist", "image", "load", "mnist", "prepare",
    "sample",
]  # fmt: skip

TABLES = (".csv", ".tsv", ".txt")


__getattr__ = loader(  # the network's modules stay away until they are used
    __name__, dict.fromkeys(("MIRRORS", "get_mnist"), "spusk.data.download")
)


def load(
    source: str | Path = "sample",
    folder: str | Path | None = None,
    split: float | None = 0.2,
) -> Data:
    """A set, read and checked, by its name or by its path.

    A set without a test part of its own gives a share of its examples to one, drawn class by class
    with a fixed seed, so that the same set splits the same way (`Data.held_out` says the share).

    Args:
        source: "sample", "mnist", or a path: a folder of IDX files, one IDX file of images, a table
            (.csv, .tsv, .txt, also .gz), an .npz, a folder of pictures.
        folder: where MNIST's files are; else SPUSK_DATA, else the cache. For "mnist" alone.
        split: the share of the test part, 0 < split < 1; None leaves the set whole.

    Returns:
        The training part and the test part, or None for it where the set is too small.

    Raises:
        DataError: no such set, or one that cannot be used: the file, the line, found and expected.
    """
    if isinstance(source, str) and source in ("sample", "mnist"):
        return sample() if source == "sample" else mnist(folder)
    path = home(source)
    with reading(path):
        return _load(path, split)


def _load(path: Path, split: float | None) -> Data:
    if path.is_dir():
        parts = [find(path, part, kind) for part in (TRAIN, TEST) for kind in ("images", "labels")]
        return load_idx_folder(path, path.name, split) if any(parts) else read_folder(path, split)
    if not path.exists():
        raise DataError.keyed("data.unknown", path=path)
    name = path.name.lower()
    if name.removesuffix(".gz").endswith(TABLES):
        return held_out(read_table(path), split)
    if name.endswith(".npz"):
        from spusk.data.npz import read_npz

        return read_npz(path, split)
    if name.endswith(ENDINGS):
        raise DataError.keyed("data.one_picture", path=path)
    return held_out(pair(path, labels_beside(path), path.name), split)


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
