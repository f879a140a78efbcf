"""A run read back, and history.csv: how it went, in the words of Keras."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from spusk.data import Sample
from spusk.display import short_repr
from spusk.errors import RunError
from spusk.i18n.reasons import reason
from spusk.io.files import read_text, write
from spusk.nn.network import Network
from spusk.runs.checkpoint import newest
from spusk.runs.manifest import Manifest, describe, read
from spusk.runs.rate_history import Since, from_start, rate_before
from spusk.runs.weights import WEIGHTS, load_weights, save_weights
from spusk.training import Event, Plan

HISTORY = "history.csv"
COLUMNS = {  # history.csv's column -> the event's number; pandas and Keras users know the left ones
    "epoch": "epoch",
    "loss": "cost",
    "accuracy": "accuracy",
    "val_loss": "test_cost",
    "val_accuracy": "test_accuracy",
    "seconds": "seconds",
    "examples_per_second": "speed",
}
RATE = "learning_rate"  # the last column, in Keras's words too


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

    def __repr__(self) -> str:
        return short_repr(self)


def fingerprint(V: Sample) -> str:
    """SHA-256 of a sample's numbers: the same set has the same, a changed one another.

    Args:
        V: the sample.

    Returns:
        64 hexadecimal digits.
    """
    answers = V.y if V.labels is None else V.labels
    code = hashlib.sha256()
    for array in (V.x, answers):
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


def table(history: Sequence[Event], rates: Sequence[Since]) -> str:
    """The history as CSV, in Keras's words; no number is an empty cell.

    Args:
        history: events at the ends of epochs.
        rates: at which rate it went since when.

    Returns:
        The text, with a line of names.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow((*COLUMNS, RATE))
    for event in history:
        numbers = ["" if (n := getattr(event, k)) is None else n for k in COLUMNS.values()]
        rate = rate_before(rates, event)
        rows.writerow((*numbers, "" if rate is None else rate))
    return text.getvalue()


def load(folder: Path) -> Run:
    """Reads a run folder, finished or not.

    A run that was stopped or killed has no weights.safetensors: its newest checkpoint speaks, with
    an OlderCheckpointWarning where that one is damaged and the one before it speaks.

    Args:
        folder: the run folder.

    Returns:
        The network, plan and history.

    Raises:
        RunError: what is missing or wrong, and in which file.
    """
    about, path = read(folder), folder / WEIGHTS
    if path.exists() or not (folder / "checkpoints").is_dir():
        net, rows = load_weights(path), read_history(folder / HISTORY)
    else:
        last = newest(folder)
        net, rows = last.net, rows_of(table(last.history, about.rates))
    return Run(folder, net, about.plan, about.source, rows, *about[2:])


def read_history(path: Path) -> list[dict[str, float | None]]:
    """history.csv as rows of numbers. Raises RunError naming line and cell."""
    try:
        return rows_of(read_text(path))
    except (OSError, ValueError, TypeError, csv.Error) as error:
        raise RunError.keyed("runs.no_history", path=path, why=reason(error)) from error


def rows_of(text: str) -> list[dict[str, float | None]]:
    """The rows of a history's CSV."""
    rows = csv.DictReader(text.splitlines())
    return [{k: float(v) if v else None for k, v in row.items()} for row in rows]


def ended_well(folder: Path, history: Sequence[Event], rates: Sequence[Since]) -> bool:
    """Whether the last words of a run with this history are there and whole."""
    try:
        load_weights(folder / WEIGHTS)
        return read_history(folder / HISTORY) == rows_of(table(history, rates))
    except RunError:
        return False
