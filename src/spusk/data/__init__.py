"""Data: MNIST, the sample inside the package, and a user's own sets; all become a `Sample`."""

from importlib.resources import as_file, files
from pathlib import Path

from spusk.data.folders import MISSING, TRAIN, find, load_idx_folder, mnist_folder
from spusk.data.sample import Data, Sample
from spusk.errors import DataError

__all__ = ["Data", "Sample", "load", "sample"]


def load(
    source: str | Path = "sample",
    folder: str | Path | None = None,
    split: float | None = 0.2,
) -> Data:
    """A set by its name ("sample", "mnist") or its path; see `docs/data.md` for the formats."""
    if source == "sample":
        return sample()
    if source == "mnist":
        return mnist(folder)
    raise DataError(f"{source}: no such file or folder; named sets: sample, mnist")


def sample() -> Data:
    """The 5,000 images of MNIST inside the package: 4,000 to train, 1,000 to test, mixed."""
    with as_file(files("spusk.data") / "sample") as folder:
        return load_idx_folder(folder, "sample", None)


def mnist(folder: str | Path | None = None) -> Data:
    """MNIST's 60,000 and 10,000 images from `folder`, else SPUSK_DATA, else the cache."""
    where = mnist_folder(folder)
    if find(where, TRAIN, "images") is None:
        raise DataError(f"{where}: MNIST's files are not there; {MISSING}")
    return load_idx_folder(where, "mnist", None)
