"""The weights of the best epoch, beside those of the last: best.safetensors while a run goes on."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from spusk.errors import RunError
from spusk.nn.arrays import Floats
from spusk.nn.network import Network
from spusk.runs.weights import load_all, save_weights
from spusk.training import Event
from spusk.training.best import Best

BEST = "best.safetensors"


class KeptBest:
    """The best epoch's weights: a copy in memory, written before the checkpoint that follows it.

    Args:
        folder: the run folder.
        net: the network that is trained.
    """

    def __init__(self, folder: Path, net: Network) -> None:
        self.path, self.net, self.best = folder / BEST, net, Best()
        self.theta: Floats | None = None
        self.written = True

    @property
    def epoch(self) -> int | None:
        """The best epoch, where its weights are at hand."""
        return None if self.theta is None or self.best.event is None else self.best.event.epoch

    def go_on(self, history: Sequence[Event]) -> None:
        """Takes up what was kept before a place; weights of another epoch come again."""
        self.best = Best(history)
        try:
            kept = load_all(self.path)
        except RunError:
            return
        event = self.best.event
        same = kept.net.theta.shape == self.net.theta.shape
        if event is not None and same and kept.about.get("epoch") == str(event.epoch):
            self.theta = kept.net.theta

    def look(self, event: Event) -> None:
        """Keeps the weights of an epoch that is the best so far."""
        if self.best.look(event):
            self.theta, self.written = self.net.theta.copy(), False

    def write(self) -> None:
        """Writes the copy, unless it is written. Raises OSError."""
        if self.written or self.theta is None or self.best.event is None:
            return
        twin = self.net.copy()
        twin.theta[:] = self.theta
        save_weights(twin, self.path, {"epoch": str(self.best.event.epoch)})
        self.written = True

    def take(self) -> None:
        """Gives the network the weights of its best epoch."""
        if self.theta is not None and np.isfinite(self.theta).all():
            self.net.theta[:] = self.theta
