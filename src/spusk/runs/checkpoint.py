"""Checkpoints: θ, the rule's state and the place in one file, so that they can never disagree.

RUN/checkpoints/00001234.safetensors is named by the step since the start of the run. The last two
are kept, and the newest that was judged: the end of an epoch whose network was looked at and found
able to learn, or the start. Whatever befalls a run later, that one stays. The place travels in the
metadata, under the file's checksum.
"""

from __future__ import annotations

import json
import os
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import asdict, astuple
from numpy.typing import NDArray

from spusk.display import short_repr
from spusk.engines.base import PLAIN
from spusk.errors import RunError, SpuskWarning
from spusk.i18n.reasons import reason
from spusk.nn.network import Network
from spusk.optim.rules import NamedRule
from spusk.runs.descriptions import (
    FORMAT,
    Count,
    Finite,
    SavedRule,
    Whole,
    checked_format,
    meant,
    misfit,
)
from spusk.runs.history import HistoryMark
from spusk.runs.weights import load_all, save_weights
from spusk.training import Cursor, Event

KEPT = 2
NAME = re.compile(r"[0-9]{8,}\.safetensors")


class OlderCheckpointWarning(SpuskWarning):
    """The newest checkpoint is damaged; the one before it speaks."""


class SavedPlace(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A Cursor in a checkpoint, a list of numbers that fit each other."""

    epoch: Whole = 1
    step: Count = 0
    cost: Finite = 0.0
    correct: Count = 0
    seen: Count = 0
    seconds: Finite = 0.0
    spent: Finite = 0.0
    first: float = 0.0

    def __post_init__(self) -> None:
        if self.correct > self.seen or (self.step and not (self.seen and self.spent > 0)):
            raise ValueError(self)


class SavedEpoch(Struct, frozen=True, forbid_unknown_fields=True):
    """An Event at an epoch's end in a checkpoint of format 2, which held the whole history."""

    epoch: Whole
    step: Whole
    steps: Whole
    cost: float
    accuracy: float | None
    seconds: float
    speed: float
    test_cost: float | None = None
    test_accuracy: float | None = None
    outcome: None = None


class SavedState(Struct, frozen=True):
    """What a checkpoint says besides its tensors; one that names no rule is plain descent's."""

    place: SavedPlace
    history: HistoryMark | tuple[SavedEpoch, ...]
    judged: bool = False
    rule: SavedRule = SavedRule(PLAIN.data())


class Checkpoint(NamedTuple):
    """A network on its way.

    Attributes:
        net: with its weights there.
        cursor: where the training stands.
        history: how far history.csv reaches behind it; the epochs themselves in one of format 2.
        path: the file.
        judged: whether it was looked at and found well.
        rule: the step rule, at any rate.
        state: the rule's state by name, each of θ's shape.
    """

    net: Network
    cursor: Cursor
    history: HistoryMark | list[Event]
    path: Path
    judged: bool
    rule: NamedRule
    state: dict[str, NDArray[Any]]

    @property
    def epochs(self) -> int:
        """Whole epochs behind it."""
        return len(self.history) if isinstance(self.history, list) else self.history.epochs

    def __repr__(self) -> str:
        return short_repr(self)


def save_checkpoint(
    folder: Path,
    net: Network,
    cursor: Cursor,
    steps: int,
    history: HistoryMark,
    judged: bool = False,
    rule: NamedRule = PLAIN,
    state: Mapping[str, NDArray[Any]] = MappingProxyType({}),
) -> Path:
    """Writes a checkpoint, whole or not at all: RUN/checkpoints/STEP.safetensors.

    Args:
        folder: the run folder.
        net: the network.
        cursor: where the training stands.
        steps: steps of an epoch.
        history: how far history.csv reaches behind it.
        judged: whether it was looked at and found well.
        rule: by which it is trained; its name and parameters are kept.
        state: the rule's arrays, kept without knowing what they mean.

    Returns:
        The file.
    """
    number = (cursor.epoch - 1) * steps + cursor.step
    path = folder / "checkpoints" / f"{number:08}.safetensors"
    about = {
        "format": FORMAT,
        "place": list(cursor),
        "history": asdict(history),
        "judged": judged,
        "rule": rule.data(),
    }
    save_weights(net, path, {"state": json.dumps(about)}, state)
    return path


def drop_older(folder: Path, good: Path | None) -> None:
    """Removes all but the last two checkpoints and the one that was judged well."""
    for old in numbered(folder)[:-KEPT]:
        if old != good:
            old.unlink(missing_ok=True)


def drop_newer(folder: Path, path: Path) -> None:
    """Removes the checkpoints after this one: damaged, or of a run that went wrong."""
    for other in numbered(folder):
        if int(other.stem) > int(path.stem):
            other.unlink(missing_ok=True)


def numbered(folder: Path) -> list[Path]:
    """The checkpoints of a run, oldest first; what is no file is none. Raises OSError."""
    try:
        names = os.listdir(folder / "checkpoints")
    except (FileNotFoundError, NotADirectoryError):
        return []
    paths = [folder / "checkpoints" / name for name in names]
    found = [path for path in paths if NAME.fullmatch(path.name) and path.is_file()]
    return sorted(found, key=lambda path: int(path.stem))


def load_checkpoint(path: Path) -> Checkpoint:
    """Reads a checkpoint, every promise of it checked.

    Args:
        path: the file.

    Returns:
        The network, where it stands, the epochs behind it, the rule and its state.

    Raises:
        RunError: the file is damaged, or none of ours.
    """
    net, about, arrays = load_all(path)
    if "crc32" not in about or "state" not in about:
        raise RunError.keyed("runs.no_place", path=path)
    try:
        found = checked_format(json.loads(about["state"]), path)
    except (ValueError, RecursionError) as error:
        raise RunError.keyed("runs.no_json", path=path, why=reason(error)) from error
    saved = meant(SavedState, found, path, "checkpoint", "state")
    cursor, history = Cursor(*astuple(saved.place)), epochs_of(saved)
    if history is not None:
        last = Checkpoint(net, cursor, history, path, saved.judged, saved.rule.rule, arrays)
        if cursor.epoch - last.epochs in (0, 1):
            return last
    raise misfit(found, path, "checkpoint", "state", "history")


def epochs_of(saved: SavedState) -> HistoryMark | list[Event] | None:
    """What a state says of the epochs behind it; None where they are not one after the other."""
    if isinstance(saved.history, HistoryMark):
        return saved.history
    events = [Event(**asdict(row)) for row in saved.history]
    in_order = [event.epoch for event in events] == [*range(1, len(events) + 1)]
    return events if in_order else None


def readable(folder: Path) -> list[Path]:
    """The checkpoints of a run that is there. Raises RunError where they may not be looked at."""
    try:
        return numbered(folder)
    except OSError as error:
        path = folder / "checkpoints"
        raise RunError.keyed("data.unread", path=path, why=reason(error)) from error


def newest(folder: Path) -> Checkpoint:
    """The last checkpoint that is whole; warns where it is not the last.

    Args:
        folder: the run folder.

    Returns:
        The checkpoint.

    Raises:
        RunError: none is whole; about the newest.
    """
    first: RunError | None = None
    for path in reversed(readable(folder)):
        try:
            last = load_checkpoint(path)
        except RunError as error:
            first = first or error
            continue
        if first is not None:
            place = {"step": last.cursor.step, "epoch": last.cursor.epoch}
            older = OlderCheckpointWarning.keyed("runs.older", why=first, **place)
            warnings.warn(older, stacklevel=3)
        return last
    raise first or RunError.keyed("runs.no_checkpoints", folder=folder)


def judged(folder: Path) -> Path | None:
    """The newest whole checkpoint that was judged well."""
    for path in reversed(numbered(folder)):
        try:
            if load_checkpoint(path).judged:
                return path
        except RunError:
            continue
    return None
