"""Small sets written as files, for the tests of the readers."""

import gzip
import struct
from pathlib import Path

import numpy as np

CODES = {"|u1": 8, "|i1": 9, "<i2": 11, "<i4": 12, "<f4": 13, "<f8": 14}


def idx_bytes(array: np.ndarray) -> bytes:
    head = struct.pack(
        f">BBBB{array.ndim}I", 0, 0, CODES[array.dtype.str], array.ndim, *array.shape
    )
    return head + array.astype(array.dtype.newbyteorder(">")).tobytes()


def write_idx(path: Path, array: np.ndarray) -> Path:
    data = idx_bytes(array)
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    return path


def digits(count: int = 20, side: int = 5, classes: int = 4, seed: int = 0):
    """Random images (count, side, side) uint8 and their labels, every class among them."""
    random = np.random.default_rng(seed)
    images = random.integers(0, 256, (count, side, side), np.uint8)
    return images, np.arange(count, dtype=np.uint8) % classes


def table_text(images: np.ndarray, labels: np.ndarray, end: str = "\n") -> str:
    rows = images.reshape(len(images), -1)
    lines = (",".join(map(str, (label, *row))) for label, row in zip(labels, rows, strict=True))
    return end.join(lines) + end
