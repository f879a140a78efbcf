"""How the lines of one table are read: its delimiter, its header, and what each column is.

Delimiter: the commonest of `,` `;` tab in the first line, else spaces; with `;` a decimal comma is
understood. Lines of `#` before the table are left out, and so is Excel's `sep=;`. A header is a
first line with a word in it that is no number (words alone where the same columns hold words below
are classes), or with `label`, `class`, `y` or `target` in the first place, or 0, 1, 2 … as pandas
writes them.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spusk.data.columns import (
    FEW,
    MOST_WORDS,
    NAMES,
    NOTHING,
    Column,
    Look,
    answer,
    asked,
    is_number,
)
from spusk.data.preprocessing import Preparation
from spusk.data.reading import Reading
from spusk.data.stream import fits, regular
from spusk.errors import DataError
from spusk.i18n import Phrase
from spusk.i18n.reasons import reason

LONGEST = 1 << 20  # characters of a line
LINES, CHARACTERS = 1000, 1 << 20  # looked at, taken evenly from the whole file
SPACES = " "  # any number of them stands between two values


@dataclass(frozen=True)
class Layout:
    """How the lines of one table are read."""

    delimiter: str
    header: int  # lines up to the header and with it; 0 where there is none
    names: tuple[str, ...]  # of all columns, "" where a column has none
    column: int  # the answer's place; -1: there is none
    asked: str  # what the answer is called: "label", "class", "y", "target", or "any"
    words: bool  # classes are words, not numbers
    dropped: tuple[int, ...] = ()  # places of columns that are no inputs
    texts: tuple[int, ...] = ()  # places of columns of words
    meant: bool = False  # whether the answer's column was named by who asks
    weight: int = -1  # the place of the examples' weights; -1: all count alike

    @property
    def width(self) -> int:
        """How many values a line has."""
        return len(self.names)

    @property
    def inputs(self) -> list[int]:
        """The places of the inputs."""
        others = {self.column, self.weight, *self.dropped}
        return [k for k in range(self.width) if k not in others]

    @property
    def named(self) -> bool:
        """Whether the columns have names."""
        return any(self.names)

    def shown(self, place: int) -> str:
        """A column's name, or its number from 1."""
        return self.names[place] or str(place + 1)

    def row(self, number: type[np.generic]) -> np.dtype[np.void]:
        """The values of a line, its inputs as such numbers, neighbours of a kind as one field."""
        kinds = ["x" if k in set(self.inputs) else "-" for k in range(self.width)]
        if self.column >= 0:
            kinds[self.column] = "y"
        if self.weight >= 0:
            kinds[self.weight] = "w"
        fields: list[tuple[str, object, tuple[int, ...]]] = []
        for run in re.finditer(r"x+|-+|y|w", "".join(kinds)):
            kind, size = run[0][0], len(run[0])
            text = kind == "-" or (kind == "y" and self.words)
            held = number if kind == "x" else object if text else np.float64
            fields.append((f"{kind}{run.start()}", held, (size,) if kind in "x-" else ()))
        return np.dtype(fields)


def survey(path: Path, reading: Reading, form: Preparation | None = None) -> tuple[Layout, int]:
    """The layout by lines from the whole file, and how many rows there can be at most."""
    first: list[str] = []
    kept: list[str] = []
    lines = characters = before = stride = held = 0
    for line in lines_of(path):
        if not first and skipped(line):
            before += 1
        elif not first:
            before, first = before + 1, [line]
        elif line.strip():
            if stride == 0 or lines % stride == 0:
                kept.append(line)
                held += len(line)
            while len(kept) > LINES or (held > CHARACTERS and len(kept) > 2):
                kept, stride = kept[::2], 2 * max(stride, 1)
                held = sum(map(len, kept))
        lines += 1
        characters += len(line)
    if not first:
        raise DataError.keyed("data.empty_file", path=path)
    layout = layout_of(path, first[0], kept, before, reading, form)
    shortest = 2 * layout.width - len(layout.dropped)  # what is dropped may be empty
    return layout, min(lines, characters // max(shortest, 1) + 1)


def skipped(line: str) -> bool:
    """Whether a line before the table is none of it: empty, a remark, Excel's `sep=;`."""
    return not line.strip() or line.startswith("#") or line.lower().startswith("sep=")


def layout_of(
    path: Path, first: str, kept: list[str], before: int, reading: Reading, form: Preparation | None
) -> Layout:
    """The layout of a table with this first line, and these among the others."""
    delimiter = max(",;\t", key=first.count) if reading.before else delimiter_of(first)
    try:
        head = [cell.strip() for cell in split(first, delimiter)]
    except csv.Error as error:
        raise DataError.keyed("data.near_line", path=path, why=reason(error)) from error
    if len(head) < 2:
        raise DataError.keyed("data.one_value", path=path)
    if delimiter == SPACES and re.fullmatch(r"\d+:\S+", head[1]):
        kinds = Phrase("tables.kinds")
        raise DataError.keyed("tables.other_kind", path=path, kind="LIBSVM", kinds=kinds)
    rows = list(cells_of(kept, delimiter, len(head)))
    broken = len(rows) < len(kept)
    if reading.before:
        return earlier(delimiter, head, rows[:1], before)
    headed = is_header(head, columns_of(rows, [""] * len(head), delimiter), path)
    rows = rows if headed else [head, *rows]
    look = Look(path, columns_of(rows, head if headed else [""] * len(head), delimiter), headed)
    weight = None
    if form is not None and form.columns is not None:
        found = answer_beside(look, reading.label, form)
        dropped, texts = by_form(look, found, form)
    else:
        if reading.weight is not None and holds_weights(look, form):
            weight = asked(look, str(reading.weight))
        try:
            found = answer(look, reading.label, weight)
        except DataError:
            if not broken:
                raise
            found = look.columns[0]  # and reading on names the broken line
        dropped, texts = by_looks(look, found, weight)
        if form is not None and weight is not None:
            dropped, weight = [*dropped, weight], None
    named = reading.label is not None or (found and found.name.lower()) in ("y", "target")
    return Layout(
        delimiter,
        before if headed else before - 1,
        tuple(column.name for column in look.columns),
        -1 if found is None else found.place,
        "any" if named else "label",
        found is not None and found.words,
        tuple(sorted(column.place for column in dropped)),
        tuple(column.place for column in texts),
        reading.label is not None,
        -1 if weight is None else weight.place,
    )


def delimiter_of(first: str) -> str:
    """What stands between the values of a first line."""
    if ";" in first and first.count(",") <= first.count(";") + 1:
        return ";"  # and commas are decimal
    delimiter = max(",\t", key=first.count)
    parts = [part.split() for part in first.split("\t")]
    if delimiter == "\t" and any(
        len(part) > 1 and all(is_number(cell, "\t") for cell in part) for part in parts
    ):
        return SPACES  # and a tab here and there
    return delimiter if delimiter in first else SPACES


def cells_of(lines: list[str], delimiter: str, width: int) -> Iterator[list[str]]:
    """The values of such lines as have so many; others are refused when they are read."""
    known: dict[str, str] = {}  # equal ones are held once
    for line in lines:
        try:
            cells = [
                known.setdefault(cell, cell) for cell in map(str.strip, split(line, delimiter))
            ]
        except csv.Error:
            continue
        if len(cells) == width:
            yield cells


def columns_of(rows: list[list[str]], names: list[str], delimiter: str) -> tuple[Column, ...]:
    """The columns of these rows."""
    return tuple(
        Column(place, name, tuple(row[place] for row in rows), delimiter)
        for place, name in enumerate(names)
    )


def by_looks(
    look: Look, found: Column, weight: Column | None = None
) -> tuple[list[Column], list[Column]]:
    """Columns that are no inputs: row numbers, empty ones, too many words; and those of words."""
    others = [column for column in look.columns if column not in (found, weight)]
    dropped = [c for c in others if (c.cells and not c.held) or (look.headed and c.counted)]
    words = [c for c in others if c.words and c not in dropped]
    dropped += [c for c in words if c.distinct > MOST_WORDS or c.of_each]
    if len(dropped) == len(others):
        return [], words
    return dropped, [c for c in words if c not in dropped]


def by_form(
    look: Look, found: Column | None, form: Preparation
) -> tuple[list[Column], list[Column]]:
    """The same for a table whose columns a network knows by their names. Raises DataError."""
    others = [column for column in look.columns if column is not found]
    wanted, texts = raw_names(form), {name for name, _ in form.categories}
    if not look.headed:
        words = [c for c, name in zip(others, wanted, strict=False) if name in texts]
        return [], words
    for name in wanted:
        if name not in {column.name for column in others}:
            raise DataError.keyed("tables.no_input", path=look.path, name=name)
    dropped = [column for column in others if column.name not in wanted]
    return dropped, [column for column in others if column.name in texts]


def holds_weights(look: Look, form: Preparation | None) -> bool:
    """Whether a table has the column of weights that was asked for; a network's next may have none.

    Without names it has one where its columns are an answer and all inputs besides.
    """
    counted = form is not None and len(form.shift) > 1
    return form is None or not counted or len(look.columns) == len(form.shift) + 2


def answer_beside(look: Look, label: str | int | None, form: Preparation) -> Column | None:
    """The answer's column in another table for the same network; None where it has none."""
    inputs = raw_names(form)
    if not look.headed:
        return None if len(look.columns) == len(inputs) else answer(look, None)
    rest = {column.name.casefold(): column for column in look.columns if column.name not in inputs}
    return rest.get(str(label).casefold()) if label is not None else None


def raw_names(form: Preparation) -> list[str]:
    """The columns that a table of a network's inputs has, in their order."""
    whose = {f"{name}={word}": name for name, words in form.categories for word in words}
    return list(dict.fromkeys(whose.get(name, name) for name in form.columns or ()))


def is_header(head: list[str], below: tuple[Column, ...], path: Path) -> bool:
    """Whether the first line holds names. DataError: it holds numbers that were saved as names."""
    delimiter = below[0].delimiter
    plain = [cell for cell in head if cell]
    if head[0].lower() in NAMES or (plain == [*map(str, range(len(plain)))] and len(plain) > FEW):
        return True  # pandas counts columns that have no names
    strange = [not is_number(cell, delimiter) and cell.lower() not in NOTHING for cell in head]
    if not any(strange[1:]):
        saved_again(head, below, path)
        return strange[0] and bool(below[0].held) and not below[0].words
    if any(odd and not column.words for odd, column in zip(strange, below, strict=True)):
        return True
    return all(c.words and name not in c.cells for name, c in zip(head, below, strict=True))


def saved_again(head: list[str], below: tuple[Column, ...], path: Path) -> None:
    """Raises DataError where a line of numbers was taken for names, and 0 again became 0.1."""
    for cell in head:
        again = re.fullmatch(r"(\d+)\.\d*[1-9]\d*", cell)
        if again and again[1] in head and all(column.whole for column in below):
            raise DataError.keyed("tables.saved_header", path=path, found=cell)


def earlier(delimiter: str, head: list[str], below: list[list[str]], before: int) -> Layout:
    """The layout by the rules under which runs of before were trained."""
    lower = [cell.lower() for cell in head]
    header = lower[0] in NAMES or any(not is_number(cell, delimiter) for cell in head[1:])
    if not header:
        words = not is_number(head[0], delimiter)
        return Layout(delimiter, 0, ("",) * len(head), 0, "label", words)
    skip = int(head[0] == "" and len(head) > 2)
    order = ("label", "class", "y", "target")
    asked = next((name for name in order if name in lower[skip:]), "label")
    place = lower.index(asked, skip) if asked in lower[skip:] else skip
    row = below[0] if below else []
    words = asked in ("label", "class") and place < len(row)
    words = words and not is_number(row[place], delimiter)
    return Layout(delimiter, before, tuple(head), place, asked, words, (0,) * skip)


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


def spaced(line: str) -> list[str]:
    """The values of a line with spaces between them; those in quotes are one."""
    if '"' not in line:
        return line.split()
    return [quoted or plain for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', line)]


def split(line: str, delimiter: str) -> list[str]:
    """The values of one line. Raises csv.Error."""
    if delimiter == SPACES:
        return spaced(line)
    return next(csv.reader([line], delimiter=delimiter, strict=True), [])
