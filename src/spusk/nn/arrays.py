"""The arrays of a network: numbers of any float type, and one layer's weights and biases."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spusk.display import short_repr

Floats = NDArray[np.floating[Any]]


class Layer(NamedTuple):
    """One layer: W of shape (n, m) and b of shape (m,)."""

    W: Floats
    b: Floats

    def __repr__(self) -> str:
        return short_repr(self)


class Lot(NamedTuple):
    """Some examples: x (B, n), y (B, m), and the weights w (B,), None where all count alike."""

    x: Floats
    y: Floats
    w: Floats | None = None

    def __repr__(self) -> str:
        return short_repr(self)


def strongest(W: Floats, most: int) -> NDArray[np.intp]:
    """The neurons of a layer (n, m) with the largest ‖W‖, at most so many, in order: (k,)."""
    largest = np.argsort(-np.linalg.norm(W, axis=0), kind="stable")[:most]
    return np.sort(largest)
