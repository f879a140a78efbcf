"""The best epoch of a training, on the part that is watched: its weights, and when to stop."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

import numpy as np

from spusk.nn.arrays import Floats
from spusk.nn.network import Network
from spusk.training.events import Event

KEEPS = ("last", "best")


class Best:
    """The best epoch so far: the most right answers, among equals (or targets) the least cost.

    Args:
        past: events at the ends of the epochs behind.
        net: the network whose weights at that epoch are kept; None: none are.
    """

    def __init__(self, past: Iterable[Event] = (), net: Network | None = None) -> None:
        self.net = net
        self.event: Event | None = None
        self.theta: Floats | None = None
        for event in past:
            self.consider(event)

    def consider(self, event: Event) -> bool:
        """Whether an epoch is the best so far, which it is from then on."""
        if event.watched is None or not isfinite(event.watched.cost):
            return False
        if self.event is not None and not rank(event) > rank(self.event):
            return False
        self.event = event
        return True

    def look(self, event: Event) -> bool:
        """The same at its end, when the network stands there: its weights are kept."""
        better = self.consider(event)
        if better and self.net is not None:
            self.theta = self.net.theta.copy()
        return better

    @property
    def epoch(self) -> int | None:
        """The best epoch, where its weights are at hand."""
        return None if self.theta is None or self.event is None else self.event.epoch

    def kept(self, net: Network) -> Network:
        """The network with the weights that are kept: of the best epoch, else as it is."""
        if self.theta is None or not np.isfinite(self.theta).all():
            return net
        twin = net.copy()
        twin.theta[:] = self.theta
        return twin

    def take(self) -> None:
        """Gives the network the weights of its best epoch."""
        if self.net is not None:
            self.net.theta[:] = self.kept(self.net).theta

    def stale(self, epoch: int) -> int:
        """Epochs since the best one; 0 where nothing was watched."""
        return 0 if self.event is None else epoch - self.event.epoch


def rank(event: Event) -> tuple[float, float]:
    """What is compared: the share of right answers on the part that is watched, then its cost."""
    assert event.watched is not None
    return event.watched.accuracy or 0.0, -event.watched.cost
