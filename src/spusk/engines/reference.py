"""The reference engine: one step of L11 in NumPy, as the lecture writes it.

It is the oracle of every faster engine, and fast enough for small networks.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spusk.data import Sample
from spusk.engines.base import COUNT, PLAIN, State, StepTotals, checked_state, each_rate, fits
from spusk.engines.session_lock import SessionLock
from spusk.nn.arrays import Lot
from spusk.nn.losses import LOSSES, total
from spusk.nn.network import Network
from spusk.nn.parameters import Parameters
from spusk.optim.rules import NamedRule


class Reference:
    """NumPy, float32 or float64, any activation, loss and rule."""

    name = "reference"

    def supports(self, net: Network, rule: NamedRule = PLAIN) -> str | None:
        """None: every network, every rule."""
        return None

    def open(
        self,
        net: Network,
        V: Sample,
        batch: int,
        threads: int | None = None,
        rule: NamedRule = PLAIN,
    ) -> "Steps":
        """A session on this network and set; `threads` is NumPy's own business."""
        fits(net, V)
        return Steps(net, V, batch, rule)


class Steps:
    """Steps on one network, one set, one batch size, by one rule."""

    window = 1

    def __init__(self, net: Network, V: Sample, batch: int, rule: NamedRule) -> None:
        self.net, self.V, self.batch, self.rule = net, V, batch, rule
        weights = V.scaled_weights
        self.weights = None if weights is None else weights.astype(net.dtype)
        self.gradient = Parameters(net.sizes, net.dtype)
        self.memory, self.n = rule.start(net.theta), 0
        self.turn = SessionLock(net)

    def steps(
        self, order: NDArray[np.int64], first: int, last: int, rates: ArrayLike
    ) -> StepTotals:
        """Lines 4–8 of L11 for the sub-samples V_first … V_last−1."""
        met = []
        with self.turn, np.errstate(over="ignore", invalid="ignore"):  # the cost will tell
            for i, rate in zip(range(first, last), each_rate(rates, last - first), strict=True):
                met.append(self.differentiate(order[i * self.batch : (i + 1) * self.batch]))
                self.update(rate)
        return StepTotals(*map(sum, zip(*met, strict=True))) if met else StepTotals(0.0, 0, 0)

    def differentiate(self, rows: NDArray[np.int64]) -> StepTotals:
        """Lines 5, 6: the mean of w ∇C_(x,y) over these examples (L10), and what they meet.

        A step over all of V goes through it as given, however it was shuffled: so its sums are,
        bit for bit, those of the cost as a surface.
        """
        net = self.net
        everything = len(rows) == len(self.V)
        lots = net.chunks(self.V) if everything else [self.lot(rows)]
        self.gradient.theta[:] = 0
        cost, correct = 0.0, 0
        for a, (_, y, w) in net.add_gradients(lots, len(rows), self.gradient):
            cost += total(LOSSES[net.error], a, y, w)
            correct += int(np.sum(np.argmax(a, axis=1) == np.argmax(y, axis=1)))
        return StepTotals(cost, correct, len(rows))

    def lot(self, rows: NDArray[np.int64]) -> Lot:
        """The examples at these places, and their weights."""
        w = None if self.weights is None else self.weights[rows]
        return Lot(*self.net.pair(self.V, rows), w)

    def update(self, rate: float) -> None:
        """Lines 7, 8: w and b by the rule, as one array θ."""
        rule, theta = self.rule.at(rate), self.net.theta
        theta[:], self.memory = rule.step(theta, self.gradient.theta, self.memory, self.n)
        self.n += 1

    def state(self) -> dict[str, NDArray[Any]]:
        """The rule's arrays by name, and `n` where it counts."""
        arrays = dict(zip(self.rule.states, self.memory, strict=True))
        return arrays | ({COUNT: np.array(self.n)} if self.rule.counts else {})

    def restore(self, state: State) -> None:
        """Goes on from such a state. Raises EngineError."""
        checked_state(state, self.net, self.rule)
        self.memory = tuple(np.array(state[name]) for name in self.rule.states)
        self.n = int(state.get(COUNT, 0))
