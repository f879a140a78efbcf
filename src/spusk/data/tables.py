"""Tables of text: one example a line, its numbers and its class.

Delimiter: the commonest of `,` `;` tab in the first line; with `;` a decimal comma is understood.
A header is a first line with a word in it that is no number (a word in the first place alone is a
class's name), or with `label`, `class`, `y` or `target` in the first place. Answer: the column of
that name, else the first one; `label` and `class` are classes (numbers or names), `y` and `target`
are classes when all are whole in 0..255, else targets. A header's nameless first column is a row
number and is left out. Numbers are pixels (kept as bytes) when all are whole in 0..255 and one is
above 1.
"""

import csv
import gzip
import io
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from math import isfinite, nan
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spusk.data.samples import MOST_CLASSES, Sample, as_pixels
from spusk.data.stream import fits, reading, regular
from spusk.errors import DataError
from spusk.i18n.reasons import reason

LONGEST = 1 << 20  # characters of a line
BLOCK = 1 << 18  # characters, and numbers, that are taken at once
NAMES = ("label", "class", "y", "target")
EXACT = np.lib.NumpyVersion(np.__version__) >= "2.3.0"  # before, 1.5 was read as the whole number 1
ODD = '"\x1c\x1d\x1e\x1f'  # what means another thing to NumPy's reader than to csv and float


@dataclass(frozen=True)
class Layout:
    """How the lines of one table are read."""

    delimiter: str
    header: int  # lines up to the header and with it; 0 where there is none
    skip: int  # leading columns that are a mere row number
    column: int  # of the answer, counted after those
    width: int  # values of a line, those included
    asked: str  # the answer's name in the header, or "label"
    words: bool  # classes are words, not numbers

    def row(self, number: type[np.generic]) -> np.dtype[np.void]:
        """The values of a line, its inputs as such numbers."""
        answer, after = np.float64 if not self.words else object, self.width - self.skip - 1
        return np.dtype([
            ("skipped", object, (self.skip,)), ("before", number, (self.column,)),
            ("answer", answer), ("after", number, (after - self.column,)),
        ])  # fmt: skip


def read_table(path: Path) -> Sample:
    """The sample of a .csv, .tsv or .txt file, or one of these in `.gz`.

    Raises DataError naming line and column of what is no number, is missing or is too much.
    """
    with reading(path):
        layout, most_rows = _survey(path)
        table = Table(path, layout, most_rows)
        lines, done = islice(lines_of(path), layout.header, None), layout.header
        while block := _block(lines):
            if not table.take(block):
                table.take_singly(chain(block, lines), done)
            done += len(block)
    return table.sample()


class Table:
    """What was read so far: inputs, bytes as long as all are pixels, and answers."""

    def __init__(self, path: Path, layout: Layout, most_rows: int) -> None:
        self.path, self.layout, self.count = path, layout, 0
        self.x: NDArray[np.generic] = np.zeros(
            (most_rows, layout.width - layout.skip - 1), np.uint8
        )
        self.answers = np.zeros(most_rows)
        self.words: dict[str, int] = {}

    def take(self, block: list[str]) -> bool:
        """Takes lines by NumPy's reader, in C; False, and no row more, where it is no use."""
        decimal_comma = self.layout.delimiter == ";"
        odd = ODD + "," * (decimal_comma and self.layout.words)
        if not EXACT or any(char in line for line in block for char in odd):
            return False
        rows = self._parsed([line.replace(",", ".") for line in block] if decimal_comma else block)
        if rows is None:
            return False
        x, answers = np.concatenate([rows["before"], rows["after"]], axis=1), rows["answer"]
        if self.layout.words:
            answers = np.array([self._class(word) for word in answers])
        good = bool(np.isfinite(answers).all() and np.isfinite(x).all())
        if good:
            self._add(x, answers)
        return good

    def _parsed(self, block: list[str]) -> NDArray[np.void] | None:
        if any(map(str.strip, block)):  # it warns where there is nothing
            for number in (np.uint8, np.float64):
                with suppress(ValueError):
                    row, delimiter = self.layout.row(number), self.layout.delimiter
                    return np.loadtxt(block, row, comments=None, delimiter=delimiter, ndmin=1)
        return None

    def take_singly(self, lines: Iterable[str], done: int) -> None:
        """Takes lines value by value, `done` lines standing before: names what is wrong, where."""
        rows: list[list[float]] = []
        answers: list[float] = []
        for line, cells in self._cells(lines, done):
            del cells[: self.layout.skip]
            answers.append(self._answer(cells.pop(self.layout.column), line))
            rows.append(self._inputs(cells, line))
            if len(rows) * self.layout.width >= BLOCK:
                self._add(np.array(rows), answers)
                rows, answers = [], []
        if rows:
            self._add(np.array(rows), answers)

    def _cells(self, lines: Iterable[str], done: int) -> Iterator[tuple[int, list[str]]]:
        """The values of every line that holds something, with its number (from 1)."""
        reader = csv.reader(lines, delimiter=self.layout.delimiter, strict=True)
        try:
            for cells in reader:
                if not cells or (len(cells) == 1 and not cells[0].strip()):
                    continue
                if len(cells) != self.layout.width:
                    widths = {"expected": self.layout.width, "found": len(cells)}
                    raise self._wrong("width", done + reader.line_num, **widths)
                yield done + reader.line_num, cells
        except csv.Error as error:
            raise self._wrong("line", done + reader.line_num, why=reason(error)) from error

    def _inputs(self, cells: list[str], line: int) -> list[float]:
        values = _numbers(cells, self.layout.delimiter)
        if not all(map(isfinite, values)):
            place = next(i for i, value in enumerate(values) if not isfinite(value))
            column = place + self.layout.skip + (place >= self.layout.column) + 1
            raise self._wrong("cell", line, column=column, found=_short(cells[place]))
        return values

    def _answer(self, text: str, line: int) -> float:
        if self.layout.words:
            number, kind, where = self._class(text), "class", {}
        else:
            number = _numbers([text], self.layout.delimiter)[0]
            kind, where = "cell", {"column": self.layout.column + self.layout.skip + 1}
        if not isfinite(number):
            raise self._wrong(kind, line, **where, found=_short(text))
        return number

    def _class(self, text: str) -> float:
        """The number of a class; nan for no name, or one too many."""
        word = text.strip()
        if not word or (word not in self.words and len(self.words) == MOST_CLASSES):
            return nan
        return self.words.setdefault(word, len(self.words))

    def _wrong(self, kind: str, line: int, **found: object) -> DataError:
        return DataError.keyed(f"data.{kind}", path=self.path, line=line, **found)

    def _add(self, x: NDArray[np.generic], answers: ArrayLike) -> None:
        """Rows more; all are float64 as soon as one of them holds what is no byte."""
        end = self.count + len(x)
        if end > len(self.x):
            raise DataError.keyed("data.grew", path=self.path)
        if self.x.dtype == np.uint8 and x.dtype != np.uint8 and not _are_bytes(x):
            fits(8 * self.x.size, self.path.stat().st_size, str(self.path))
            wide = np.zeros(self.x.shape)
            wide[: self.count] = self.x[: self.count]
            self.x = wide
        self.x[self.count : end] = x
        self.answers[self.count : end] = answers
        self.count = end

    def sample(self) -> Sample:
        """The sample of what was read. DataError: nothing, or its answers are none."""
        if not self.count:
            raise DataError.keyed("data.no_lines", path=self.path)
        x, answers, name = self.x[: self.count], self.answers[: self.count], self.path.name
        pixels = x if x.dtype == np.uint8 and x.max() > 1 else as_pixels(x)
        x = x.astype(np.float64, copy=False) if pixels is None else pixels
        if self.layout.words:
            order = sorted(self.words)
            place = np.empty(len(order), np.int64)
            place[[self.words[word] for word in order]] = np.arange(len(order))
            labels = place[answers.astype(np.int64)]
            return Sample(x, labels=labels, name=name, class_names=tuple(order))
        whole = np.array_equal(answers, np.floor(answers)) and answers.min() >= 0
        if self.layout.asked in ("y", "target") and not (whole and answers.max() <= 255):
            return Sample(x, y=answers, name=name)
        return Sample(x, labels=answers, name=name)


def lines_of(path: Path) -> Iterator[str]:
    """The lines of a UTF-8 text file, packed or not, each and all of bounded length."""
    size = regular(path).stat().st_size
    unpacked = 0
    packed = path.name.lower().endswith(".gz")
    with (
        gzip.open(path) if packed else path.open("rb") as raw,
        io.TextIOWrapper(raw, encoding="utf-8-sig") as text,
    ):
        while line := text.readline(LONGEST + 1):
            unpacked += len(line)
            if len(line) > LONGEST:
                raise DataError.keyed("data.long_line", path=path, limit=LONGEST)
            fits(unpacked, size, str(path))
            yield line


def _block(lines: Iterable[str]) -> list[str]:
    """The next lines, of BLOCK characters or a little more."""
    block, held = [], 0
    for line in lines:
        block.append(line)
        held += len(line)
        if held >= BLOCK:
            break
    return block


def _survey(path: Path) -> tuple[Layout, int]:
    """The layout by the first two lines, and how many rows there can be at most."""
    first: list[str] = []
    lines = characters = before = 0
    for line in lines_of(path):
        if len(first) < 2 and line.strip():
            before = before if first else lines
            first.append(line)
        lines += 1
        characters += len(line)
    if not first:
        raise DataError.keyed("data.empty_file", path=path)
    layout = _layout(first, before, path)
    shortest = 2 * layout.width - layout.skip  # a value and what ends it; a row number may be empty
    return layout, min(lines, characters // shortest + 1)


def _layout(first: list[str], before: int, path: Path) -> Layout:
    delimiter = max(",;\t", key=first[0].count)
    head = [cell.strip() for cell in _split(first[0], delimiter, path)]
    if len(head) < 2:
        raise DataError.keyed("data.one_value", path=path)
    lower = [cell.lower() for cell in head]
    header = lower[0] in NAMES or any(not _is_number(cell, delimiter) for cell in head[1:])
    if not header:
        return Layout(delimiter, 0, 0, 0, len(head), "label", not _is_number(head[0], delimiter))
    skip = int(head[0] == "" and len(head) > 2)
    asked = next((name for name in NAMES if name in lower[skip:]), "label")
    column = lower.index(asked, skip) - skip if asked in lower[skip:] else 0
    row = _split(first[1], delimiter, path) if len(first) > 1 else []
    place = column + skip
    words = asked in ("label", "class") and place < len(row)
    words = words and not _is_number(row[place], delimiter)
    return Layout(delimiter, before + 1, skip, column, len(head), asked, words)


def _split(line: str, delimiter: str, path: Path) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise DataError.keyed("data.near_line", path=path, why=reason(error)) from error


def _are_bytes(x: NDArray[np.generic]) -> bool:
    """Whether a byte can stand for each of these numbers; a negative zero it would change."""
    return bool(x.max() <= 255 and np.array_equal(x, np.floor(x)) and not np.signbit(x).any())


def _numbers(cells: list[str], delimiter: str) -> list[float]:
    """The cells as numbers, nan for what is none."""
    if delimiter == ";":
        cells = [cell.replace(",", ".") for cell in cells]
    try:
        return list(map(float, cells))
    except ValueError:
        return [float(cell) if _is_number(cell, delimiter) else nan for cell in cells]


def _is_number(text: str, delimiter: str) -> bool:
    try:
        float(text.replace(",", ".") if delimiter == ";" else text)
    except ValueError:
        return False
    return True


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "…")
