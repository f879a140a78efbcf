"""Reading a declared number of bytes, and believing no declaration before the bytes arrive.

A header may lie about sizes and a small archive may unpack to gigabytes. So a size is first held
against what the file could hold at all, and memory then grows with the bytes that really come.
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

DEFLATE = 1032  # deflate never expands a byte to more than this (zlib's documentation)
CHUNK = 1 << 18  # bytes read at once
AGAIN = "fetch or make it again"


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Whatever goes wrong while a file is read becomes a DataError that names the file."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError.keyed("data.corrupt", path=path, why=error) from error
    except (struct.error, NotImplementedError, RuntimeError, UnicodeDecodeError) as error:
        raise DataError.keyed("data.unreadable", path=path, why=error) from error
    except MemoryError as error:
        raise DataError.keyed("data.memory", path=path) from error
    except OSError as error:
        why = error.strerror or error
        raise DataError.keyed("data.unread", path=path, why=why) from error


def regular(path: Path) -> Path:
    """The path if it is an ordinary file; a DataError for a device, a pipe, a folder or nothing."""
    if not path.exists():
        raise DataError.keyed("data.no_file", path=path)
    if not path.is_file():
        raise DataError.keyed("data.no_plain_file", path=path)
    return path


def take(stream: Readable, total: int, size: int, what: str) -> NDArray[np.uint8]:
    """Exactly `total` bytes from a stream fed by a file of `size` bytes, and then its end.

    Memory at any time: the larger of twice the file and twice what has really arrived.
    Raises DataError, `what` naming the file and what it declares.
    """
    if total > DEFLATE * size:
        raise DataError.keyed("data.small_file", what=what, total=total, size=size)
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
