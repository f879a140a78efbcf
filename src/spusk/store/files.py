"""Writing a file whole or not at all, and sweeping what a killed writer left."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

ORPHANS = ".*.part"  # what a temporary file is called


def write(path: Path, *parts: bytes | memoryview) -> None:
    """Puts the parts at path, whole or not at all: temporary file beside it, fsync, replace."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Makes the names in a folder last."""
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
