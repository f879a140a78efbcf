"""What in a folder is spusk's own: nothing else is ever replaced or removed there."""

from collections.abc import Iterator
from pathlib import Path

from spusk.errors import RunError
from spusk.runs.best import BEST
from spusk.runs.checkpoint import numbered
from spusk.runs.history import HISTORY
from spusk.runs.weights import WEIGHTS

HEAD = 4096  # bytes at whose beginning a file's mark stands
PICTURES = ("curves", "first_layer", "confusion", "wrong_digits")
NETWORK, DRAWN = b'"spusk"', b"Software\0spusk"
SEEDS = "seeds.csv"
MARKS = {
    "run.json": NETWORK,
    HISTORY: b"examples_per_second",
    WEIGHTS: NETWORK,
    BEST: NETWORK,
    SEEDS: b"seed,run,outcome",
    **{f"{name}.png": DRAWN for name in PICTURES},
}


def known_files(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """The files of a run that are there, each with its mark; run.json comes first."""
    yield from ((folder / name, mark) for name, mark in MARKS.items() if (folder / name).exists())
    yield from ((path, NETWORK) for path in numbered(folder))


def all_ours(folder: Path) -> None:
    """Makes sure that a new run replaces no one else's file. Raises RunError, OSError."""
    for path, mark in known_files(folder):
        head = beginning(path)
        if head and mark not in head:
            raise RunError.keyed("runs.not_ours", path=path)


def beginning(path: Path) -> bytes:
    """A file's first bytes; something of what is no file."""
    if not path.is_file():
        return b"?"
    with path.open("rb") as file:
        return file.read(HEAD)


def remove(folder: Path) -> None:
    """Removes a run's files, run.json first: at no moment is a part of them taken for a run."""
    for path, _ in known_files(folder):
        path.unlink()
