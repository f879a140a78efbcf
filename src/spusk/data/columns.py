"""The columns of a table, looked at before it is read: which is the answer, which are no inputs.

Nothing is guessed in silence: where two columns could be the answer, or none looks like one, the
table is refused, and the option that names the column is said. A column is looked at through
lines taken evenly from the whole file.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, replace
from functools import cached_property
from math import isfinite, nan
from pathlib import Path

from spusk.data.labels import MOST_NUMBERS
from spusk.errors import DataError

NAMES = ("label", "class", "target", "y")
USUAL = {
    "labels", "classes", "classification", "category", "digit", "digits", "diagnosis", "group",
    "kind", "outcome", "quality", "result", "species", "survived", "type", "variety",
    "класс", "вид", "группа", "категория", "метка", "ответ", "сорт",
}  # fmt: skip
ROW_NUMBER = re.compile(
    r"|unnamed: ?\d+|#|no\.?|index|row(_?(id|number|num|names?|no))?|(.*[ _])?id|№", re.IGNORECASE
)
CAMEL_ID = re.compile(r".*[a-z]I[dD]")
NOTHING = {"", "?", "-", ".", "na", "n/a", "nan", "null", "none", "nil"}  # a value is missing
MOST_WORDS = 50  # different words of a column that becomes one input for each
FEW = 10  # classes that a small table may have, however few its rows
SHOWN = 12  # columns named in a sentence, at most


@dataclass(frozen=True)
class Column:
    """One column: its place (from 0), its name, and the cells looked at."""

    place: int
    name: str
    cells: tuple[str, ...]
    delimiter: str

    @cached_property
    def held(self) -> list[str]:
        """The cells that hold something."""
        return [cell for cell in self.cells if cell.lower() not in NOTHING]

    @cached_property
    def numbers(self) -> list[float]:
        """They as numbers, nan for what is none."""
        return numbers(self.held, self.delimiter)

    @cached_property
    def words(self) -> bool:
        """Whether most of them are no numbers."""
        return len(self.finite) * 2 < len(self.held)

    @cached_property
    def finite(self) -> list[float]:
        """The numbers among them; a lone word is told where it stands, once all is read."""
        return [number for number in self.numbers if isfinite(number)]

    @cached_property
    def distinct(self) -> int:
        """How many are different."""
        return len(set(self.held if self.words else self.finite))

    @cached_property
    def whole(self) -> bool:
        """Whether all of them are whole numbers."""
        return bool(self.finite) and all(x == int(x) for x in self.finite)

    @cached_property
    def counted(self) -> bool:
        """Whether it is a mere name or number of the rows."""
        if self.name == "":
            return True
        named = ROW_NUMBER.fullmatch(self.name) or CAMEL_ID.fullmatch(self.name)
        return bool(named) and self.distinct == len(self.held) and (self.words or self.whole)

    @property
    def of_each(self) -> bool:
        """Whether every row has another word."""
        return self.words and self.distinct == len(self.held) > FEW

    @cached_property
    def classes(self) -> bool:
        """Whether it looks like classes: few words, or few numbers from −1, 0 or 1 up."""
        count, distinct = len(self.held), self.distinct
        if not 2 <= distinct <= max(count / 4, min(FEW, count)) or distinct > MOST_NUMBERS:
            return False
        if self.words:
            return distinct < count
        low, high = min(self.finite), max(self.finite)
        return self.whole and low in (-1, 0, 1) and high - low < 2 * distinct

    @property
    def shown(self) -> str:
        """Its name, or its number from 1."""
        return self.name or str(self.place + 1)

    @property
    def option(self) -> str:
        """What is typed to name it."""
        return label_option(self.shown)


@dataclass(frozen=True)
class Look:
    """What a table looks like: its columns, and whether their names stand in it."""

    path: Path
    columns: tuple[Column, ...]
    headed: bool

    def refused(self, key: str, column: Column | None = None, **found: object) -> DataError:
        """The error about an answer's column, which says what to type."""
        others = [c for c in self.columns if c is not column and not c.counted] or [self.columns[0]]
        likely = [c for c in others if c.classes] or others
        found.setdefault("option", likely[-1].option)
        if column is not None:
            found["name"] = column.shown
        return DataError.keyed(f"tables.{key}", path=self.path, **found)

    def names(self) -> str:
        """The columns' names, as many as a sentence takes."""
        names = [column.shown for column in self.columns]
        return ", ".join(names[:SHOWN] + ["…"] * (len(names) > SHOWN))


def answer(look: Look, label: str | int | None, weight: Column | None = None) -> Column:
    """The answer's column: as asked, else the one that can be, not that of weights. DataError."""
    if label is not None:
        found = asked(look, str(label))
        if found is weight:
            raise DataError.keyed("tables.weight_answer", path=look.path, name=found.shown)
        return found
    look = replace(look, columns=tuple(c for c in look.columns if c is not weight))
    counted = all(re.fullmatch("[0-9]*", column.name) for column in look.columns)
    return among_numbers(look) if counted else among_names(look)


def asked(look: Look, label: str) -> Column:
    """The column of that name or number. Raises DataError naming what there is."""
    for same in (str, str.casefold):
        for column in look.columns if look.headed else ():
            if same(column.name) == same(label.strip()):
                return column
    if re.fullmatch(r"-?[0-9]{1,9}", label) and 1 <= abs(int(label)) <= len(look.columns):
        return look.columns[int(label) - (int(label) > 0)]
    raise DataError.keyed("tables.no_column", path=look.path, found=label, names=look.names())


def among_names(look: Look) -> Column:
    """The answer in a table whose columns have names. Raises DataError."""
    named = {column.name.lower(): column for column in reversed(look.columns)}
    usual = [named[name] for name in named if name in USUAL]
    for name in NAMES:
        if name in named:
            found = named[name]
            rivals = [c for c in usual if c.classes]
            if name == "y" and "x" in named and rivals and not found.classes and not found.words:
                raise two(look, found, rivals[0])
            return found
    if len(usual) == 1:
        return usual[0]
    numbered = {re.sub(r"\d+$", "", column.name) for column in look.columns}
    ends = {} if len(numbered) == 1 else {c.place: c for c in (look.columns[0], look.columns[-1])}
    likely = ends | {c.place: c for c in look.columns if c.words} | {c.place: c for c in usual}
    found = lone(look, [c for c in likely.values() if c.classes and not c.counted])
    useful = [column for column in look.columns if not column.counted]
    if found not in (useful[0], useful[-1]) and found not in usual:
        raise look.refused("no_answer", names=look.names(), option=useful[-1].option)
    return found


def among_numbers(look: Look) -> Column:
    """The answer in a table without names: the first column, or the one of words. DataError."""
    useful = [c for c in look.columns if c.held and not (look.headed and c.counted)]
    first, last = (useful or look.columns)[0], (useful or look.columns)[-1]
    words = [column for column in useful if column.words]
    if words:
        return first if first.words else lone(look, words)
    if first.classes and last.classes:
        raise two(look, first, last)
    if last.classes:
        raise look.refused("last_answer", last, option=last.option)
    return lone(look, [first] if first.classes else [])


def lone(look: Look, likely: list[Column]) -> Column:
    """The only column that can be the answer. Raises DataError where there are more, or none."""
    if len(likely) > 1:
        raise two(look, *sorted(likely, key=lambda c: c.place)[-2:])
    if not likely:
        raise look.refused("no_answer", names=look.names())
    return likely[0]


def two(look: Look, one: Column, other: Column) -> DataError:
    """The error about two columns that could be the answer."""
    pair = {"one": one.shown, "other": other.shown, "option": other.option}
    return look.refused("two_answers", None, **pair)


def label_option(name: str) -> str:
    """What is typed to name a column."""
    return f"--label {shlex.quote(name)}"


def numbers(cells: list[str], delimiter: str) -> list[float]:
    """The cells as numbers, nan for what is none."""
    if delimiter == ";":
        cells = [cell.replace(",", ".") for cell in cells]
    try:
        return list(map(float, cells))
    except ValueError:
        return [float(cell) if is_number(cell, delimiter) else nan for cell in cells]


def is_number(text: str, delimiter: str) -> bool:
    """Whether float takes it."""
    try:
        float(text.replace(",", ".") if delimiter == ";" else text)
    except ValueError:
        return False
    return True
