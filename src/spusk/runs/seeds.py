"""The same training from several seeds: a folder that holds a run folder for each.

RUNS/
seed-0/       a run as any other: it is shown, tested and gone on with by itself
seed-1/
seeds.csv     how each ended, and its score
curves.png
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from spusk.runs.manifest import read
from spusk.runs.ownership import all_ours, remove
from spusk.runs.training import Resumed
from spusk.runs.weights import WEIGHTS
from spusk.runs.writer import lock_folder, write_errors
from spusk.training import TrainingOutcome

NAME = re.compile(r"seed-(\d{1,18})")


def seed_places(folder: Path, seed: int, count: int | None) -> dict[Path, int]:
    """Run folder → seed, for so many of them; None: one run, which is the folder."""
    if count is None:
        return {folder: seed}
    return {folder / f"seed-{each}": each for each in range(seed, seed + count)}


def seed_of(run: Path) -> int:
    """The seed of such a run, by its name."""
    name = NAME.fullmatch(run.name)
    assert name is not None
    return int(name[1])


def seed_folders(folder: Path) -> list[Path]:
    """The runs of all seeds in a folder, by number."""
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if NAME.fullmatch(path.name)]
    return sorted((path for path in found if (path / "run.json").is_file()), key=seed_of)


def is_over(run: Path, epochs: int | None = None, rated: bool = False) -> bool:
    """Whether nothing is left to train of a run.

    Args:
        run: its folder.
        epochs: epochs in all that are asked for; None: as planned.
        rated: whether another rate is asked for, at which one that went wrong goes on.

    Returns:
        Whether it is over. Raises RunError where there is no run.
    """
    about = read(run)
    if about.outcome is None:
        return False
    if TrainingOutcome(about.outcome).failed:
        return not rated
    return (run / WEIGHTS).is_file() and (epochs is None or about.plan.epochs >= epochs)


def begin_each(places: Mapping[Path, int], begin: Callable[[Path, int], Resumed]) -> Resumed:
    """Begins the run of each seed and lets go of it: whatever comes, all can be gone on with.

    Args:
        places: run folder → seed.
        begin: opens a new run of a seed.

    Returns:
        The first of them.
    """
    first: Resumed | None = None
    for run, seed in places.items():
        begun = begin(run, seed)
        with begun.writer:
            first = first or begun
    assert first is not None
    return first


@contextmanager
def replacing(folder: Path, places: Collection[Path], overwrite: bool) -> Iterator[None]:
    """New runs are begun in the block; those they take the place of go after it.

    Args:
        folder: what holds them, or is one.
        places: of the new ones.
        overwrite: whether others may go; else none do.

    Raises:
        RunError: a file there that is not spusk's, or a run in use.
    """
    old = (folder, *seed_folders(folder)) if overwrite else ()
    for run in old:
        with write_errors(run):
            all_ours(run)
    yield
    for run in old:
        if run not in places:
            drop(run)


def drop(run: Path) -> None:
    """Removes a run, and its folder if nothing else is in it. Raises RunError."""
    lock = lock_folder(run)
    try:
        with write_errors(run):
            remove(run)
    finally:
        lock.release()
    with suppress(OSError):  # it may hold more
        (run / "checkpoints").rmdir()
        (run / ".lock").unlink(missing_ok=True)
        run.rmdir()
