"""run.json and history.csv: what a run is and how it went, for people and programs."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from spusk import __version__
from spusk.data import Sample
from spusk.errors import InputError, RunError
from spusk.network import Network
from spusk.sgd import Event, Plan
from spusk.store.checkpoint import newest
from spusk.store.files import write
from spusk.store.weights import WEIGHTS, description, load_weights, save_weights

FORMAT = 1
COLUMNS = {  # history.csv's column -> the event's number; pandas and Keras users know the left ones
    "epoch": "epoch",
    "loss": "cost",
    "accuracy": "accuracy",
    "val_loss": "test_cost",
    "val_accuracy": "test_accuracy",
    "seconds": "seconds",
    "examples_per_second": "speed",
}
PLAN = ("rate", "batch", "epochs", "seed")


class Run(NamedTuple):
    """A run folder read back: the trained network, its plan, the data's name, the history.

    `engine` and `fingerprint` (of the training sample) are there where a run can be resumed.
    """

    folder: Path
    net: Network
    plan: Plan
    source: str
    history: list[dict[str, float | None]]
    note: Mapping[str, Any]
    engine: str | None = None
    fingerprint: str | None = None


def fingerprint(V: Sample) -> str:
    """SHA-256 of a sample's numbers: the same set has the same, a changed one another."""
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
    """Writes a finished run: weights, history and description."""
    save_weights(net, folder / WEIGHTS)
    write(folder / "history.csv", table(history).encode())
    describe(folder, net, plan, source, note or {})


def describe(
    folder: Path,
    net: Network,
    plan: Plan,
    source: str,
    note: Mapping[str, Any],
    engine: str | None = None,
    mark: str | None = None,
) -> None:
    """Writes run.json."""
    about = {
        "format": FORMAT,
        "spusk": __version__,
        "network": description(net),
        "plan": {k: getattr(plan, k) for k in PLAN},
        "data": source,
        "engine": engine,
        "fingerprint": mark,
        "note": dict(note),
    }
    write(folder / "run.json", (json.dumps(about, indent=2) + "\n").encode())


def table(history: Sequence[Event]) -> str:
    """The history as CSV; a number that is not there is an empty cell."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for event in history:
        rows.writerow(["" if (n := getattr(event, k)) is None else n for k in COLUMNS.values()])
    return text.getvalue()


def load(folder: Path) -> Run:
    """Reads a run folder, finished or not. Raises RunError naming what is missing or wrong.

    A run that was stopped or killed has no weights.safetensors: its newest checkpoint speaks.
    """
    about = read_description(folder)
    try:
        plan = Plan(**{k: about["plan"][k] for k in PLAN})
        source, note = str(about["data"]), dict(about.get("note", {}))
    except (KeyError, TypeError, ValueError, InputError) as error:
        raise RunError(f"{folder / 'run.json'}: expected a spusk run, {error!r}") from error
    more = (note, about.get("engine"), about.get("fingerprint"))
    path = folder / WEIGHTS
    if path.exists() or not (folder / "checkpoints").is_dir():
        return Run(
            folder, load_weights(path), plan, source, read_history(folder / "history.csv"), *more
        )
    last = newest(folder)
    return Run(folder, last.net, plan, source, rows_of(table(last.history)), *more)


def read_description(folder: Path) -> dict[str, Any]:
    """run.json as a dictionary. Raises RunError when it is not one this version can read."""
    path = folder / "run.json"
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RunError(
            f"{folder}: expected a run folder with run.json, found none; make one with spusk train"
        ) from error
    except (ValueError, RecursionError) as error:
        raise RunError(f"{path}: expected JSON, found {error}") from error
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise RunError(
            f"{path}: expected format {FORMAT}, found "
            f"{repr(about.get('format')) if isinstance(about, dict) else type(about).__name__}; "
            "it was made by another version of spusk"
        )
    return about


def read_history(path: Path) -> list[dict[str, float | None]]:
    """history.csv as rows of numbers. Raises RunError naming line and cell."""
    try:
        return rows_of(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, csv.Error) as error:
        raise RunError(f"{path}: expected a history of numbers, found {error}") from error


def rows_of(text: str) -> list[dict[str, float | None]]:
    """The rows of a history's CSV."""
    rows = csv.DictReader(text.splitlines())
    return [{k: float(v) if v else None for k, v in row.items()} for row in rows]
