"""A run read back: its network, its plan, and how it went."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from spusk.data import Sample
from spusk.display import short_repr
from spusk.errors import RunError
from spusk.i18n.reasons import reason
from spusk.io.files import read_text, write
from spusk.io.paths import home
from spusk.nn.network import Network
from spusk.runs.checkpoint import Checkpoint, newest
from spusk.runs.history import HISTORY, Row, read_history, rows_of, table, text_behind
from spusk.runs.manifest import Manifest, describe, read
from spusk.runs.rate_history import Since, from_start
from spusk.runs.weights import WEIGHTS, load_weights, save_weights
from spusk.training import Event, Plan
from spusk.training.evaluate import Score


class Run(NamedTuple):
    """A run folder read back.

    Attributes:
        folder: where it is.
        net: the trained network.
        plan: rate, batch, epochs, seed.
        source: the set's name or path.
        history: a row of numbers for each epoch.
        note: what else run.json says.
        engine: which trained it, where it can be resumed.
        fingerprint: of the training sample, where it can be resumed.
        rates: at which rate it went since when.
        outcome: how it ended, where it has.
        validation: the fingerprint of its validation part, where it has one: the history's val_loss
            and val_accuracy are of that, else of the test set.
        test: of a run with a validation part, the one look at the test set in the end.
    """

    folder: Path
    net: Network
    plan: Plan
    source: str
    history: list[dict[str, float | None]]
    note: Mapping[str, Any]
    engine: str | None = None
    fingerprint: str | None = None
    rates: tuple[Since, ...] = ()
    outcome: str | None = None
    validation: str | None = None
    test: Score | None = None

    def __repr__(self) -> str:
        return short_repr(self)


def fingerprint(V: Sample) -> str:
    """SHA-256 of a sample's numbers, with its weights: a set has its own, a changed one another.

    Args:
        V: the sample.

    Returns:
        64 hexadecimal digits.
    """
    answers = V.y if V.labels is None else V.labels
    code = hashlib.sha256()
    arrays = (V.x, answers) if V.weights is None else (V.x, answers, V.weights)
    for array in arrays:
        assert array is not None
        code.update(f"{array.dtype.str}{array.shape}".encode())
        code.update(array.data.cast("B"))
    return code.hexdigest()


def save(
    folder: Path,
    net: Network,
    plan: Plan,
    source: str,
    history: Sequence[Event],
    note: Mapping[str, Any] | None = None,
) -> None:
    """Writes a finished run: weights, history and description.

    Args:
        folder: where.
        net: the trained network.
        plan: rate, batch, epochs, seed.
        source: the set's name or path.
        history: events at the ends of epochs.
        note: what else run.json shall say.
    """
    save_weights(net, folder / WEIGHTS)
    write(folder / HISTORY, table(history, from_start(plan.rate)).encode())
    describe(folder, net, Manifest(plan, source, note or {}))


def load(folder: str | Path) -> Run:
    """Reads a run folder, finished or not.

    A run that was stopped or killed has no weights.safetensors: its newest checkpoint speaks, with
    an OlderCheckpointWarning where that one is damaged and the one before it speaks, and a
    HistoryWarning where history.csv is not as the run left it.

    Args:
        folder: the run folder.

    Returns:
        The network, plan and history.

    Raises:
        RunError: what is missing or wrong, and in which file.
    """
    folder = home(folder)
    if folder.is_file():
        raise RunError.keyed("runs.is_file", path=folder)
    about, path = read(folder), folder / WEIGHTS
    if path.exists() or not (folder / "checkpoints").is_dir():
        net, rows = load_weights(path), read_history(folder / HISTORY)
    else:
        last = newest(folder)
        net, rows = last.net, rows_behind(folder, last, about.rates)
    return Run(folder, net, about.plan, about.source, rows, *about[2:])


def rows_behind(folder: Path, last: Checkpoint, rates: Sequence[Since]) -> list[Row]:
    """The history behind a checkpoint as rows of numbers. Raises RunError."""
    path = folder / HISTORY
    try:
        return rows_of(text_of(folder, last, rates).decode())
    except (ValueError, TypeError, csv.Error) as error:
        raise RunError.keyed("runs.no_history", path=path, why=reason(error)) from error


def text_of(folder: Path, last: Checkpoint, rates: Sequence[Since]) -> bytes:
    """The lines of history.csv behind a checkpoint, their names first."""
    if isinstance(last.history, list):
        return table(last.history, rates).encode()
    return text_behind(folder / HISTORY, last.history)


def ended_well(folder: Path, text: bytes) -> bool:
    """Whether the last words of a run with this history are there and whole."""
    try:
        load_weights(folder / WEIGHTS)
        return read_text(folder / HISTORY).encode() == text
    except (OSError, ValueError, RunError):
        return False
