"""Tables of text: one example a line, its numbers and its class (see `layouts`, `columns`).

Classes are words or whole numbers. A column of few words becomes one input, 0 or 1, for each of
them. Numbers are kept as bytes when all are whole in 0..255 and one is above 1.
"""

import csv
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice
from math import isfinite, nan
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spusk.data.answers import Answers, Spread, spread
from spusk.data.arrays import as_pixels, frozen
from spusk.data.columns import NOTHING, numbers
from spusk.data.labels import MOST_CLASSES
from spusk.data.layouts import SPACES, Layout, lines_of, spaced, survey
from spusk.data.preprocessing import Preparation
from spusk.data.reading import Found, Reading
from spusk.data.samples import Sample
from spusk.data.stream import fits, reading
from spusk.errors import DataError
from spusk.i18n import Phrase
from spusk.i18n.reasons import reason

BLOCK = 1 << 18  # characters, and numbers, that are taken at once
EXACT = np.lib.NumpyVersion(np.__version__) >= "2.3.0"  # before, 1.5 was read as the whole number 1
ODD = '"\x1c\x1d\x1e\x1f'  # what means another thing to NumPy's reader than to csv and float


class Parsed(NamedTuple):
    """A table that was read: the sample, where values are missing (K, n), and what was found."""

    V: Sample
    holes: NDArray[np.bool_] | None
    found: Found


def read_table(
    path: Path,
    wish: Reading = Reading(),  # noqa: B008 - a tuple
    form: Preparation | None = None,
) -> Parsed:
    """What is in a .csv, .tsv or .txt file, or one of these in `.gz`.

    `form`: of the network whose inputs the table holds; they are found by their names.
    Raises DataError naming line and column of what is no number, is missing or is too much.
    """
    with reading(path):
        layout, most_rows = survey(path, wish, form)
        table = Table(path, layout, most_rows, wish, form)
        lines, done = islice(lines_of(path), layout.header, None), layout.header
        while block := _block(lines):
            if not table.take(block):
                table.take_singly(chain(block, lines), done)
            done += len(block)
    return table.parsed()


class Table:
    """What was read so far: inputs, bytes as long as all are pixels, and answers."""

    def __init__(
        self, path: Path, layout: Layout, most_rows: int, wish: Reading, form: Preparation | None
    ) -> None:
        self.path, self.layout, self.wish, self.count = path, layout, wish, 0
        self.places = layout.inputs
        self.x: NDArray[np.generic] = np.zeros((most_rows, len(self.places)), np.uint8)
        self.answers = np.zeros(most_rows)
        self.weights = np.ones(most_rows if layout.weight >= 0 else 0)
        self.words: dict[str, int] = {}
        self.texts: dict[int, dict[str, int]] = {place: {} for place in layout.texts}
        self.form = form
        self.holes: list[tuple[int, int]] = []  # row and place of what is missing
        self.first_hole: dict[str, object] = {}
        self.missing = self.dropped = 0

    def take(self, block: list[str]) -> bool:
        """Takes lines by NumPy's reader, in C; False, and no row more, where it is no use."""
        decimal_comma = self.layout.delimiter == ";"
        odd = ODD + "," * (decimal_comma and self.layout.words)
        if not EXACT or self.texts or any(char in line for line in block for char in odd):
            return False
        rows = self._parsed([line.replace(",", ".") for line in block] if decimal_comma else block)
        if rows is None:
            return False
        fields = rows.dtype.names or ()
        x = np.concatenate([rows[name] for name in fields if name.startswith("x")], axis=1)
        answers: NDArray[Any] = np.zeros(len(x))
        for name in fields:
            answers = rows[name] if name.startswith("y") else answers
        if self.layout.words:
            answers = np.array([self._class(word) for word in answers])
        weights = next((rows[name] for name in fields if name.startswith("w")), np.ones(0))
        good = bool(np.isfinite(answers).all() and np.isfinite(x).all())
        good = good and bool((np.isfinite(weights) & (weights >= 0)).all())
        if good:
            self._add(x, answers, weights)
        return good

    def _parsed(self, block: list[str]) -> NDArray[np.void] | None:
        if any(map(str.strip, block)):  # it warns where there is nothing
            for number in (np.uint8, np.float64):
                with suppress(ValueError):
                    row = self.layout.row(number)
                    between = None if self.layout.delimiter == SPACES else self.layout.delimiter
                    return np.loadtxt(block, row, comments=None, delimiter=between, ndmin=1)
        return None

    def take_singly(self, lines: Iterable[str], done: int) -> None:
        """Takes lines value by value, `done` lines standing before: names what is wrong, where."""
        rows: list[list[float]] = []
        answers: list[float] = []
        weights: list[float] = []
        for line, cells in self._cells(lines, done):
            holes = self.missing
            answer = self._answer(cells, line)
            weight = self._weight(cells, line)
            values = self._inputs(cells, line, self.count + len(rows))
            if self.missing > holes and self.wish.missing == "drop":
                self.dropped += 1
                continue
            answers.append(answer)
            weights += weight
            rows.append(values)
            if len(rows) * self.layout.width >= BLOCK:
                self._add(np.array(rows), answers, weights)
                rows, answers, weights = [], [], []
        if rows:
            self._add(np.array(rows), answers, weights)

    def _cells(self, lines: Iterable[str], done: int) -> Iterator[tuple[int, list[str]]]:
        """The values of every line that holds something, with its number (from 1)."""
        if self.layout.delimiter == SPACES:
            numbered = ((done + k, spaced(line)) for k, line in enumerate(lines, start=1))
            yield from self._full(numbered)
            return
        reader = csv.reader(lines, delimiter=self.layout.delimiter, strict=True)
        try:
            yield from self._full((done + reader.line_num, cells) for cells in reader)
        except csv.Error as error:
            raise self._wrong("line", done + reader.line_num, why=reason(error)) from error

    def _full(self, rows: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
        """The rows that hold something. Raises DataError where one has too many values, or few."""
        for line, cells in rows:
            if not cells or (len(cells) == 1 and not cells[0].strip()):
                continue
            if len(cells) != self.layout.width:
                widths = {"expected": self.layout.width, "found": len(cells)}
                raise self._wrong("width", line, **widths)
            yield line, cells

    def _inputs(self, cells: list[str], line: int, row: int) -> list[float]:
        found = [cells[place] for place in self.places]
        values = numbers(found, self.layout.delimiter)
        if self.texts or not all(map(isfinite, values)):
            for k, place in enumerate(self.places):
                if place in self.texts or not isfinite(values[k]):
                    values[k] = self._odd(found[k], place, line, row, k)
        return values

    def _odd(self, cell: str, place: int, line: int, row: int, k: int) -> float:
        """The number of a word, or 0 where a value is missing. Raises DataError for all else."""
        word = cell.strip()
        if word.lower() in NOTHING and not self.wish.before:
            self.missing += 1
            self.first_hole = self.first_hole or {"line": line, "column": place + 1,
                                                  "found": _short(cell)}  # fmt: skip
            if self.wish.missing == "mean":
                self.holes.append((row, k))
            return 0.0
        if place not in self.texts:
            where = {"column": place + 1, "found": _short(cell)}
            if _signed(word):
                raise DataError.keyed("tables.sign", path=self.path, line=line, **where)
            raise self._wrong("cell", line, **where)
        return float(self.texts[place].setdefault(word, len(self.texts[place])))

    def _answer(self, cells: list[str], line: int) -> float:
        if self.layout.column < 0:
            return 0.0
        text = cells[self.layout.column]
        if self.wish.missing == "drop" and text.strip().lower() in NOTHING:
            self.missing += 1
            return 0.0
        if self.layout.words:
            number, kind, where = self._class(text), "class", {}
        else:
            number = numbers([text], self.layout.delimiter)[0]
            kind, where = "cell", {"column": self.layout.column + 1}
        if not isfinite(number):
            raise self._wrong(kind, line, **where, found=_short(text))
        return number

    def _weight(self, cells: list[str], line: int) -> list[float]:
        """How much the example of this line counts; nothing where no column says it. DataError."""
        if self.layout.weight < 0:
            return []
        text = cells[self.layout.weight]
        if self.wish.missing == "drop" and text.strip().lower() in NOTHING:
            self.missing += 1
            return [0.0]
        number = numbers([text], self.layout.delimiter)[0]
        if not (isfinite(number) and number >= 0):
            name = self.layout.shown(self.layout.weight)
            where = {"path": self.path, "line": line, "name": name}
            raise DataError.keyed("tables.weight", found=_short(text), **where)
        return [number]

    def _class(self, text: str) -> float:
        """The number of a class; nan for no name, or one too many."""
        word = text.strip()
        if not word or (word not in self.words and len(self.words) == MOST_CLASSES):
            return nan
        return self.words.setdefault(word, len(self.words))

    def _wrong(self, kind: str, line: int, **found: object) -> DataError:
        return DataError.keyed(f"data.{kind}", path=self.path, line=line, **found)

    def _add(self, x: NDArray[np.generic], answers: ArrayLike, weights: ArrayLike) -> None:
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
        self.weights[self.count : end] = weights
        self.count = end

    def parsed(self) -> Parsed:
        """All that was read. DataError: nothing, values are missing, or its answers are none."""
        if self.missing and self.wish.missing is None:
            raise DataError.keyed(
                "tables.missing",
                path=self.path,
                n=self.missing,
                remedy=Phrase("tables.fill_or_drop"),
                **self.first_hole,
            )
        if not self.count:
            raise DataError.keyed("data.no_lines", path=self.path)
        raw = Spread(self.x[: self.count], self._holes(), None, ())
        if not self.wish.before:
            more = sum(map(len, self.texts.values()))  # inputs that words become
            if more:
                needed = 8 * self.count * (len(self.places) + more)
                fits(needed, self.path.stat().st_size, str(self.path))
            raw = spread(raw, self.layout, self.texts, self.form)
        pixels = raw.x if raw.x.dtype == np.uint8 and raw.x.max() > 1 else as_pixels(raw.x)
        x = raw.x.astype(np.float64, copy=False) if pixels is None else pixels
        answers = Answers(self.path, self.layout, self.answers[: self.count], self.words)
        known = answers.earlier() if self.wish.before else answers.known(self.form is not None)
        weights = self.weights[: self.count] if self.layout.weight >= 0 else None
        V = Sample(frozen(x), **known, name=self.path.name, columns=raw.columns, weights=weights)
        V.categories = raw.categories
        left_out = tuple(self.layout.shown(place) for place in self.layout.dropped)
        answer, weight = (
            None if place < 0 else self.layout.shown(place)
            for place in (self.layout.column, self.layout.weight)
        )  # fmt: skip
        found = Found(answer, left_out, len(self.holes), self.dropped, weight=weight)
        return Parsed(V, raw.holes, found)

    def _holes(self) -> NDArray[np.bool_] | None:
        if not self.holes:
            return None
        mask = np.zeros((self.count, len(self.places)), bool)
        mask[tuple(np.array(self.holes).T)] = True
        return mask


def _block(lines: Iterable[str]) -> list[str]:
    """The next lines, of BLOCK characters or a little more."""
    block, held = [], 0
    for line in lines:
        block.append(line)
        held += len(line)
        if held >= BLOCK:
            break
    return block


def _are_bytes(x: NDArray[np.generic]) -> bool:
    """Whether a byte can stand for each of these numbers; a negative zero it would change."""
    return bool(x.max() <= 255 and np.array_equal(x, np.floor(x)) and not np.signbit(x).any())


def _signed(word: str) -> bool:
    """Whether it is a number with a sign that is none of it: 1,234 or 5%."""
    plain = word.replace(",", "").replace(" ", "").strip("%$€£₽")
    return plain != word and plain.replace(".", "", 1).lstrip("+-").isdigit()


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "…")
