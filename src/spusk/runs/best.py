"""The weights of the best epoch, beside those of the last: best.safetensors while a run goes on."""

from collections.abc import Sequence
from pathlib import Path

from spusk.errors import RunError
from spusk.nn.network import Network
from spusk.runs.weights import load_all, save_weights
from spusk.training import Event
from spusk.training.best import Best

BEST = "best.safetensors"


class KeptBest(Best):
    """The best epoch's weights: a copy in memory, written before the checkpoint that follows it.

    Args:
        folder: the run folder.
        net: the network that is trained.
    """

    def __init__(self, folder: Path, net: Network) -> None:
        super().__init__(net=net)
        self.path, self.written = folder / BEST, True

    def go_on(self, history: Sequence[Event]) -> None:
        """Takes up what was kept before a place; weights of another epoch come again."""
        for event in history:
            self.consider(event)
        try:
            kept = load_all(self.path)
        except RunError:
            return
        assert self.net is not None
        same = kept.net.theta.shape == self.net.theta.shape
        if self.event is not None and same and kept.about.get("epoch") == str(self.event.epoch):
            self.theta = kept.net.theta

    def look(self, event: Event) -> bool:
        """Keeps the weights of an epoch that is the best so far; whether it is."""
        better = super().look(event)
        self.written = self.written and not better
        return better

    def write(self) -> None:
        """Writes the copy, unless it is written. Raises OSError."""
        if self.written or self.theta is None or self.event is None:
            return
        assert self.net is not None
        twin = self.net.copy()
        twin.theta[:] = self.theta
        save_weights(twin, self.path, {"epoch": str(self.event.epoch)})
        self.written = True
