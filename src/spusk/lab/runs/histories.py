"""A history kept beside its weights: the lab's own history.json, or a run folder's history.csv."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from spusk.errors import InputError, RunError
from spusk.i18n import say
from spusk.lab.requests import is_number, is_whole
from spusk.lab.runs.base import LabRun
from spusk.lab.runs.loaded import ROW, LoadedRun
from spusk.runs.history import read_history

ENDINGS = (".json", ".csv")
MOST = 10_000  # epochs
PLAN = ("rate", "batch", "epochs", "seed")  # what history.json tells of the training


def remember(run: LabRun, path: Path, name: str, lang: str) -> None:
    """Gives loaded weights their history. Raises InputError for a file that holds another's."""
    said = described(path)
    rows = checked(said.get("history"))
    if not isinstance(run, LoadedRun) or rows is None:
        raise InputError(say("lab.no_history", lang, name=name))
    if "sizes" in said and said["sizes"] != [*run.seen.sizes]:
        raise InputError(say("lab.other_history", lang, name=name))
    plan = {part: said[part] for part in PLAN if is_number(said.get(part))}
    with run.gate:
        run.history = rows
        run.told_of = {**run.told_of, "epochs": len(rows), **plan}


def described(path: Path) -> dict[str, Any]:
    """What a file says of a run; nothing where it is no history."""
    try:
        if path.suffix == ".csv":
            return {"history": [own_columns(row) for row in read_history(path)]}
        said = json.loads(path.read_bytes())
    except (RunError, ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def own_columns(row: dict[str, float | None]) -> dict[str, float | None]:
    """A row of history.csv in the lab's words."""
    return {part: row.get(theirs) for part, theirs in ROW.items()}


def checked(rows: object) -> list[dict[str, Any]] | None:
    """An epoch's numbers in each row, the epochs rising; None for anything else."""
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST:
        return None
    if not all(isinstance(row, dict) and all(map(is_measure, map(row.get, ROW))) for row in rows):
        return None
    found = [{part: row.get(part) for part in ROW} for row in rows]
    epochs = [row["epoch"] for row in found]
    if not all(map(is_whole, epochs)) or not all(a < b for a, b in pairwise([0, *epochs])):
        return None
    return [row | {"epoch": int(row["epoch"])} for row in found]


def is_measure(value: object) -> bool:
    """A number, or none where it was not measured."""
    return value is None or is_number(value)
