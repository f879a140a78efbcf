"""Checkpoints: θ and the place in one file, so that the two can never disagree.

RUN/checkpoints/00001234.safetensors is named by the step since the start of the run; the last two
are kept. The place travels in the metadata, under the file's checksum.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from spusk.errors import RunError
from spusk.network import Network
from spusk.sgd import Event, Place
from spusk.store.weights import load_all, save_weights

FORMAT = 1
KEPT = 2


class Checkpoint(NamedTuple):
    """A network on its way: where it stands, and the epochs it has behind it."""

    net: Network
    place: Place
    history: list[Event]
    path: Path


def save_checkpoint(
    folder: Path, net: Network, place: Place, steps: int, history: Sequence[Event]
) -> Path:
    """Writes RUN/checkpoints/STEP.safetensors and drops all but the last two."""
    number = (place.epoch - 1) * steps + place.step
    path = folder / "checkpoints" / f"{number:08}.safetensors"
    rows = [asdict(event) | {"outcome": None} for event in history]
    for row in rows:
        del row["place"]
    state = {"format": FORMAT, "place": list(place), "history": rows}
    save_weights(net, path, {"state": json.dumps(state)})
    for old in numbered(folder)[:-KEPT]:
        old.unlink(missing_ok=True)
    return path


def numbered(folder: Path) -> list[Path]:
    """The checkpoints of a run, oldest first."""
    found = [p for p in (folder / "checkpoints").glob("*.safetensors") if p.stem.isdecimal()]
    return sorted(found, key=lambda path: int(path.stem))


def load_checkpoint(path: Path) -> Checkpoint:
    """Reads a checkpoint. Raises RunError naming what is wrong with it."""
    net, about = load_all(path)
    if "crc32" not in about or "state" not in about:
        raise RunError(f"{path}: expected a checkpoint, found weights alone")
    try:
        state = json.loads(about["state"])
        if state["format"] != FORMAT:
            raise RunError(f"{path}: expected format {FORMAT}, found {state['format']!r}")
        history = [Event(**row) for row in state["history"]]
        return Checkpoint(net, place_of(state["place"]), history, path)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise RunError(f"{path}: expected a checkpoint's place, found {error!r}") from error


def place_of(numbers: list[Any]) -> Place:
    """A place from its numbers. Raises TypeError, ValueError."""
    place = Place(*numbers)
    counts = (place.epoch, place.step, place.correct, place.seen)
    if not all(isinstance(n, int) and n >= 0 for n in counts) or place.epoch < 1:
        raise ValueError(f"counts {counts}")
    return place


def drop_newer(folder: Path, path: Path) -> None:
    """Removes the checkpoints after this one: damaged, and not to be counted among the last two."""
    for other in numbered(folder):
        if int(other.stem) > int(path.stem):
            other.unlink(missing_ok=True)


def newest(folder: Path) -> Checkpoint:
    """The last checkpoint that is whole. Raises RunError about the newest where none is."""
    first: RunError | None = None
    for path in reversed(numbered(folder)):
        try:
            return load_checkpoint(path)
        except RunError as error:
            first = first or error
    raise first or RunError(
        f"{folder}: expected checkpoints to go on from, found none; train again with spusk train"
    )
