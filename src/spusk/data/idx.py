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

from spusk.data.sample import Sample
from spusk.data.stream import AGAIN, reading, regular, take, widening
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
    """The sample of an images file and its labels file, each precedent's x and class."""
    x, numbers = read_idx(images), read_idx(labels)
    if x.ndim < 2:
        raise DataError(f"{images}: expected images (2 or more dimensions), found {x.ndim}")
    if numbers.ndim != 1 or numbers.dtype.kind == "f":
        raise DataError(f"{labels}: expected labels (1 dimension of whole numbers)")
    if len(x) != len(numbers):
        raise DataError(f"{labels}: expected {len(x)} labels, found {len(numbers)}; {AGAIN}")
    return Sample(x, labels=numbers, name=name)


def _gzipped(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def _header(stream: "IO[bytes] | gzip.GzipFile", path: Path) -> tuple[np.dtype, tuple[int, ...]]:
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in TYPES:
        raise DataError(f"{path}: expected an IDX file (00 00 type dimensions), found {magic!r}")
    count = magic[3]
    if not 1 <= count <= MOST_DIMENSIONS:
        raise DataError(f"{path}: expected 1 to {MOST_DIMENSIONS} dimensions, found {count}")
    sizes = stream.read(4 * count)
    if len(sizes) < 4 * count:
        raise DataError(f"{path}: ends inside its header; {AGAIN}")
    shape = tuple(int.from_bytes(sizes[i : i + 4], "big") for i in range(0, 4 * count, 4))
    if 0 in shape:
        raise DataError(f"{path}: an empty set, dimensions {shape}")
    return np.dtype(TYPES[magic[2]]), shape
