"""Folders of pictures as a set.

A folder has a sub-folder for each class, or `train/` and `test/` with such sub-folders, or a
`labels.csv` of lines `file,label`. All pictures of a set have one size; they are taken as they
are, as bytes. Classes named 0, 1, 2 … keep their numbers, others are numbered in order of name.
"""

import csv
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spusk.data.images import ENDINGS, grey
from spusk.data.samples import Data, Sample, held_out
from spusk.data.stream import fits, regular
from spusk.data.tables import lines_of
from spusk.errors import DataError
from spusk.i18n.reasons import reason

LABELS = "labels.csv"
HEADER = ("file", "filename", "image", "name", "path")


def read_folder(folder: Path, split: float | None) -> Data:
    """The set of a folder of pictures. Raises DataError naming the file that does not fit."""
    if (folder / LABELS).is_file():
        return held_out(_sample(_listed(folder / LABELS), folder.name), split)
    if (folder / "train").is_dir() and (folder / "test").is_dir():
        train = _sample(_sorted_out(folder / "train"), f"{folder.name}/train")
        test = _sample(_sorted_out(folder / "test"), f"{folder.name}/test", train)
        return Data(train, test, folder.name)
    return held_out(_sample(_sorted_out(folder), folder.name), split)


def _sorted_out(folder: Path) -> list[tuple[Path, str]]:
    """Every picture in the sub-folders, with its sub-folder's name."""
    classes = sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    files = [
        (path, group.name)
        for group in classes
        for path in sorted(group.iterdir())
        if path.suffix.lower() in ENDINGS
    ]
    if not files:
        raise DataError.keyed("data.no_set", folder=folder, labels=LABELS)
    return files


def _listed(table: Path) -> list[tuple[Path, str]]:
    """Every picture that labels.csv names, with its label."""
    folder = table.parent
    files = []
    reader = csv.reader(lines_of(table), strict=True)
    try:
        for cells in reader:
            if not cells or (reader.line_num == 1 and cells[0].strip().lower() in HEADER):
                continue
            where = {"path": table, "line": reader.line_num}
            if len(cells) != 2 or not cells[1].strip():
                raise DataError.keyed("data.file_label", **where, found=len(cells))
            path = folder / cells[0].strip()
            inside = cells[0].isprintable() and path.resolve().is_relative_to(folder.resolve())
            if not inside:
                raise DataError.keyed("data.outside", **where, found=cells[0][:80])
            files.append((path, cells[1].strip()))
    except (csv.Error, UnicodeDecodeError) as error:
        why = {"path": table, "line": reader.line_num, "why": reason(error)}
        raise DataError.keyed("data.line", **why) from error
    if not files:
        raise DataError.keyed("data.no_pictures", path=table)
    return files


def _is_class(label: str) -> bool:
    """Whether a label is a class's number, not a name that happens to be made of digits."""
    return label.isdecimal() and len(label) < 6


def _sample(files: list[tuple[Path, str]], name: str, like: Sample | None = None) -> Sample:
    """The set of these pictures; its size and classes are those of `like`, where given."""
    names = sorted({label for _, label in files})
    if like is None and all(map(_is_class, names)):
        names = [str(number) for number in range(max(map(int, names)) + 1)]
    elif like is not None:
        names = list(like.class_names)
    place = {label: number for number, label in enumerate(names)}
    sizes = sum(regular(path).stat().st_size for path, _ in files)
    x: NDArray[np.uint8] | None = None
    labels = []
    for row, (path, label) in enumerate(files):
        picture = np.asarray(grey(path))
        if x is None:
            shape = picture.shape if like is None else like.shape
            what = "×".join(map(str, (len(files), *shape)))
            fits(len(files) * prod(shape), sizes, f"{name}: {what}", "smaller")
            x = np.empty((len(files), *shape), np.uint8)
        if picture.shape != x.shape[1:]:
            expected, found = ("×".join(map(str, s[::-1])) for s in (x.shape[1:], picture.shape))
            raise DataError.keyed("data.unlike", path=path, expected=expected, found=found)
        x[row] = picture
        number = place.get(str(int(label)) if label not in place and _is_class(label) else label)
        if number is None:
            raise DataError.keyed("data.new_class", path=path, label=label[:40])
        labels.append(number)
    assert x is not None
    return Sample(x, labels=labels, classes=len(names), name=name, class_names=tuple(names))
