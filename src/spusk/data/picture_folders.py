"""Folders of pictures as a set.

A folder has a sub-folder for each class, or a folder to train with and one to test with, each with
such sub-folders (`train/` and `test/`, under any of their usual names), or a table of lines
`file,label` (see `picture_labels`). Where all lies in one folder inside, that one is read. All
pictures of a set have one size; they are taken as they are, as bytes. Classes named 0, 1, 2 … keep
their numbers, others are numbered in order of name, 1, 2 … 10 as numbers. Hidden files are no
pictures.
"""

import os
import re
import warnings
from collections import Counter
from collections.abc import Iterable
from math import prod
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spusk.data.arrays import frozen
from spusk.data.images import ENDINGS, KINDS, grey
from spusk.data.labels import class_numbers
from spusk.data.picture_labels import Labelled, read_labels
from spusk.data.reading import Found
from spusk.data.samples import Data, Sample, held_out
from spusk.data.stream import fits, regular
from spusk.errors import DataError, SpuskWarning

PARTS = {  # words in the name of a part's folder and of its table
    "train": {"train", "training", "trn", "trainset"},
    "test": {"test", "testing", "tst", "testset"},
    "validation": {"val", "valid", "validation", "dev", "valset"},
}
LABELS = ("labels", "label", "annotations")  # tables of all pictures
DEEPEST = 8  # folders in each other
OF_SYSTEMS = (".ds_store", "thumbs.db", "desktop.ini")
SHOWN = 5  # kinds of what was left out, named at most


class Survey(NamedTuple):
    """The files in a folder, at any depth, in order: pictures, tables, and all others by kind."""

    pictures: list[Path]
    tables: list[Path]
    others: Counter[str]


class Reading(NamedTuple):
    """What of a folder makes the set: each part's pictures; tables, and whose classes they name."""

    parts: dict[str, Labelled]
    tables: dict[Path, Path]


def read_folder(folder: Path, split: float | None) -> Data:
    """The set of a folder of pictures; a warning counts the files that were left out.

    Raises DataError naming the file that does not fit, or what is expected.
    """
    found = survey(folder)
    if not found.pictures:
        raise DataError.keyed("data.no_set", folder=folder, kinds=KINDS)
    parts, tables = _divided(_top(folder, found), found)
    rest = parts.get("test") or parts.get("validation") or []
    if split is not None and len({label for _, label in parts["train"]}) == 1:
        raise DataError.keyed("data.lone_class", folder=folder, label=parts["train"][0][1][:40])
    train = _sample(parts["train"], f"{folder.name}/train" if rest else folder.name)
    test = _sample(rest, f"{folder.name}/test", train) if rest else None
    _warn_of_rest(folder, found, {path for path, _ in [*parts["train"], *rest]}, tables)
    sets = held_out(train, split) if test is None else Data(train, test, folder.name)
    return sets._replace(found=_found(folder, tables))


def survey(folder: Path) -> Survey:
    """Looks through a folder and those in it, each once. Raises OSError."""
    found = Survey([], [], Counter())
    seen: set[str] = set()
    for place, folders, files in os.walk(folder, onerror=_raise, followlinks=True):
        here, true = Path(place), os.path.realpath(place)
        if true in seen or len(here.relative_to(folder).parts) > DEEPEST:
            folders.clear()
            continue
        seen.add(true)
        folders.sort()
        for name in sorted(files):
            _sort_in(found, here / name, here.relative_to(folder).parts)
    return found


def _raise(error: OSError) -> None:
    raise error


def _sort_in(found: Survey, path: Path, inside: tuple[str, ...]) -> None:
    ending = path.suffix.lower()
    hidden = [part for part in (*inside, path.name) if part[0] == "." or part == "__MACOSX"]
    if hidden and ending in ENDINGS:  # ._1.png, which a Mac writes beside 1.png
        found.others["._*" if hidden[0].startswith("._") else hidden[0]] += 1
    elif not hidden and ending in ENDINGS:
        found.pictures.append(path)
    elif not hidden and path.name.lower() not in OF_SYSTEMS:
        if ending in (".csv", ".tsv"):
            found.tables.append(path)
        found.others[ending or path.name] += 1


def _found(folder: Path, tables: dict[Path, Path]) -> Found:
    """Which tables were taken for the classes where their names do not say it."""
    said = []
    for table, pictures in tables.items():
        if not _named_labels(table):
            where = os.path.relpath(pictures, folder)
            said.append(SpuskWarning.keyed("data.taken_table", table=table.name, folder=where))
    return Found(said=tuple(said))


def _named_labels(table: Path) -> bool:
    return table.stem.lower().strip("_") in LABELS


def _warn_of_rest(folder: Path, found: Survey, used: set[Path], tables: Iterable[Path]) -> None:
    """Warns of the files that are not in the set, counted by kind, pictures by their folder."""
    rest = found.others.copy()
    rest.subtract(table.suffix.lower() for table in tables)
    for path in found.pictures:
        if path not in used:
            inside = path.relative_to(folder).parts
            rest[f"{inside[0]}/" if len(inside) > 1 else path.suffix.lower()] += 1
    kinds = [f"{kind} {count}" for kind, count in rest.most_common() if count]
    if kinds:
        what = ", ".join(kinds[:SHOWN]) + (", …" if len(kinds) > SHOWN else "")
        n = sum(rest.values())
        said = SpuskWarning.keyed("data.left_out", folder=folder, n=n, what=what, kinds=KINDS)
        warnings.warn(said, stacklevel=2)


def _inside(folder: Path, found: Survey) -> dict[str, list[Path]]:
    """The pictures below a folder by the sub-folder they lie in; by "" those that lie in none."""
    groups: dict[str, list[Path]] = {}
    for path in found.pictures:
        if path.is_relative_to(folder):
            parts = path.relative_to(folder).parts
            groups.setdefault(parts[0] if len(parts) > 1 else "", []).append(path)
    return groups


def _top(folder: Path, found: Survey) -> Path:
    """Where the classes, parts or labels are: the folder, or the one in which all of it lies."""
    while not any(table.parent == folder for table in found.tables):
        inside = list(_inside(folder, found))
        if len(inside) != 1 or not inside[0]:
            break
        only = folder / inside[0]
        if not any(_inside(only, found)) and not any(t.parent == only for t in found.tables):
            break  # a single class
        folder = only
    return folder


def _part(name: str) -> str | None:
    """Which part a folder or table is by its name: Train, seg_train, trainLabels; None for none."""
    words = set(re.findall("[a-z]+", re.sub("([a-z])([A-Z])", r"\1 \2", name).lower()))
    parts = [part for part, names in PARTS.items() if words & names]
    return parts[0] if len(parts) == 1 else None


def _divided(top: Path, found: Survey) -> Reading:
    """The pictures of each part with their labels. Raises DataError where nothing tells these."""
    groups = _inside(top, found)
    table = _table(top, found)
    if table is not None:
        labelled = read_labels(table, found.pictures)
        where = Path(os.path.commonpath([path.parent for path, _ in labelled]))
        return Reading({"train": labelled}, {table: where})
    parts: dict[str, Labelled] = {}
    tables: dict[Path, Path] = {}
    for name, pictures in groups.items():
        part = _part(name)
        if part is not None and part not in parts:
            own = _own_table(top, name, part, found)
            labelled = read_labels(own, pictures) if own else _sorted_out(top / name, found)
            if labelled:
                parts[part] = labelled
                tables |= {own: top / name} if own else {}
    strangers = [name for name in groups if name and _part(name) is None]
    if "train" in parts and (len(parts) > 1 or not strangers):
        return Reading(parts, tables)
    if not strangers:
        shown = ", ".join(f"{name}/" if name else "*" for name in list(groups)[:SHOWN])
        raise DataError.keyed("data.no_classes", folder=top, found=shown)
    return Reading({"train": _sorted_out(top, found)}, {})


def _sorted_out(folder: Path, found: Survey) -> Labelled:
    """Every picture in the sub-folders, at any depth, with its sub-folder's name."""
    groups = _inside(_top(folder, found), found)
    return [(path, name) for name, pictures in groups.items() if name for path in pictures]


def _table(folder: Path, found: Survey) -> Path | None:
    """The table of a folder's pictures: by its name, or the only one beside unsorted pictures."""
    tables = [table for table in found.tables if table.parent == folder]
    for table in tables:
        if _named_labels(table):
            return table
    groups = list(_inside(folder, found))
    unsorted = len(groups) == 1 and not any(_inside(folder / groups[0], found))
    return tables[0] if unsorted and len(tables) == 1 else None


def _own_table(top: Path, name: str, part: str, found: Survey) -> Path | None:
    """The table of a part: in its folder, or beside it under its name where it has no classes."""
    inside = _table(top / name, found)
    if inside is not None or any(_inside(top / name, found)):
        return inside
    beside = [t for t in found.tables if t.parent == top and _part(t.stem) == part]
    return min(beside, key=lambda table: "label" not in table.stem.lower(), default=None)


def _is_class(label: str) -> bool:
    """Whether a label is a class's number, not a name that happens to be made of digits."""
    return label.isdecimal() and len(label) < 6


def _sample(files: Labelled, name: str, like: Sample | None = None) -> Sample:
    """The set of these pictures; its size and classes are those of `like`, where given."""
    names = _class_names(files, like)
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
    return Sample(frozen(x), labels=labels, classes=len(names), name=name, class_names=names)


def _class_names(files: Labelled, like: Sample | None) -> tuple[str, ...]:
    if like is not None:
        return like.class_names
    names = sorted({label for _, label in files})
    if all(map(_is_class, names)):
        numbers, known = class_numbers(np.array([int(name) for name in names]))
        return known or tuple(map(str, range(int(numbers.max()) + 1)))
    return tuple(names)
