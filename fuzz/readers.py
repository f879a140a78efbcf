"""Fuzzes the file readers: every reader is given every input, under a name that it answers to.

So no reader may stumble over another's files either. Each refuses with one of spusk's own errors,
in one line, or makes something sound; none takes much memory.
"""

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import spusk.data.npz
import spusk.data.tables  # noqa: F401 - loaded here, so that the fuzzer sees their branches
from fuzz import packing
from fuzz.limits import bounded, well_said
from spusk import store
from spusk.data import Data, image, load
from spusk.errors import SpuskError
from spusk.store.folder import read_history

LONGEST = 4096  # bytes
WORDS = [
    "\x89PNG\r\n\x1a\n", "IHDR", "IDAT", "IEND", "tRNS", "PLTE", "\x1f\x8b\x08", "PK\x01\x02",
    "PK\x03\x04", "PK\x05\x06", "\x93NUMPY\x01", "'descr': '", "'<f8'", "'fortran_order': True",
    "__metadata__", '"dtype":"F32"', "data_offsets", "label", "class,", "target", "1e999", "nan",
    '"sizes"', '"format"', '"plan"', '"network"',
]  # fmt: skip
IMAGES = b"\0\0\x08\x03\0\0\0\3\0\0\0\2\0\0\0\2" + bytes(range(12))
LABELS = b"\0\0\x08\x01\0\0\0\3\0\1\2"


class Reader(NamedTuple):
    """A file's place in the folder, how the input is put into it, and who reads it."""

    name: str
    packed: Callable[[bytes], bytes]
    read: Callable[[Path], Any]


READERS = (
    Reader("train-images-idx3-ubyte", packing.plain, load),
    Reader("other/train-labels-idx1-ubyte", packing.plain, lambda path: load(path.parent)),
    Reader("set.csv", packing.plain, load),
    Reader("set.csv.gz", packing.plain, load),
    Reader("pictures/labels.csv", packing.plain, lambda path: load(path.parent)),
    Reader("set.npz", packing.plain, load),
    Reader("inside.npz", packing.archived, load),
    Reader("picture.png", packing.plain, image),
    Reader("resealed.png", packing.resealed, image),
    Reader("weights.safetensors", packing.plain, store.load_weights),
    Reader("whole.safetensors", packing.plain, store.load_checkpoint),
    Reader("state.safetensors", packing.checkpoint, store.load_checkpoint),
    Reader("run/run.json", packing.plain, lambda path: store.load(path.parent)),
    Reader("run/history.csv", packing.plain, read_history),
)


@cache
def folder() -> tempfile.TemporaryDirectory[str]:
    """Where the files lie, with the sound ones beside those under test."""
    made = tempfile.TemporaryDirectory(prefix="spusk-fuzz-")
    place = Path(made.name)
    for name in ("other", "pictures", "run"):
        (place / name).mkdir()
    (place / "train-labels-idx1-ubyte").write_bytes(LABELS)
    (place / "other/train-images-idx3-ubyte").write_bytes(IMAGES)
    (place / "run/weights.safetensors").write_bytes(packing.checkpoint(b""))
    return made


def TestOneInput(data: bytes) -> None:
    """Gives one file to every reader. Anything but one of spusk's errors is a crash."""
    place = Path(folder().name)
    for name, packed, read in READERS:
        path = place / name
        path.write_bytes(packed(data))
        with bounded():
            try:
                sound(read(path))
            except SpuskError as error:
                well_said(error)
                names_the_file(error, path)


def names_the_file(error: SpuskError, path: Path) -> None:
    """The error says which file it is about, or which folder. Raises AssertionError."""
    assert path.name in str(error) or str(path.parent) in str(error), repr(error)


def sound(found: Any) -> None:  # noqa: ANN401 - each reader has its own
    """A set has as many finite answers as finite inputs; a picture is MNIST's size."""
    if isinstance(found, np.ndarray):
        assert found.shape == (784,)
        assert found.dtype == np.uint8
    if not isinstance(found, Data):
        return
    for part in (found.train, found.test):
        if part is not None:
            inputs, targets = (f(slice(0, 50), np.float64) for f in (part.inputs, part.targets))
            assert len(inputs) == len(targets) > 0
            assert np.isfinite(inputs).all()
            assert np.isfinite(targets).all()
