"""A set of one's own, by its path: read, split into its parts, and mixed once."""

from __future__ import annotations

from copy import copy
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spusk.data.folders import idx_files, labels_beside, load_idx_files
from spusk.data.idx import numbered, pair
from spusk.data.images import ENDINGS
from spusk.data.kinds import checked_kind, is_table
from spusk.data.picture_folders import read_folder
from spusk.data.preprocessing import Preparation, prepare
from spusk.data.reading import Found, Reading
from spusk.data.samples import Data, Sample, held_out, parts
from spusk.data.tables import Parsed, read_table
from spusk.data.upright import upright
from spusk.data.weights import ClassPairs
from spusk.errors import DataError


def read(path: Path, split: float | None, wish: Reading, form: Preparation | None = None) -> Data:
    """The set at a path, with its parts. `form`: of the network that it is read for.

    Raises DataError for what is no set.
    """
    whole = wish.test is not None or form is not None
    sets = in_parts(path, None if whole else split, wish, form)
    if wish.test is not None:
        sets = with_test(sets, Path(wish.test), wish, form)
    if wish.mix:
        order = mixed(len(sets.train))
        found = (sets.found or Found())._replace(mixed=True)
        sets = sets._replace(train=sets.train.take(order), found=found)
    return sets.with_validation(wish.validation) if wish.validation else sets


def mixed(count: int) -> NDArray[np.int64]:
    """The order in which so many examples are mixed, always the same."""
    return np.random.default_rng(0).permutation(count)


def weigh(sets: Data, class_weight: ClassPairs | None) -> Data:
    """The set with the weights of its classes: the training part's, learned from it alone.

    The other parts have none: what they measure is of examples. Raises DataError.
    """
    test, validation = (
        None if part is None else part.with_weights(None) for part in (sets.test, sets.validation)
    )
    sets = sets._replace(test=test, validation=validation)
    if class_weight is None:
        return sets
    found = (sets.found or Found())._replace(class_weight=class_weight)
    asked = class_weight if isinstance(class_weight, str) else dict(class_weight)
    return sets._replace(train=sets.train.weighted(asked), found=found)


def in_parts(path: Path, split: float | None, wish: Reading, form: Preparation | None) -> Data:
    """The set as it stands there, a test part of its own or a share for one; pictures upright."""
    if path.is_dir():
        no_weights(path, wish, form)
        files = idx_files(path)
        sets = load_idx_files(files, path, path.name, split) if files else read_folder(path, split)
        return upright(sets, wish.transpose, form, files.values())
    return upright(of_file(path, split, wish, form), wish.transpose, form, [path])


def of_file(path: Path, split: float | None, wish: Reading, form: Preparation | None) -> Data:
    """The set of one file, or of one of images and the labels beside it."""
    if not path.exists():
        raise DataError.keyed("data.unknown", path=path)
    name = path.name.lower()
    if name.endswith(".npz"):
        from spusk.data.npz import read_npz

        return read_npz(path, split, wish.before, wish.weight if form is None else None)
    if name.endswith(ENDINGS):
        raise DataError.keyed("data.one_picture", path=path)
    if is_table(path):
        return divided(read_table(path, wish, form), split, wish, form)
    no_weights(path, wish, form)
    checked_kind(path)
    (full,) = numbered(pair(path, labels_beside(path), path.name))
    return held_out(full, split)


def no_weights(source: object, wish: Reading, form: Preparation | None = None) -> None:
    """Raises DataError where a training set is asked for weights, and can hold none."""
    if wish.weight is not None and form is None:
        raise DataError.keyed("data.weights_where", source=source, found=wish.weight)


def divided(table: Parsed, split: float | None, wish: Reading, form: Preparation | None) -> Data:
    """A table in two parts, what is missing filled in by the means of what is trained on."""
    V, holes, found = table
    if holes is None:
        return held_out(V, split)._replace(found=found)
    train, test = parts(V, split)
    learned = train[trained_on(V.take(train), wish)]
    fills = np.array(form.fills) if form is not None and form.fills else means(V, holes, learned)
    x = np.where(holes, fills, V.x)
    full = copy(V)
    full.x, full.fills = x, tuple(fills.tolist())
    full.x.flags.writeable = False
    if test is None:
        return Data(full, None, V.name, 0.0, found)
    return Data(full.take(train), full.take(test), V.name, split or 0.0, found)


def trained_on(V: Sample, wish: Reading) -> NDArray[np.integer]:
    """The rows of a training part that are left to train on once it gives its validation part."""
    if not wish.validation:
        return np.arange(len(V))
    order = mixed(len(V)) if wish.mix else np.arange(len(V))
    return order[parts(V.take(order), wish.validation)[0]]


def means(V: Sample, holes: NDArray[np.bool_], rows: NDArray[np.integer]) -> NDArray[np.float64]:
    """The mean of each input (n,) where it is not missing, over these rows."""
    there = ~holes[rows]
    total = np.where(there, V.x[rows], 0).sum(axis=0, dtype=np.float64)
    return np.asarray(total / np.maximum(there.sum(axis=0), 1))


def with_test(sets: Data, path: Path, wish: Reading, form: Preparation | None) -> Data:
    """The set with another file as its test part, its columns and classes those of the first."""
    V = sets.train
    label = sets.found.answer if sets.found else wish.label
    beside = wish._replace(label=label, validation=0.0)
    other = in_parts(path, None, beside, form or prepare(V, "none")).train
    if other.shape != V.shape:
        raise DataError.keyed("data.parts", path=path, train=V.shape, test=other.shape)
    if (V.labels is None) != (other.labels is None):
        raise DataError.keyed("data.part_answers", path=path)
    return sets._replace(test=of_classes(other, V, path), held_out=0.0)


def of_classes(test: Sample, V: Sample, path: Path) -> Sample:
    """A test part with the classes of the training part, by their names. Raises DataError."""
    if test.labels is None or test.class_names == V.class_names:
        return test
    places = {name: k for k, name in enumerate(V.class_names)}
    strange = [name for name in test.class_names if name not in places]
    if strange:
        raise DataError.keyed("data.new_class", path=path, label=strange[0])
    numbers = np.array([places[name] for name in test.class_names])[test.labels]
    return Sample(test.x, None, numbers, V.classes, test.shape, test.name, V.class_names)
