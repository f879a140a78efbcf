"""Many runs at a glance: what each was, how far it came and how well; no weights are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from spusk.data import Sample
from spusk.display import short_repr
from spusk.errors import RunError
from spusk.nn.network import Network
from spusk.optim.schedules import Schedule
from spusk.runs.history import HEADER, HISTORY, Row, rows_of, whole_lines
from spusk.runs.manifest import read, read_json
from spusk.runs.weights import WEIGHTS
from spusk.training.health import constant_cost

DEPTH = 3  # folders below the one that is looked through
CONSTANT = "constant_cost"  # of a note: the cost of the best constant answer to what is watched
ORDERS = ("name", "accuracy", "cost", "epochs", "seconds", "date")


class Summary(NamedTuple):
    """A run folder in a row.

    Attributes:
        folder: where it is.
        data: the set's name or path.
        sizes: neurons per layer.
        rule: the step rule's name.
        rate: the learning rate η, a number or a schedule.
        epochs: that are done.
        planned: epochs in all.
        accuracy: the last one on what was watched, 0…1, where there are classes and such a part:
            the validation part, else the test set.
        best: the best one.
        cost: the last one, on what was watched where there is such a part.
        outcome: how it ended; None: it was stopped, killed, or is under way.
        seconds: of training.
        date: when it was written last, ISO 8601.
        history: its rows.
        test_cost: of a run with a validation part, on the test set, looked at once in the end.
        test_accuracy: the same of right answers, 0…1.
        r2: the best R² on what was watched, of a run with one target.
    """

    folder: Path
    data: str
    sizes: tuple[int, ...]
    rule: str
    rate: float | Schedule
    epochs: int
    planned: int
    accuracy: float | None
    best: float | None
    cost: float | None
    outcome: str | None
    seconds: float
    date: str
    history: list[Row]
    test_cost: float | None = None
    test_accuracy: float | None = None
    r2: float | None = None

    def __repr__(self) -> str:
        return short_repr(self)

    def data_row(self) -> dict[str, Any]:
        """It as JSON tells it."""
        row = self._asdict() | {"folder": str(self.folder), "rate": f"{self.rate:g}"}
        del row["history"]
        return row


def find(places: Iterable[Path]) -> Iterator[Path]:
    """The run folders among these, or below them, by name."""
    for place in places:
        if (place / "run.json").is_file():
            yield place
            continue
        below = (path for depth in range(1, DEPTH + 1) for path in place.glob("[!.]*/" * depth))
        yield from sorted(path for path in below if (path / "run.json").is_file())


def summarise(folder: Path) -> Summary:
    """A run in a row.

    Args:
        folder: the run folder.

    Returns:
        What its run.json and history.csv say.

    Raises:
        RunError: no run, or a damaged description.
    """
    about, found = read(folder), read_json(folder)
    lines = b"".join(line for _, line in whole_lines(folder / HISTORY)).decode()
    rows = rows_of(HEADER + lines)
    right = [row["val_accuracy"] for row in rows if row["val_accuracy"] is not None]
    last: Row = rows[-1] if rows else {}
    cost = last.get("val_loss")
    tested = about.test or (None, None)
    written = max(p.stat().st_mtime for p in (folder / "run.json", folder / HISTORY) if p.exists())
    return Summary(
        folder, about.source, sizes_of(found), about.plan.rule.name, about.plan.rate,
        int(last.get("epoch") or 0), about.plan.epochs,
        last.get("val_accuracy"), max(right, default=None),
        last.get("loss") if cost is None else cost,
        about.outcome or ("finished" if (folder / WEIGHTS).is_file() else None),
        last.get("seconds") or 0.0,
        datetime.fromtimestamp(written).astimezone().isoformat(timespec="seconds"), rows,
        tested[0], tested[1], best_r2(rows, about.note.get(CONSTANT)),
    )  # fmt: skip


def constant_note(net: Network, watched: Sample | None) -> dict[str, float]:
    """What a run says so that R² can be told: the cost of a constant answer to its one target.

    Args:
        net: the network.
        watched: what its history's test numbers are about.

    Returns:
        A part of its note.
    """
    if watched is None or watched.labels is not None or watched.classes != 1:
        return {}
    return {CONSTANT: constant_cost(net, watched)} if net.error == "squared" else {}


def best_r2(rows: Iterable[Row], constant: object) -> float | None:
    """1 − C/C̄ of the best epoch, C̄ the cost of a constant answer to what was watched."""
    costs = [row["val_loss"] for row in rows if row["val_loss"] is not None]
    known = isinstance(constant, int | float) and constant > 0
    return 1 - min(costs) / constant if costs and known else None  # type: ignore[operator]


def sizes_of(found: dict[str, Any]) -> tuple[int, ...]:
    """The layers that run.json names, for people; () where it names none."""
    network = found.get("network")
    sizes = network.get("sizes") if isinstance(network, dict) else None
    return tuple(sizes) if isinstance(sizes, list) else ()


def summaries(places: Iterable[Path], order: str = "name") -> tuple[list[Summary], list[RunError]]:
    """All runs among these folders or below them, and what is wrong with those left out.

    Args:
        places: run folders, or folders of run folders.
        order: "name", or the best "accuracy", the least "cost", the most "epochs" or "seconds", the
            latest "date" first.

    Returns:
        The runs in that order, and an error for each that cannot be read.
    """
    rows, wrong = [], []
    for folder in find(places):
        try:
            rows.append(summarise(folder))
        except RunError as error:
            wrong.append(error)
    return sorted(rows, key=lambda row: rank(row, order)), wrong


def rank(row: Summary, order: str) -> Any:  # noqa: ANN401 - texts or numbers
    """What a run is sorted by; what it has no number for comes last."""
    if order == "name":
        return str(row.folder)
    if order == "date":
        return -datetime.fromisoformat(row.date).timestamp()
    value = row.best if order == "accuracy" else getattr(row, order)
    if value is None:
        return float("inf")
    return value if order == "cost" else -value
