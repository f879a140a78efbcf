"""Another set's classes as those of a network: by their names, not by their places."""

from collections import Counter
from copy import copy
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spusk.data.labels import label_numbers
from spusk.data.preprocessing import Preparation
from spusk.data.samples import Data, Sample
from spusk.errors import DataError

SHOWN = 8  # classes named at most


class Matched(NamedTuple):
    """A set as a network answers it.

    Attributes:
        V: the examples whose classes the network knows.
        strange: the names of other classes, and how many examples of each were left out.
    """

    V: Sample
    strange: Counter[str]


def matched(V: Sample, preparation: Preparation | None, outputs: int) -> Matched:
    """A set with a network's classes, each known by its name.

    A set need not have all of them; examples of classes that the network does not know are left
    out. A network without names has 0, 1, 2 …; one of targets takes numbers alone.

    Args:
        V: the set.
        preparation: the network's.
        outputs: how many neurons its last layer has.

    Returns:
        The set with the network's classes, and what was left out.

    Raises:
        DataError: none of the set's classes is the network's, or its answers are of another kind.
    """
    names = preparation.classes if preparation is not None else None
    if preparation is not None and names is None and preparation.scaling != "bytes":
        return Matched(as_targets(V), Counter())
    known = names or tuple(map(str, range(outputs)))
    if V.labels is None:
        if names is not None:
            raise DataError.keyed("data.not_classes", name=V.name, names=listed(known))
        return Matched(V, Counter())
    if V.class_names == known:
        return Matched(V, Counter())
    place = {name: number for number, name in enumerate(known)}
    numbers = np.array([place.get(name, -1) for name in V.class_names])[V.labels]
    strange = Counter(V.class_names[k] for k in V.labels[numbers < 0])
    kept = np.flatnonzero(numbers >= 0)
    if not len(kept):
        wrong = {"found": listed(tuple(strange)), "names": listed(known)}
        raise DataError.keyed("data.strange_classes", name=V.name, **wrong)
    return Matched(relabelled(V.take(kept), numbers[kept], known), strange)


def matched_parts(sets: Data, preparation: Preparation | None, outputs: int) -> Data:
    """A set's parts with a network's classes, as far as it knows all of them; else as they are.

    Args:
        sets: the set.
        preparation: the network's.
        outputs: how many neurons its last layer has.

    Returns:
        The set, each part with the network's classes.
    """
    parts = sets.train, sets.test, sets.validation
    try:
        found = [part and matched(part, preparation, outputs) for part in parts]
    except DataError:
        return sets
    if any(each.strange for each in found if each):
        return sets
    train, test, validation = (each and each.V for each in found)
    assert train is not None
    return sets._replace(train=train, test=test, validation=validation)


def relabelled(V: Sample, labels: NDArray[np.integer], class_names: tuple[str, ...]) -> Sample:
    """The same examples with other class numbers (K,), and a name for each class."""
    other = copy(V)
    other.labels, other.classes = label_numbers(labels, len(class_names), V.name)
    other.class_names = class_names
    return other


def as_targets(V: Sample) -> Sample:
    """A set whose answers are numbers, though few and whole ones look like classes. DataError."""
    if V.labels is None:
        return V
    try:
        values = np.array([float(name) for name in V.class_names])
    except ValueError as error:
        raise DataError.keyed("data.not_targets", name=V.name) from error
    return Sample(V.x, values[V.labels][:, None], None, None, V.shape, V.name, None, V.columns)


def listed(names: tuple[str, ...]) -> str:
    """Some names, and that there are more."""
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
