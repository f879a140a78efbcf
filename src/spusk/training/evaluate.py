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
    """The mean cost, and the share of right answers (0…1) where there are classes."""

    cost: float
    accuracy: float | None


def evaluate(
    net: Network, V: Sample, stop: Callable[[], bool] = bool, weighted: bool = False
) -> Score | None:
    """Cost and accuracy over a whole set; None where `stop`, asked between two lots, says so.

    The cost follows the weights of the set; right answers do where that is asked for (`weighted`).
    """
    cost, right = 0.0, 0.0
    with limited(2.0 * net.Q * len(V)):
        for x, y, w in net.chunks(V):
            if stop():
                return None
            a = forward(net.layers, net.sigmas, x)[1][-1]
            hits = np.argmax(a, axis=1) == np.argmax(y, axis=1)
            cost += total(LOSSES[net.error], a, y, w)
            right += float(np.sum(hits if w is None or not weighted else w * hits))
    return Score(cost / len(V), None if V.labels is None else right / len(V))
