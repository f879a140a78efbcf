"""Run folders: what a training leaves behind, and how it is read back.

    RUN/
      run.json              the network's description, the plan, the data: all it takes to repeat it
      weights.safetensors   W1, b1, W2, b2, …
      history.csv           one row per epoch, in Keras's words
      *.png                 pictures

Every file is written beside itself and then moved into place, so that a reader, or a crash, sees
the old file or the new one and never half of it.
"""

import csv
import io
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from spusk import __version__
from spusk.errors import InputError, RunError
from spusk.network import Network
from spusk.sgd import Event, Plan

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
DESCRIPTION = ("sizes", "activation", "output", "error", "seed", "init")


class Run(NamedTuple):
    """A run folder read back: the trained network, its plan, the data's name, the history."""

    folder: Path
    net: Network
    plan: Plan
    source: str
    history: list[dict[str, float | None]]
    note: Mapping[str, Any]


def write(path: Path, content: bytes) -> None:
    """Puts content at path, whole or not at all: temporary file beside it, fsync, replace."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def save_weights(net: Network, path: Path) -> None:
    """Writes the network alone: W1, b1, … and its description, as safetensors."""
    from safetensors.numpy import save

    tensors = {}
    for number, (W, b) in enumerate(net.layers, start=1):
        tensors[f"W{number}"], tensors[f"b{number}"] = W, b
    write(path, save(tensors, metadata={"spusk": json.dumps(description(net))}))


def load_weights(path: Path) -> Network:
    """The network of a weights file. Raises RunError naming the file, expected and found."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            about = json.loads((file.metadata() or {})["spusk"])
            net = Network(**about, dtype=file.get_tensor("W1").dtype)
            for number, (W, b) in enumerate(net.layers, start=1):
                for name, place in ((f"W{number}", W), (f"b{number}", b)):
                    found = file.get_tensor(name)
                    if found.shape != place.shape or found.dtype != place.dtype:
                        raise RunError(
                            f"{path}: {name} expected {place.dtype}{place.shape}, "
                            f"found {found.dtype}{found.shape}"
                        )
                    place[:] = found
    except (OSError, KeyError, TypeError, ValueError, SafetensorError) as error:
        raise RunError(f"{path}: expected spusk weights, found {error}") from error
    if not np.isfinite(net.theta).all():
        raise RunError(f"{path}: expected finite weights, found NaN or infinity")
    return net


def description(net: Network) -> dict[str, Any]:
    """What it takes to make a network of this kind again, its weights aside."""
    return {name: getattr(net, name) for name in DESCRIPTION}


def save(
    folder: Path,
    net: Network,
    plan: Plan,
    source: str,
    history: Sequence[Event],
    note: Mapping[str, Any] | None = None,
) -> None:
    """Writes a run folder: weights, history and description."""
    about = {
        "format": FORMAT,
        "spusk": __version__,
        "network": description(net),
        "plan": {k: getattr(plan, k) for k in ("rate", "batch", "epochs", "seed")},
        "data": source,
        "note": dict(note or {}),
    }
    save_weights(net, folder / "weights.safetensors")
    write(folder / "history.csv", table(history).encode())
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
    """Reads a run folder. Raises RunError naming what is missing or wrong."""
    about = read_description(folder)
    try:
        plan = Plan(**about["plan"])
        source, note = str(about["data"]), dict(about.get("note", {}))
    except (KeyError, TypeError, ValueError, InputError) as error:
        raise RunError(f"{folder / 'run.json'}: expected a spusk run, {error!r}") from error
    net = load_weights(folder / "weights.safetensors")
    return Run(folder, net, plan, source, read_history(folder / "history.csv"), note)


def read_description(folder: Path) -> dict[str, Any]:
    """run.json as a dictionary. Raises RunError when it is not one this version can read."""
    path = folder / "run.json"
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RunError(
            f"{folder}: expected a run folder with run.json, found none; make one with spusk train"
        ) from error
    except ValueError as error:
        raise RunError(f"{path}: expected JSON, found {error}") from error
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise RunError(
            f"{path}: expected format {FORMAT}, found "
            f"{about.get('format') if isinstance(about, dict) else type(about).__name__}; "
            "it was made by another version of spusk"
        )
    return about


def read_history(path: Path) -> list[dict[str, float | None]]:
    """history.csv as rows of numbers. Raises RunError naming line and cell."""
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        return [{k: float(v) if v else None for k, v in row.items()} for row in rows]
    except (OSError, ValueError, TypeError) as error:
        raise RunError(f"{path}: expected a history of numbers, found {error}") from error
