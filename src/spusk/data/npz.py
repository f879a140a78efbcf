"""NPZ archives of arrays, under the names in use, read by our own strict reader: no pickles.

Keras's x_train, y_train, x_test, y_test; x and y; images and labels; data and target.
"""

import io
import os
import re
import zipfile
from math import prod
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from spusk.data.arrays import floats, frozen
from spusk.data.labels import are_classes, class_numbers, one_hot
from spusk.data.reading import Found
from spusk.data.samples import Data, Sample, held_out
from spusk.data.stream import CHUNK, fits, reading, regular, take, widening
from spusk.errors import DataError
from spusk.i18n.reasons import reason

TRAIN = (
    ("x_train", "y_train"), ("train_images", "train_labels"),
    ("training_images", "training_labels"), ("x", "y"), ("images", "labels"), ("data", "target"),
    ("arr_0", "arr_1"),
)  # fmt: skip
TEST = (("x_test", "y_test"), ("test_images", "test_labels"))
WEIGHTS = {"sample_weight", "sample_weights", "weights"}  # of no use unless they are asked for
LONGEST_HEADER = 1 << 12
HEADER = re.compile(
    # no place that two of its parts could share, and spaces are never given back: linear time
    r"\{\s*+'descr':\s*+'([<>|=]?(?:[uif][1248]|b1))',\s*+'fortran_order':\s*+(True|False),\s*+"
    r"'shape':\s*+\(\s*+((?:\d{1,18}\s*+(?:,\s*+\d{1,18}\s*+){0,7},?+\s*+)?)\)\s*+,?\s*+\}\s*+"
)


def read_npz(
    path: Path, split: float | None, before: bool = False, weight: str | int | None = None
) -> Data:
    """The set of an .npz file; labels are whole numbers or one-hot rows, all else are targets.

    `before`: as runs of before read it: labels are integer arrays, targets floating point.
    `weight`: the array of the training examples' weights.
    Raises DataError for unknown names, objects (pickles), or sizes the file cannot hold.
    """
    size = regular(path).stat().st_size
    try:
        with reading(path), Bounded(path) as raw, zipfile.ZipFile(raw) as archive:
            names = {name.removesuffix(".npy").lower(): name for name in archive.namelist()}
            found: dict[str, NDArray[np.generic]] = {}
            chosen = _chosen(set(names), path)
            wanted = [] if weight is None else [_weights(weight, names.keys() - chosen, path)]
            for key in (*chosen, *wanted):
                found[key] = _array(archive, names[key], size, f"{path}: {key}")
                fits(sum(a.nbytes * widening(a.dtype) for a in found.values()), size, str(path))
    except zipfile.BadZipFile as error:
        raise DataError.keyed("data.corrupt", path=path, why=reason(error)) from error
    named = None if before else classes_of(found)
    train = _sample(found, TRAIN, f"{path.name}/train", named)
    test = _sample(found, TEST, f"{path.name}/test", named)
    assert train is not None
    train = train.with_weights(found[wanted[0]] if wanted else None)
    about = Found(
        left_out=tuple(sorted(names.keys() & WEIGHTS - set(wanted))),
        weight=next(iter(wanted), None),
    )
    if test is None:
        return held_out(train, split)._replace(found=about)
    if test.shape != train.shape:
        raise DataError.keyed("data.parts", path=path, train=train.shape, test=test.shape)
    if (train.labels is None) != (test.labels is None):
        raise DataError.keyed("data.part_answers", path=path)
    if train.labels is not None and train.classes != test.classes:
        most = max(train.classes, test.classes)
        train, test = (
            Sample(part.x, None, part.labels, most, part.shape, part.name, weights=part.weights)
            for part in (train, test)
        )
    return Data(train, test, path.name, found=about)


def read_inputs(path: Path, n: int) -> NDArray[np.generic]:
    """Inputs (K, n) of an .npz file, with answers or without; those of a test part first.

    Raises DataError where no array, or more than one, has n numbers in a row.
    """
    size = regular(path).stat().st_size
    try:
        with reading(path), Bounded(path) as raw, zipfile.ZipFile(raw) as archive:
            names = {name.removesuffix(".npy").lower(): name for name in archive.namelist()}
            known = [x for x, _ in (*TEST, *TRAIN) if x in names]
            shapes = {}
            for name in [*known[:1], *(names if not known else ())]:
                with archive.open(names[name]) as stream:
                    shapes[name] = _header(stream, f"{path}: {name}")[2]
            fitting = [name for name, shape in shapes.items() if prod(shape[1:]) == n]
            if len(fitting) != 1:
                shown = ", ".join(f"{_shown(name)} {shape}" for name, shape in shapes.items())
                raise DataError.keyed("data.no_inputs", path=path, n=n, found=shown[:200])
            x = _array(archive, names[fitting[0]], size, f"{path}: {fitting[0]}")
            return Sample(x, labels=np.zeros(len(x), np.uint8), name=path.name).x
    except zipfile.BadZipFile as error:
        raise DataError.keyed("data.corrupt", path=path, why=reason(error)) from error


class Bounded(io.FileIO):
    """A file that gives out no large piece at once, whatever an archive's directory claims."""

    def read(self, size: int | None = -1, /) -> bytes:
        """At most `size` bytes, or all; a piece that no archive needs is refused."""
        rest = max(os.fstat(self.fileno()).st_size - self.tell(), 0)
        count = rest if size is None or size < 0 else min(size, rest)
        if count > 4 * CHUNK:
            raise zipfile.BadZipFile("its directory is too large")
        return super().read(count) or b""


def _chosen(names: set[str], path: Path) -> list[str]:
    pairs = [pair for group in (TRAIN, TEST) for pair in group if names.issuperset(pair)][:2]
    if not pairs or pairs[0] not in TRAIN:
        found = ", ".join(map(_shown, sorted(names)[:8]))
        if not names:
            raise DataError.keyed("data.no_arrays", path=path)
        raise DataError.keyed("data.arrays", path=path, found=found)
    return [*pairs[0], *(pairs[1] if len(pairs) > 1 and pairs[1] in TEST else ())]


def _weights(weight: str | int, names: set[str], path: Path) -> str:
    """The array of that name. Raises DataError naming those there are."""
    if str(weight).lower() in names:
        return str(weight).lower()
    found = ", ".join(map(_shown, sorted(names)[:8]))
    raise DataError.keyed("data.no_weights_array", path=path, weight=weight, found=found)


def _shown(name: str) -> str:
    return name[:40] if name.isprintable() else ascii(name[:40])


def classes_of(found: dict[str, NDArray[np.generic]]) -> tuple[str, ...] | None:
    """Puts class numbers in the place of one-hot rows, and of whole numbers of any type.

    Returns the classes' names where these are not the numbers.
    """
    answers = {y: found[y] for pairs in (TRAIN, TEST) for _, y in pairs if y in found}
    flat = {y: rows.reshape(len(rows), -1) for y, rows in answers.items()}
    hot = {y: one_hot(rows) for y, rows in flat.items()}
    if all(numbers is not None for numbers in hot.values()):
        found.update({y: numbers for y, numbers in hot.items() if numbers is not None})
    elif all(rows.shape[1] == 1 for rows in flat.values()):
        values = np.concatenate([rows[:, 0] for rows in flat.values()])
        if values.dtype.kind != "f" or are_classes(values):
            numbers, names = class_numbers(values)
            ends = np.cumsum([len(rows) for rows in flat.values()])[:-1]
            found.update(zip(flat, np.split(numbers, ends), strict=True))
            return names
    return None


def _sample(
    found: dict[str, NDArray[np.generic]],
    pairs: tuple[tuple[str, str], ...],
    name: str,
    named: tuple[str, ...] | None,
) -> Sample | None:
    for x, y in pairs:
        if x in found:
            answers = found[y]
            if answers.dtype.kind in "ui" and answers.size == len(answers):
                count = None if named is None else len(named)
                labels = answers.reshape(-1)
                return Sample(found[x], None, labels, count, name=name, class_names=named)
            V = Sample(found[x], y=answers.reshape(len(answers), -1), name=name)
            if V.y is None:  # runs of before took one-hot rows for targets
                V.y, V.labels = frozen(floats(answers, name, "target")), None
            return V
    return None


def _array(archive: zipfile.ZipFile, name: str, size: int, what: str) -> NDArray[np.generic]:
    if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DataError.keyed("data.packing", what=what)
    with archive.open(name) as stream:
        dtype, fortran, shape = _header(stream, what)
        total = prod(shape) * dtype.itemsize
        declared = "x".join(map(str, shape))
        block = take(stream, total, size, f"{what}: {declared} {dtype}", widening(dtype))
    array = block.view(dtype).reshape(shape, order="F" if fortran else "C")
    return frozen(array.astype(dtype.newbyteorder("="), copy=False))


def _header(stream: IO[bytes], what: str) -> tuple[np.dtype, bool, tuple[int, ...]]:
    start = stream.read(8)
    if start[:6] != b"\x93NUMPY" or len(start) < 8 or start[6] not in (1, 2, 3):
        raise DataError.keyed("data.no_array", what=what, found=start)
    length = int.from_bytes(stream.read(2 if start[6] == 1 else 4), "little")
    if length > LONGEST_HEADER:
        raise DataError.keyed("data.header", what=what, found=length, limit=LONGEST_HEADER)
    text = stream.read(length).decode("latin-1")
    match = HEADER.fullmatch(text)
    if match is None:
        raise DataError.keyed("data.plain", what=what, found=text.strip()[:80])
    shape = tuple(int(count) for count in re.findall(r"\d+", match[3]))
    if not shape or 0 in shape:
        raise DataError.keyed("data.empty_shape", what=what, shape=shape)
    try:
        return np.dtype(match[1]), match[2] == "True", shape
    except TypeError as error:
        raise DataError.keyed("data.numbers", what=what, found=match[1]) from error
