"""Fuzzes the file readers: an input goes to those whose files begin like it, else to the texts'.

Each refuses with one of spusk's own errors, in one line, or makes something sound; none takes much
memory. (The kept corpus is also read across: every file by every reader.)
"""

import atexit
import re
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import JpegImagePlugin, PngImagePlugin

import spusk.data.npz
import spusk.data.tables
from fuzz import packing
from fuzz.limits import bounded, well_said
from spusk import runs
from spusk.data import Data, image, load
from spusk.errors import SpuskError
from spusk.runs.history import read_history

LONGEST = 8192  # bytes: more than the 4300 digits that Python reads as a number
WORDS = [
    "\x89PNG\r\n\x1a\n", "IHDR", "IDAT", "IEND", "tRNS", "PLTE", "\x1f\x8b\x08", "PK\x01\x02",
    "PK\x03\x04", "PK\x05\x06", "\x93NUMPY\x01", "'descr': '", "'<f8'", "'fortran_order': True",
    "__metadata__", '"dtype":"F32"', "data_offsets", "label", "class,", "target", "1e999", "nan",
    '"sizes"', '"format"', '"plan"', '"network"',
]  # fmt: skip
IMAGES = b"\0\0\x08\x03\0\0\0\3\0\0\0\2\0\0\0\2" + bytes(range(12))
PICTURE_FILE = (Path(__file__).parent / "corpus/readers/png-28").read_bytes()
LABELS = b"\0\0\x08\x01\0\0\0\3\0\1\2"

# loaded lazily by spusk, but here at once: the fuzzer sees only what is imported under its eyes
LAZY = (spusk.data.npz, spusk.data.tables, JpegImagePlugin, PngImagePlugin)


class Reader(NamedTuple):
    """A file's place in the folder, how the input is put into it, who reads it, how it begins."""

    name: str
    packed: Callable[[bytes], bytes]
    read: Callable[[Path], Any]
    begins: re.Pattern[bytes]


def its_folder(path: Path) -> Data:
    """The set of the folder that a file lies in."""
    return load(path.parent)


def its_run(path: Path) -> runs.Run:
    """The run that a file belongs to."""
    return runs.load(path.parent)


IDX, PACKED, ARCHIVE, ARRAY, PICTURE, TENSORS, JSON, TEXT = (
    re.compile(start, re.DOTALL)
    for start in (rb"\0\0|\x1f\x8b", rb"\x1f\x8b", rb"PK", rb"\x93", rb"\x89|\xff\xd8", rb".{8}\{",
                  rb"\s*[\[{]", rb"")
)  # fmt: skip
READERS = (
    Reader("train-images-idx3-ubyte", packing.plain, load, IDX),
    Reader("other/train-labels-idx1-ubyte", packing.plain, its_folder, IDX),
    Reader("set.csv.gz", packing.plain, load, PACKED),
    Reader("set.npz", packing.plain, load, ARCHIVE),
    Reader("inside.npz", packing.archived, load, ARRAY),
    Reader("picture.png", packing.plain, image, PICTURE),
    Reader("resealed.png", packing.resealed, image, PICTURE),
    Reader("weights.safetensors", packing.plain, runs.load_weights, TENSORS),
    Reader("whole.safetensors", packing.plain, runs.load_checkpoint, TENSORS),
    Reader("state.safetensors", packing.checkpoint, runs.load_checkpoint, JSON),
    Reader("run/run.json", packing.plain, its_run, JSON),
    Reader("set.csv", packing.plain, load, TEXT),
    Reader("pictures/labels.csv", packing.plain, its_folder, TEXT),
    Reader("history.csv", packing.plain, read_history, TEXT),
)


@cache
def folder() -> Path:
    """Where the files lie, with the sound ones beside those under test; gone with the process."""
    place = Path(tempfile.mkdtemp(prefix="spusk-fuzz-"))
    atexit.register(shutil.rmtree, place)
    for name in ("other", "pictures", "run"):
        (place / name).mkdir()
    (place / "train-labels-idx1-ubyte").write_bytes(LABELS)
    (place / "other/train-images-idx3-ubyte").write_bytes(IMAGES)
    (place / "pictures/one.png").write_bytes(PICTURE_FILE)
    (place / "run/weights.safetensors").write_bytes(packing.checkpoint(b""))
    (place / "run/history.csv").write_bytes(b"epoch,loss\n1,0.5\n")
    return place


def TestOneInput(data: bytes) -> None:
    """Gives one file to its readers. Anything but one of spusk's errors is a crash."""
    fitting = [reader for reader in READERS if reader.begins.match(data)]
    for reader in [r for r in fitting if r.begins is not TEXT] or fitting:
        give(reader, data)


def give(reader: Reader, data: bytes) -> None:
    """One file to one reader."""
    path = folder() / reader.name
    path.write_bytes(reader.packed(data))
    with bounded():
        try:
            sound(reader.read(path))
        except SpuskError as error:
            well_said(error)
            names_the_file(error, path)


def names_the_file(error: SpuskError, path: Path) -> None:
    """The error says which file it is about, or which set of a folder. Raises AssertionError."""
    assert path.name in str(error) or path.parent.name in str(error), repr(error)


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
