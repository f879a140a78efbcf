"""Writing a file whole or not at all, and sweeping what a killed writer left."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

MOST = 1 << 26  # bytes of a text; the longest of ours is far shorter
ORPHANS = f".*.{'[0-9a-f]' * 8}.part"  # what a temporary file is called


def write(path: Path, *parts: bytes | memoryview) -> None:
    """Writes a file whole or not at all: a temporary file beside it, fsync, replace.

    Args:
        path: the file; its folder is made where it is missing.
        *parts: its content, one after the other.
    """
    make_folder(path.parent)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with beside.open("xb") as file:  # with the rights the user's umask leaves
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        moved(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def write_at(path: Path, place: int, content: memoryview, lasting: bool) -> None:
    """Writes the end of a file, from a place on: no more than it is new.

    What is longer is cut off once all is written, so that what stands before is never less.

    Args:
        path: the file.
        place: bytes that stay.
        content: what follows them.
        lasting: whether it lasts through a power cut.
    """
    handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.lseek(handle, place, os.SEEK_SET)
        end = place + len(content)
        while content:
            content = content[os.write(handle, content) :]
        if os.fstat(handle).st_size > end:
            os.ftruncate(handle, end)
        if lasting:
            os.fsync(handle)
    finally:
        os.close(handle)


def plain(path: Path) -> Path:
    """The path of a file that can be read; no pipe is waited for. Raises OSError, ValueError."""
    if path.exists() and not path.is_file():
        raise ValueError("no plain file")
    path.open("rb").close()
    return path


def read_text(path: Path) -> str:
    """A text of ours, read whole. Raises OSError, ValueError."""
    with plain(path).open("rb") as file:
        content = file.read(MOST + 1)
    if len(content) > MOST:
        raise ValueError(f"more than {MOST} bytes")
    return content.decode()


def why(error: Exception) -> str:
    """What an error says, in one line; of the system's only the reason."""
    return " ".join(str(getattr(error, "strerror", None) or error).split())


def moved(file: Path, path: Path) -> None:
    """Puts a whole file in the place of another, for good."""
    os.replace(file, path)
    sync_folder(path.parent)


def make_folder(path: Path) -> None:
    """Makes a folder, and those it lies in, so that their names last."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True)
        sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Makes the names in a folder last, where the system opens folders."""
    if os.name != "posix":
        return
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def sweep(folders: Iterable[Path]) -> None:
    """Removes the temporary files of writers that were killed. Only for who holds the lock."""
    for folder in folders:
        for orphan in folder.glob(ORPHANS):
            orphan.unlink(missing_ok=True)
