"""The training sample V: K examples (x, y), checked once and then trusted.

Numbers stay as they were read, pixels as bytes; a batch becomes floating point only when it is
gathered. Classes are kept as numbers, not as one-hot rows: y ∈ R^m is made for a batch too.
"""

from __future__ import annotations

from copy import copy
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from spusk.data.arrays import DIM, WHITE, are_bytes, frozen, inputs_of, kept, names_of, shape_of
from spusk.data.labels import answers_of, label_numbers, named_labels, targets_of
from spusk.data.reading import Found
from spusk.data.weights import ClassWeight, checked_weights, of_classes, scaled
from spusk.display import short_repr
from spusk.errors import DataError


class Sample:
    """The training sample V = {(x⁽ⁱ⁾, y⁽ⁱ⁾) | 1 ≤ i ≤ K}, checked once and read-only.

    Args:
        x: inputs (K, n) or (K, *shape), numbers of any type, also a frame or a sparse matrix;
            pixels, v standing for v/255, when all are whole and in 0…255 and one is above 16, else
            taken as they are.
        y: the answers: class names or few different whole numbers (K,), or one-hot rows (K, m),
            are classes; all else targets (K, m).
        labels: class numbers (K,), 0…classes−1, or names; either these or y.
        classes: how many classes there are; else the largest label + 1.
        shape: the shape of one input, h×w of a picture; else as x has it.
        name: what messages call the set.
        class_names: a name for each class; else its number.
        columns: a name for each input, where they have any.
        weights: how much each example counts, (K,) numbers ≥ 0, not all 0; None: all alike. Costs
            and gradients follow them, C = 1/K Σ w_i C_i with the w_i scaled to mean 1, so that η
            keeps its meaning; right answers are counted without them.

    Raises:
        DataError: not such a set: no numbers, not finite, counts that differ, a label out of range,
            a weight below 0.

    Source: lecture, row L7.
    """

    __slots__ = (
        "categories", "class_names", "classes", "columns", "fills", "labels", "name", "pixels",
        "shape", "weights", "x", "y",
    )  # fmt: skip

    def __init__(
        self,
        x: ArrayLike,
        y: ArrayLike | None = None,
        labels: ArrayLike | None = None,
        classes: int | None = None,
        shape: tuple[int, ...] | None = None,
        name: str = "sample",
        class_names: tuple[str, ...] | None = None,
        columns: tuple[str, ...] | None = None,
        weights: ArrayLike | None = None,
    ) -> None:
        self.name = name
        if (y is None) == (labels is None):
            raise DataError.keyed("data.one_answer", name=name)
        rows = inputs_of(x, name)
        self.pixels = bool(rows.max() > DIM) and are_bytes(rows)
        self.shape = shape_of(rows, shape, name)
        self.x: NDArray[np.generic] = kept(rows.reshape(len(rows), -1), x)  # (K, n)
        self.columns = names_of(x) if columns is None else columns
        self.categories: tuple[tuple[str, tuple[str, ...]], ...] = ()
        self.fills: tuple[float, ...] = ()
        self.y: NDArray[np.floating] | None = None
        self.labels: NDArray[np.integer] | None = None
        if y is not None:
            kind, found, named = answers_of(y, name)
        else:
            assert labels is not None
            kind, (found, named) = "labels", named_labels(labels, classes, name)
        if kind == "labels":
            count = classes if named is None else len(named)
            self.labels, self.classes = label_numbers(found, count, name)  # (K,)
        else:
            self.y, named = targets_of(found, name), None  # (K, m)
            self.classes = self.y.shape[1]
        if classes not in (None, self.classes):
            width = {"expected": classes, "found": self.classes}
            raise DataError.keyed("data.target_width", name=name, **width)
        answers = self.y if self.labels is None else self.labels
        if answers is None or len(answers) != len(self.x):
            held = 0 if answers is None else len(answers)
            raise DataError.keyed("data.counts", name=name, inputs=len(self.x), answers=held)
        self.class_names = class_names or named or tuple(map(str, range(self.classes)))
        if len(self.class_names) != self.classes:
            counts = {"classes": self.classes, "names": len(self.class_names)}
            raise DataError.keyed("data.class_names", name=name, **counts)
        self.weights: NDArray[np.float64] | None = None
        if weights is not None:
            self.weights = checked_weights(weights, len(self.x), name)

    def __len__(self) -> int:
        return len(self.x)

    def __repr__(self) -> str:
        size = "×".join(map(str, self.shape))
        return f"Sample({self.name!r}: {len(self)} of {size} {self.x.dtype}, {self.classes} out)"

    def inputs(self, index: slice | NDArray[np.integer], dtype: DTypeLike) -> NDArray[np.floating]:
        """The inputs of a batch as floating point, pixels as v/255; may be a view of x.

        Args:
            index: which examples, (B,) numbers or a slice.
            dtype: float32 or float64.

        Returns:
            x of the batch, (B, n).
        """
        rows = self.x[index]
        if self.pixels:
            return np.asarray(np.divide(rows, WHITE, dtype=dtype))
        return rows.astype(dtype, copy=False)

    def targets(self, index: slice | NDArray[np.integer], dtype: DTypeLike) -> NDArray[np.floating]:
        """The right answers of a batch: rows of y, or one-hot rows of labels.

        Args:
            index: which examples, (B,) numbers or a slice.
            dtype: float32 or float64.

        Returns:
            y of the batch, (B, m).
        """
        if self.y is not None:
            return self.y[index].astype(dtype, copy=False)
        assert self.labels is not None
        numbers = self.labels[index]
        rows = np.zeros((len(numbers), self.classes), dtype)
        rows[np.arange(len(numbers)), numbers] = 1
        return rows

    def __getitem__(self, index: int | slice | ArrayLike) -> Sample:
        """The sub-sample of some examples, as `take`; of one where it is a number."""
        if isinstance(index, int | np.integer):
            k = range(len(self))[index]
            return self.take(slice(k, k + 1))
        chosen = index if isinstance(index, slice) else np.asarray(index)
        return self.take(chosen)

    def split(self, share: float = 0.2) -> tuple[Sample, Sample]:
        """A part to train with and one to test with, drawn class by class, always the same way.

        Args:
            share: of the test part, 0 < share < 1.

        Returns:
            The training part, the test part.

        Raises:
            DataError: a share that is none, or a set too small to give one.
        """
        train, test = parts(self, share)
        if test is None:
            raise DataError.keyed("tables.too_small", name=self.name, count=len(self))
        return self.take(train), self.take(test)

    def take(self, index: slice | ArrayLike) -> Sample:
        """The sub-sample of some examples.

        Args:
            index: which examples, (B,) numbers or a slice; a slice is a view, no copy.

        Returns:
            A sample of B examples.

        Raises:
            DataError: it would be empty.
        """
        where = index if isinstance(index, slice) else np.asarray(index)
        if not isinstance(where, slice) and not where.size:
            where = slice(0, 0)
        x = self.x[where]
        if not len(x):
            raise DataError.keyed("data.inputs", name=self.name, shape=x.shape)
        part = copy(self)  # what was decided by all numbers holds for a part of them
        part.x = frozen(x)
        part.y = None if self.y is None else frozen(self.y[where])
        part.labels = None if self.labels is None else frozen(self.labels[where])
        part.weights = None if self.weights is None else frozen(self.weights[where])
        return part

    def with_weights(self, weights: ArrayLike | None) -> Sample:
        """The same examples with other weights.

        Args:
            weights: (K,) numbers ≥ 0, not all 0; None: all alike.

        Returns:
            A sample that shares its numbers with this one.

        Raises:
            DataError: weights that are none.
        """
        other = copy(self)
        found = None if weights is None else checked_weights(weights, len(self), self.name)
        other.weights = found
        return other

    def weighted(self, class_weight: ClassWeight) -> Sample:
        """The same examples, each counting as its class does, times the weight that it has.

        Args:
            class_weight: "balanced", K/(m·K_c) for one of m classes, which has K_c of K examples,
                as scikit-learn has it; or weights by names or numbers, 1 for classes not named.

        Returns:
            A sample that shares its numbers with this one.

        Raises:
            DataError: a class that is not there, a weight that is none, or a set without classes.
        """
        each = of_classes(class_weight, self.labels, self.class_names, self.name)[self.labels]
        return self.with_weights(each if self.weights is None else each * self.weights)

    @property
    def scaled_weights(self) -> NDArray[np.float64] | None:
        """The weights with mean 1, (K,), by which costs go; None where all are alike."""
        return scaled(self.weights)

    @property
    def sorted_by_class(self) -> bool:
        """Whether the labels never decrease though there are several: L11's first epoch suffers."""
        if self.labels is None or self.labels[0] == self.labels[-1]:
            return False
        return bool(np.all(self.labels[1:] >= self.labels[:-1]))


class Data(NamedTuple):
    """A set in two parts.

    Attributes:
        train: what is trained on.
        test: what accuracy is measured on; None where there is none.
        name: what messages call the set.
        held_out: the share of the set that was split off for the test, else 0.
        found: what was found and done while it was read; None for sets that have a name.
        validation: what is watched while it is trained, to choose by; None: the test part is.
    """

    train: Sample
    test: Sample | None
    name: str
    held_out: float = 0.0
    found: Found | None = None
    validation: Sample | None = None

    @property
    def watched(self) -> Sample | None:
        """What is measured at each epoch's end: the validation part, else the test part."""
        return self.test if self.validation is None else self.validation

    def with_validation(self, share: float) -> Data:
        """With a share of the training part split off, class by class, as its validation part.

        Args:
            share: 0 < share < 1.

        Returns:
            The set in its parts.

        Raises:
            DataError: a share that is none, or a training part too small to give one.
        """
        V = self.train
        train, validation = parts(V, share)
        if validation is None:
            few = {"name": V.name, "count": len(V), "share": share}
            raise DataError.keyed("data.few_to_validate", **few)
        part = V.take(validation)
        part.name = f"{self.name}/validation"
        return self._replace(train=V.take(train), validation=part)

    def __repr__(self) -> str:
        return short_repr(self)


def stratified(labels: NDArray[np.integer], share: float) -> tuple[NDArray[np.intp], ...]:
    """Indices (train, test), each in the order given; every class gives its `share` to test.

    Which ones is drawn with a fixed seed: the same set splits the same way, always.
    """
    random = np.random.default_rng(0)
    test = np.zeros(len(labels), bool)
    for number in np.unique(labels):
        members = np.flatnonzero(labels == number)
        test[random.permutation(members)[: round(share * len(members))]] = True
    return np.flatnonzero(~test), np.flatnonzero(test)


def held_out(full: Sample, share: float | None) -> Data:
    """The set split into training and test parts; `None` or a set too small: no test part."""
    train, test = parts(full, share)
    if test is None:
        return Data(full, None, full.name)
    return Data(full.take(train), full.take(test), full.name, share or 0.0)


def parts(full: Sample, share: float | None) -> tuple[NDArray[np.intp], NDArray[np.intp] | None]:
    """The rows of the training part and those of the test part, None for it where there is none."""
    if share is not None and not 0 < share < 1:
        raise DataError.keyed("data.split", found=share)
    groups = np.zeros(len(full), np.uint8) if full.labels is None else full.labels
    train, test = stratified(groups, share or 0.0)
    return (train, test) if len(train) and len(test) else (np.arange(len(full)), None)
