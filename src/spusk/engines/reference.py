"""The reference engine: one step of L11 in NumPy, as the lecture writes it.

It is the oracle of every faster engine, and fast enough for small networks.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spusk.data import Sample
from spusk.engines.base import StepTotals, fits
from spusk.engines.session_lock import SessionLock
from spusk.nn.arrays import Floats
from spusk.nn.backprop import mean_gradient
from spusk.nn.losses import LOSSES
from spusk.nn.network import Network
from spusk.nn.parameters import Parameters


class Reference:
    """NumPy, float32 or float64, any activation and cost."""

    name = "reference"

    def open(self, net: Network, V: Sample, batch: int, threads: int | None = None) -> "Steps":
        """A session on this network and set; `threads` is NumPy's own business."""
        fits(net, V)
        return Steps(net, V, batch)


class Steps:
    """Steps on one network, one set, one batch size."""

    window = 1

    def __init__(self, net: Network, V: Sample, batch: int) -> None:
        self.net, self.V, self.batch = net, V, batch
        self.gradient = Parameters(net.sizes, net.dtype)
        self.turn = SessionLock(net)

    def steps(self, order: NDArray[np.int64], first: int, last: int, rate: float) -> StepTotals:
        """Lines 4–8 of L11 for the sub-samples V_first … V_last−1."""
        cost, correct, seen = 0.0, 0, 0
        with self.turn:
            for i in range(first, last):
                part = order[i * self.batch : (i + 1) * self.batch]
                x, y = self.net.pair(self.V, part)
                _, a, delta = self.net.propagate(x, y)
                mean_gradient(a, delta, self.gradient.layers)
                self.gradient.theta *= rate
                self.net.theta -= self.gradient.theta  # w := w − η∇_w C, b := b − η∇_b C
                cost += float(np.sum(LOSSES[self.net.error].value(a[-1], y), dtype=np.float64))
                correct += int(np.sum(np.argmax(a[-1], axis=1) == np.argmax(y, axis=1)))
                seen += len(part)
        return StepTotals(cost, correct, seen)

    def answer(self, x: NDArray[Any]) -> Floats:
        """α(x) of rows (K, n)."""
        return self.net.answer(x)
