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
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, nan
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spusk.data.samples import MOST_CLASSES, Sample, as_pixels
from spusk.data.stream import fits, reading, regular
from spusk.errors import DataError
from spusk.i18n.reasons import reason

LONGEST = 1 << 20  # characters of a line
NAMES = ("label", "class", "y", "target")
PIXEL = {str(v): v for v in range(256)}


@dataclass(frozen=True)
class Layout:
    """How the lines of one table are read."""

    delimiter: str
    header: bool
    skip: int  # leading columns that are a mere row number
    column: int  # of the answer, counted after those
    width: int  # values of a line, those included
    asked: str  # the answer's name in the header, or "label"
    words: bool  # classes are words, not numbers


def read_table(path: Path) -> Sample:
    """The sample of a .csv, .tsv or .txt file, or one of these in `.gz`.

    Raises DataError naming line and column of what is no number, is missing or is too much.
    """
    with reading(path):
        layout, most_rows = _survey(path)
        n = layout.width - layout.skip - 1
        x: NDArray[np.generic] = np.zeros((most_rows, n), np.uint8)
        answers = np.zeros(most_rows)
        words: dict[str, int] = {}
        count = 0
        for line, cells in _rows(path, layout):
            if count == most_rows:
                raise DataError.keyed("data.grew", path=path)
            del cells[: layout.skip]
            answer = cells.pop(layout.column)
            answers[count] = _answer(answer, words, layout, path, line)
            x = _put(x, count, cells, layout, path, line)
            count += 1
    if not count:
        raise DataError.keyed("data.no_lines", path=path)
    return _sample(x[:count], answers[:count], words, layout, path)


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


def _survey(path: Path) -> tuple[Layout, int]:
    """The layout by the first two lines, and how many rows there can be at most."""
    first: list[str] = []
    lines = characters = 0
    for line in lines_of(path):
        lines += 1
        characters += len(line)
        if len(first) < 2 and line.strip():
            first.append(line)
    if not first:
        raise DataError.keyed("data.empty_file", path=path)
    layout = _layout(first, path)
    shortest = 2 * layout.width - layout.skip  # a value and what ends it; a row number may be empty
    return layout, min(lines, characters // shortest + 1)


def _layout(first: list[str], path: Path) -> Layout:
    delimiter = max(",;\t", key=first[0].count)
    head = [cell.strip() for cell in _split(first[0], delimiter, path)]
    if len(head) < 2:
        raise DataError.keyed("data.one_value", path=path)
    lower = [cell.lower() for cell in head]
    header = lower[0] in NAMES or any(not _is_number(cell, delimiter) for cell in head[1:])
    if not header:
        return Layout(
            delimiter, False, 0, 0, len(head), "label", not _is_number(head[0], delimiter)
        )
    skip = int(head[0] == "" and len(head) > 2)
    asked = next((name for name in NAMES if name in lower[skip:]), "label")
    column = lower.index(asked, skip) - skip if asked in lower[skip:] else 0
    row = _split(first[1], delimiter, path) if len(first) > 1 else []
    place = column + skip
    words = asked in ("label", "class") and place < len(row)
    words = words and not _is_number(row[place], delimiter)
    return Layout(delimiter, True, skip, column, len(head), asked, words)


def _split(line: str, delimiter: str, path: Path) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise DataError.keyed("data.near_line", path=path, why=reason(error)) from error


def _rows(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """Every line that holds something, with its number (from 1), as its values."""
    reader = csv.reader(lines_of(path), delimiter=layout.delimiter, strict=True)
    head = layout.header
    try:
        for cells in reader:
            if not cells or (len(cells) == 1 and not cells[0].strip()):
                continue
            if len(cells) != layout.width:
                raise DataError.keyed(
                    "data.width", path=path, line=reader.line_num, expected=layout.width,
                    found=len(cells),
                )  # fmt: skip
            if not head:
                yield reader.line_num, cells
            head = False
    except csv.Error as error:
        why = {"path": path, "line": reader.line_num, "why": reason(error)}
        raise DataError.keyed("data.line", **why) from error


def _put(
    x: NDArray[np.generic], row: int, cells: list[str], layout: Layout, path: Path, line: int
) -> NDArray[np.generic]:
    """The table with one more row: bytes as long as all are pixels, from then on float64."""
    if x.dtype == np.uint8:
        try:
            x[row] = np.frombuffer(bytes(map(PIXEL.__getitem__, cells)), np.uint8)
        except KeyError:
            fits(8 * x.size, path.stat().st_size, str(path))
            wide = np.zeros(x.shape)
            wide[:row] = x[:row]
            x = wide
        else:
            return x
    values = _numbers(cells, layout.delimiter)
    if not all(map(isfinite, values)):
        place = next(i for i, value in enumerate(values) if not isfinite(value))
        column = place + layout.skip + (place >= layout.column) + 1
        found = {"column": column, "found": _short(cells[place])}
        raise DataError.keyed("data.cell", path=path, line=line, **found)
    x[row] = values
    return x


def _answer(text: str, words: dict[str, int], layout: Layout, path: Path, line: int) -> float:
    if not layout.words:
        value = _numbers([text], layout.delimiter)[0]
        if not isfinite(value):
            column = layout.column + layout.skip + 1
            found = {"column": column, "found": _short(text)}
            raise DataError.keyed("data.cell", path=path, line=line, **found)
        return value
    word = text.strip()
    if not word or (word not in words and len(words) == MOST_CLASSES):
        raise DataError.keyed("data.class", path=path, line=line, found=_short(text))
    return words.setdefault(word, len(words))


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


def _sample(
    x: NDArray[np.generic],
    answers: NDArray[np.float64],
    words: dict[str, int],
    layout: Layout,
    path: Path,
) -> Sample:
    pixels = x if x.dtype == np.uint8 and x.max() > 1 else as_pixels(x)
    x = x.astype(np.float64, copy=False) if pixels is None else pixels
    if layout.words:
        order = sorted(words)
        place = np.empty(len(order), np.int64)
        place[[words[word] for word in order]] = np.arange(len(order))
        labels = place[answers.astype(np.int64)]
        return Sample(x, labels=labels, name=path.name, class_names=tuple(order))
    whole = np.array_equal(answers, np.floor(answers)) and answers.min() >= 0
    if layout.asked in ("y", "target") and not (whole and answers.max() <= 255):
        return Sample(x, y=answers, name=path.name)
    return Sample(x, labels=answers, name=path.name)
