"""Tables that name the classes of pictures: `labels.csv` and its like, two columns, file and label.

The columns may be parted by `,` `;` or a tab, stand in either order, and have any header or none;
a file may be named with or without its ending, its folder, or back-slashes.
"""

import csv
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path, PurePosixPath

from spusk.data.layouts import lines_of
from spusk.errors import DataError
from spusk.i18n.reasons import reason

Labelled = list[tuple[Path, str]]  # pictures and the names of their classes
SHOWN = 6  # columns named at most


def read_labels(table: Path, pictures: Iterable[Path]) -> Labelled:
    """Every picture that a table names, with its label.

    Args:
        table: the file.
        pictures: what its lines may mean without saying in which folder.

    Returns:
        Paths and labels, in the table's order.

    Raises:
        DataError: the line, and what is wrong with it.
    """
    finder = Finder(table.parent, pictures)
    rows = list(_rows(table))
    column = finder.column(rows[0][1]) if rows else None
    if rows and column is None and all(map(_is_heading, rows[0][1])):
        del rows[0]
        column = finder.column(rows[0][1]) if rows else None
    if not rows:
        raise DataError.keyed("data.no_pictures", path=table)
    files = []
    for line, cells in rows:
        name, label = cells[:: -1 if column else 1]
        path = finder.find(name)
        if path is None:
            finder.refuse(table, line, name)
        else:
            files.append((path, label))
    return files


class Finder:
    """Pictures by what a table calls them."""

    def __init__(self, folder: Path, pictures: Iterable[Path]) -> None:
        self.folder, self.root = folder, folder.resolve()
        self.named: dict[str, list[Path]] = {}
        for path in pictures:
            for name in {path.name, path.stem}:
                self.named.setdefault(name, []).append(path)

    def column(self, cells: list[str]) -> int | None:
        """Which of two cells names a picture, if one does."""
        return next((place for place, cell in enumerate(cells) if self.find(cell)), None)

    def find(self, name: str) -> Path | None:
        """The one picture of this name: as it stands, or wherever it lies. None: none, several."""
        if not name.isprintable():
            return None
        for spelling in (name, name.replace("\\", "/")):
            path = self.folder / spelling
            if path.is_file() and self.inside(spelling):
                return path
        found = self.candidates(name)
        return found[0] if len(found) == 1 else None

    def candidates(self, name: str) -> list[Path]:
        """The pictures that a name may mean."""
        parts = PurePosixPath(name.replace("\\", "/")).parts
        found = self.named.get(parts[-1], []) if parts else []
        before = parts[:-1]
        return [path for path in found if path.parts[-len(parts) : -1] == before]

    def inside(self, name: str) -> bool:
        """Whether a path leads to a place within the table's folder."""
        return name.isprintable() and (self.folder / name).resolve().is_relative_to(self.root)

    def refuse(self, table: Path, line: int, name: str) -> None:
        """Raises the DataError of a name that means no picture."""
        where = {"path": table, "line": line}
        several = self.candidates(name) if name.isprintable() else []
        if several:
            shown = ", ".join(str(p.relative_to(self.folder)) for p in several[:2])
            raise DataError.keyed("data.many_files", **where, found=name[:80], files=shown)
        if not self.inside(name):
            raise DataError.keyed("data.outside", **where, found=name[:80])
        raise DataError.keyed("data.no_file", path=self.folder / name)


def _rows(table: Path) -> Iterator[tuple[int, list[str]]]:
    """The two cells of every line that holds something, with its number. Raises DataError."""
    first = next(islice(lines_of(table), 1), "")
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(lines_of(table), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if len(cells) != 2 or not all(cells):
                shown = ", ".join(cell[:40] or "–" for cell in cells[:SHOWN])
                more = ", …" if len(cells) > SHOWN else ""
                where = {"path": table, "line": reader.line_num}
                raise DataError.keyed("data.file_label", **where, found=shown + more)
            yield reader.line_num, cells
    except (csv.Error, UnicodeDecodeError) as error:
        why = {"path": table, "line": reader.line_num, "why": reason(error)}
        raise DataError.keyed("data.line", **why) from error


def _is_heading(cell: str) -> bool:
    """Whether a cell is a column's name: words, no number and no file's name."""
    return all(letter.isalpha() or letter in " _-#()" for letter in cell)
