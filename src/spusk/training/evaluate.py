"""A network on a test set, at an epoch's end."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from spusk.data import Sample
from spusk.engines.blas_threads import limited
from spusk.nn.backprop import forward
from spusk.nn.losses import LOSSES, total
from spusk.nn.network import Network


class Score(NamedTuple):
    """The mean cost, and the share of right answers (0…1) where there are classes.

    The cost follows the weights of the set, and so does `weighted`, the share of what counts that
    is right; `accuracy` is of examples.
    """

    cost: float
    accuracy: float | None
    weighted: float | None = None


def evaluate(net: Network, V: Sample, stop: Callable[[], bool] = bool) -> Score | None:
    """Cost and accuracy over a whole set; None where `stop`, asked between two lots, says so."""
    cost, right, counted = 0.0, 0, 0.0
    with limited(2.0 * net.Q * len(V)):
        for x, y, w in net.chunks(V):
            if stop():
                return None
            a = forward(net.layers, net.sigmas, x)[1][-1]
            hits = np.argmax(a, axis=1) == np.argmax(y, axis=1)
            cost += total(LOSSES[net.error], a, y, w)
            right += int(np.sum(hits))
            counted += float(np.sum(hits if w is None else w * hits, dtype=np.float64))
    shares = (None, None) if V.labels is None else (right / len(V), counted / len(V))
    return Score(cost / len(V), *shares)
