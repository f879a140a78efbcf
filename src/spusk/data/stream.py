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
        raise DataError(f"{path}: cut short or corrupt ({error}); {AGAIN}") from error
    except (struct.error, NotImplementedError, RuntimeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read ({error}); {AGAIN}") from error
    except MemoryError as error:
        raise DataError(f"{path}: does not fit into memory") from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error})") from error


def regular(path: Path) -> Path:
    """The path if it is an ordinary file; a DataError for a device, a pipe, a folder or nothing."""
    if not path.exists():
        raise DataError(f"{path}: no such file")
    if not path.is_file():
        raise DataError(f"{path}: expected a file, found a folder or a device")
    return path


def take(stream: Readable, total: int, size: int, what: str) -> NDArray[np.uint8]:
    """Exactly `total` bytes from a stream fed by a file of `size` bytes, and then its end.

    Memory at any time: the larger of twice the file and twice what has really arrived.
    Raises DataError, `what` naming the file and what it declares.
    """
    if total > DEFLATE * size:
        raise DataError(
            f"{what}: expected {total} bytes, found a file of {size}, which cannot hold them; "
            f"{AGAIN}"
        )
    block = np.empty(min(total, 2 * size), np.uint8)
    count = 0
    while count < total:
        chunk = stream.read(min(CHUNK, total - count))
        if not chunk:
            raise DataError(f"{what}: expected {total} bytes, found {count}; {AGAIN}")
        if count + len(chunk) > len(block):
            block.resize(min(total, max(2 * len(block), count + len(chunk))), refcheck=False)
        block[count : count + len(chunk)] = np.frombuffer(chunk, np.uint8)
        count += len(chunk)
    if stream.read(1):  # reading on to the end also checks the archive's checksum
        raise DataError(f"{what}: expected {total} bytes, found more; {AGAIN}")
    return block
