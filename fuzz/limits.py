"""What every target may take and must say: bounded memory, errors of one line."""

import errno
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spusk.errors import SpuskError

ROOM = 512 << 20  # bytes that one input may take: a small file may unpack to 64 MiB and be copied
USED = Path("/proc/self/statm")


@contextmanager
def bounded() -> Iterator[None]:
    """No more than ROOM bytes of new address space, where the system counts them (Linux)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if not USED.exists() or soft != resource.RLIM_INFINITY:
        yield
        return
    used = int(USED.read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + ROOM, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def well_said(error: SpuskError) -> None:
    """One line, and not a mere lack of memory in other words. Raises AssertionError."""
    assert len(str(error).splitlines()) == 1, repr(str(error))
    cause = error.__cause__
    assert not isinstance(cause, MemoryError), repr(error)
    assert not (isinstance(cause, OSError) and cause.errno == errno.ENOMEM), repr(error)
