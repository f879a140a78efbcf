"""The cost of a network as a function of its parameters: the bridge to `descend` (row L6)."""

from collections.abc import Callable
from typing import Any, Protocol, Self

import numpy as np

from spusk.data import Sample
from spusk.nn.arrays import Floats
from spusk.nn.parameters import Parameters


class Trainable(Protocol):
    """What a cost surface asks of a network."""

    Q: int
    P: int
    theta: Floats

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of θ: float32 or float64."""
        ...

    def copy(self) -> Self:
        """The same network in memory of its own."""
        ...

    def cost(self, V: Sample) -> float:
        """The mean cost over V."""
        ...

    def gradients(self, V: Sample) -> Parameters:
        """The gradient of the mean cost over V."""
        ...


class CostSurface:
    """C(θ) of one network over one set: what `descend` needs of a function (L6)."""

    def __init__(self, net: Trainable, V: Sample) -> None:
        self.net, self.V, self.n = net.copy(), V, net.Q + net.P
        self.start = net.theta.copy()

    def value(self, theta: Floats) -> Floats:
        """C(θ): (…, n) -> (…)."""
        return self._each(theta, lambda: np.asarray(self.net.cost(self.V)), ())

    def gradient(self, theta: Floats) -> Floats:
        """∇C(θ): (…, n) -> (…, n)."""
        return self._each(theta, lambda: self.net.gradients(self.V).theta, (self.n,))

    def _each(self, theta: Floats, ask: Callable[[], Floats], shape: tuple[int, ...]) -> Floats:
        points = np.asarray(theta)
        results = np.empty((*points.shape[:-1], *shape), self.net.dtype)
        for place in np.ndindex(*points.shape[:-1]):
            self.net.theta[:] = points[place]
            results[place] = ask()
        return results
