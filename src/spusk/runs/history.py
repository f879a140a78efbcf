"""history.csv: a line for each epoch, in the words of Keras, which grows while a run is trained.

A checkpoint says how far the history behind it reaches. What stands after that in the file is of a
training that was killed later, or half a line, and counts for nothing there.
"""

from __future__ import annotations

import csv
import os
import warnings
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from zlib import crc32

from msgspec import Struct

from spusk.errors import RunError, SpuskWarning
from spusk.i18n.reasons import reason
from spusk.io.files import plain, read_text, write, write_at
from spusk.runs.descriptions import Count
from spusk.runs.rate_history import Since, rate_before
from spusk.training import Event

HISTORY = "history.csv"
COLUMNS = {  # history.csv's column -> the number; pandas and Keras users know the left ones
    "epoch": "epoch",
    "loss": "cost",
    "accuracy": "accuracy",
    "val_loss": "watched_cost",
    "val_accuracy": "watched_accuracy",
    "seconds": "seconds",
    "examples_per_second": "speed",
}
RATE = "learning_rate"  # the last column, in Keras's words too
HEADER = ",".join((*COLUMNS, RATE)) + "\n"
Row = dict[str, float | None]


class HistoryWarning(SpuskWarning):
    """history.csv is not as the run left it; what can be read of it is kept."""


class HistoryMark(Struct, frozen=True, forbid_unknown_fields=True):
    """How far the history behind a checkpoint reaches.

    Attributes:
        epochs: whole epochs behind it.
        size: bytes of history.csv that tell of them.
        crc32: of these bytes.
    """

    epochs: Count
    size: Count
    crc32: Count


class HistoryFile:
    """history.csv of a run that is trained: every line is written once.

    What could not be written waits for the next line; a file that was taken away is made anew.

    Args:
        path: the file.
        text: what stands in it, up to where the training goes on.
        epochs: whole epochs behind that place.
    """

    def __init__(self, path: Path, text: bytes = HEADER.encode(), epochs: int = 0) -> None:
        self.path, self.epochs = path, epochs
        self.text, self.code, self.written = bytearray(text), crc32(text), len(text)

    @property
    def mark(self) -> HistoryMark:
        """How far it reaches."""
        return HistoryMark(self.epochs, len(self.text), self.code)

    def add(self, event: Event, rates: Sequence[Since]) -> None:
        """One more epoch; a disk that takes no line is told of at the next `sync`.

        Args:
            event: at its end.
            rates: at which rate the run went since when.
        """
        new = line(event, rates).encode()
        self.text += new
        self.code, self.epochs = crc32(new, self.code), event.epoch
        with suppress(OSError):
            self.sync(lasting=False)

    def settle(self) -> None:
        """Makes the file what it is up to here: what stands after that is cut off. Raises OSError.

        Only where other lines stand before it is the whole of it written anew.
        """
        size = len(self.text)
        with suppress(OSError, ValueError):
            with plain(self.path).open("rb") as file:
                same = file.read(size) == self.text
            if same:
                if self.path.stat().st_size > size:
                    os.truncate(self.path, size)
                return
        write(self.path, bytes(self.text))

    def go_back(self) -> None:
        """Forgets the last line, which comes again; it stands in the file until then."""
        cut = self.text.rstrip(b"\n").rfind(b"\n") + 1
        del self.text[cut:]
        self.code, self.epochs, self.written = crc32(self.text), self.epochs - 1, cut

    def sync(self, lasting: bool = True) -> None:
        """Writes the lines that wait.

        Args:
            lasting: whether they last through a power cut.

        Raises:
            OSError: the disk does not take them.
        """
        if not self.path.exists() or self.path.stat().st_size < self.written:
            write(self.path, bytes(self.text))
        else:
            new = memoryview(bytes(self.text[self.written :]))
            write_at(self.path, self.written, new, lasting)
        self.written = len(self.text)


def line(event: Event, rates: Sequence[Since]) -> str:
    """An epoch's line; no number is an empty cell."""
    numbers = [getattr(event, name) for name in COLUMNS.values()]
    cells = ["" if n is None else str(n) for n in (*numbers, rate_before(rates, event))]
    return ",".join(cells) + "\n"


def table(history: Iterable[Event], rates: Sequence[Since]) -> str:
    """The history as CSV, in Keras's words; no number is an empty cell.

    Args:
        history: events at the ends of epochs.
        rates: at which rate it went since when.

    Returns:
        The text, with a line of names.
    """
    return HEADER + "".join(line(event, rates) for event in history)


def text_behind(path: Path, mark: HistoryMark) -> bytes:
    """The bytes of history.csv that a mark means; where they are others, what can be read of them.

    Warns with a HistoryWarning then.
    """
    try:
        with plain(path).open("rb") as file:
            text = file.read(min(mark.size, os.fstat(file.fileno()).st_size))
    except (OSError, ValueError):
        text = b""
    if (len(text), crc32(text)) == (mark.size, mark.crc32):
        return text
    lines = [HEADER.encode(), *(kept for row, kept in whole_lines(path) if row <= mark.epochs)]
    numbers = {"expected": mark.epochs, "found": len(lines) - 1}
    told = HistoryWarning.keyed("runs.other_history", path=path, **numbers)
    warnings.warn(told, stacklevel=4)
    return b"".join(lines)


def whole_lines(path: Path) -> Iterable[tuple[int, bytes]]:
    """The epochs of a history that can be read, each with its line, to the first that cannot."""
    before = 0
    with suppress(OSError, ValueError, TypeError, OverflowError, csv.Error):
        first, *lines = read_text(path).splitlines(keepends=True)
        if first != HEADER:
            return
        for each in lines:
            (row,) = rows_of(HEADER + each)
            epoch = int(row["epoch"] or 0)
            whole = each.endswith("\n") and each.count(",") == len(COLUMNS)
            if not whole or epoch <= before:
                return
            before = epoch
            yield epoch, each.encode()


def read_history(path: Path) -> list[Row]:
    """history.csv as rows of numbers. Raises RunError naming line and cell."""
    try:
        return rows_of(read_text(path))
    except (OSError, ValueError, TypeError, csv.Error) as error:
        raise RunError.keyed("runs.no_history", path=path, why=reason(error)) from error


def rows_of(text: str) -> list[Row]:
    """The rows of a history's CSV."""
    rows = csv.DictReader(text.splitlines())
    return [{k: float(v) if v else None for k, v in row.items()} for row in rows]


def events_of(text: bytes, steps: int, path: Path, watched: str = "test") -> list[Event]:
    """The events at the ends of epochs that the lines of a history tell of.

    Args:
        text: the lines, their names first.
        steps: of an epoch.
        path: where they stand.
        watched: "test" or "validation", the part that was measured at each epoch's end.

    Returns:
        The events.

    Raises:
        RunError: they are no history.
    """
    try:
        return [event_of(row, steps, watched) for row in rows_of(text.decode())]
    except (KeyError, ValueError, TypeError, OverflowError, csv.Error) as error:
        raise RunError.keyed("runs.no_history", path=path, why=reason(error)) from error


def event_of(row: Row, steps: int, watched: str) -> Event:
    """The event at an epoch's end that a row tells of, in epochs of so many steps."""
    numbers: dict[str, Any] = {
        name.replace("watched", watched): row[column] for column, name in COLUMNS.items()
    }
    return Event(**numbers | {"epoch": int(numbers["epoch"]), "step": steps, "steps": steps})
