"""IDX files, the format MNIST comes in: a magic number, the dimensions, then the numbers.

Bytes 0, 0, type, count of dimensions; each dimension as a big-endian 32-bit count; the values,
big-endian, the last dimension running fastest (after the description on MNIST's own page).
"""

import gzip
from math import prod
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from spusk.data.arrays import frozen
from spusk.data.labels import class_numbers
from spusk.data.matching import relabelled
from spusk.data.samples import Sample
from spusk.data.stream import reading, regular, take, widening
from spusk.errors import DataError

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MOST_DIMENSIONS = 4


def read_idx(path: Path) -> NDArray[np.generic]:
    """The array of one IDX file, `.gz` or not, in native byte order.

    Raises DataError, naming the file, what was expected and what was found, when it is no IDX
    file, is cut short, is longer than declared, or declares more than it can hold.
    """
    size = regular(path).stat().st_size
    with reading(path), gzip.open(path) if _gzipped(path) else path.open("rb") as stream:
        dtype, shape = _header(stream, path)
        total = prod(shape) * dtype.itemsize
        array = take(stream, total, size, f"{path}: {'x'.join(map(str, shape))}", widening(dtype))
    if dtype.itemsize == 1:
        return array.view(dtype).reshape(shape)
    return array.view(dtype).byteswap(inplace=True).view(dtype.newbyteorder("=")).reshape(shape)


def pair(images: Path, labels: Path, name: str) -> Sample:
    """The sample of an images file and its labels file, each example's x and class."""
    x, numbers = read_idx(images), read_idx(labels)
    if x.ndim < 2:
        raise DataError.keyed("data.no_images", path=images, found=x.ndim)
    if numbers.ndim != 1 or numbers.dtype.kind == "f":
        raise DataError.keyed("data.no_labels", path=labels)
    if len(x) != len(numbers):
        raise DataError.keyed("data.label_count", path=labels, expected=len(x), found=len(numbers))
    return Sample(frozen(x), labels=numbers, classes=int(numbers.max()) + 1, name=name)


def numbered(*parts: Sample) -> list[Sample]:
    """The parts of one set, whose labels are the numbers in its files, with the classes it has.

    They are 0, 1, 2 …; where there is no 0, or most numbers up to the largest are missing, those
    that occur, by their names: EMNIST's letters are 1 … 26.
    """
    every = [np.asarray(part.labels) for part in parts]
    numbers, names = class_numbers(np.concatenate(every))
    known = names or tuple(map(str, range(int(numbers.max()) + 1)))
    own = np.split(numbers, np.cumsum([len(labels) for labels in every])[:-1])
    return [relabelled(part, labels, known) for part, labels in zip(parts, own, strict=True)]


def _gzipped(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def _header(stream: "IO[bytes] | gzip.GzipFile", path: Path) -> tuple[np.dtype, tuple[int, ...]]:
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in TYPES:
        raise DataError.keyed("data.no_idx", path=path, found=magic)
    count = magic[3]
    if not 1 <= count <= MOST_DIMENSIONS:
        raise DataError.keyed("data.dimensions", path=path, most=MOST_DIMENSIONS, found=count)
    sizes = stream.read(4 * count)
    if len(sizes) < 4 * count:
        raise DataError.keyed("data.short_header", path=path)
    shape = tuple(int.from_bytes(sizes[i : i + 4], "big") for i in range(0, 4 * count, 4))
    if 0 in shape:
        raise DataError.keyed("data.empty_shape", what=path, shape=shape)
    return np.dtype(TYPES[magic[2]]), shape
