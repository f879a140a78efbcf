"""Reading a declared number of bytes, and believing no declaration before the bytes arrive.

A header may lie about sizes and a small archive may unpack to gigabytes. So a size is first held
against what the file could hold at all, and memory then grows with the bytes that really come.

One budget holds for every reader: whatever a file becomes (unpacked bytes, decoded pixels, numbers)
has a `budget(size)`; what needs more is refused before it is made.
"""

import gzip
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from spusk.errors import DataError
from spusk.i18n.reasons import reason

DEFLATE = 1032  # deflate never expands a byte to more than this (zlib's documentation)
CHUNK = 1 << 18  # bytes read at once
ALLOWANCE, EXPANSION = 1 << 26, 32  # what any file may become: this, and so many times its size


class Readable(Protocol):
    """Anything that bytes can be read from."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Whatever goes wrong while a file is read becomes a DataError that names the file."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError.keyed("data.corrupt", path=path, why=reason(error)) from error
    except (struct.error, NotImplementedError, RuntimeError, UnicodeDecodeError) as error:
        raise DataError.keyed("data.unreadable", path=path, why=reason(error)) from error
    except MemoryError as error:
        raise DataError.keyed("data.memory", path=path) from error
    except OSError as error:
        raise DataError.keyed("data.unread", path=path, why=reason(error)) from error


def regular(path: Path) -> Path:
    """The path if it is an ordinary file; a DataError for a device, a pipe, a folder or nothing."""
    if not path.exists():
        raise DataError.keyed("data.no_file", path=path)
    if not path.is_file():
        raise DataError.keyed("data.no_plain_file", path=path)
    return path


def budget(size: int) -> int:
    """The bytes of memory that a file of `size` bytes may become."""
    return ALLOWANCE + EXPANSION * size


def fits(needed: int, size: int, what: str, remedy: str = "unpack") -> None:
    """Raises DataError, "unpack" it or make it "smaller", where a file would become too much."""
    if needed > budget(size):
        counts = {"needed": needed, "size": size, "limit": budget(size)}
        raise DataError.keyed(f"data.too_much_{remedy}", what=what, **counts)


def take(stream: Readable, total: int, size: int, what: str, wide: int = 1) -> NDArray[np.uint8]:
    """Exactly `total` bytes from a stream fed by a file of `size` bytes, and then its end.

    `wide`: how many bytes one of them becomes afterwards, as a number (see `widening`).
    Memory at any time: the larger of twice the file and twice what has really arrived.
    Raises DataError, `what` naming the file and what it declares.
    """
    if total > DEFLATE * size:
        raise DataError.keyed("data.small_file", what=what, total=total, size=size)
    fits(wide * total, size, what)
    block = np.empty(min(total, 2 * size), np.uint8)
    count = 0
    while count < total:
        chunk = stream.read(min(CHUNK, total - count))
        if not chunk:
            raise DataError.keyed("data.short", what=what, total=total, found=count)
        if count + len(chunk) > len(block):
            block.resize(min(total, max(2 * len(block), count + len(chunk))), refcheck=False)
        block[count : count + len(chunk)] = np.frombuffer(chunk, np.uint8)
        count += len(chunk)
    if stream.read(1):  # reading on to the end also checks the archive's checksum
        raise DataError.keyed("data.more", what=what, total=total)
    return block


def widening(dtype: np.dtype) -> int:
    """How many bytes a byte of such numbers may become in a `Sample`: whole ones become float64."""
    if dtype.kind == "f":
        return max(1, 4 // dtype.itemsize)
    return 1 if dtype == np.uint8 else max(1, 8 // dtype.itemsize)
