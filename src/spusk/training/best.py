"""The best epoch of a training, on its test set: whose weights may be kept, and when to stop."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

from spusk.training.events import Event

KEEPS = ("last", "best")


class Best:
    """The best epoch so far: the most right answers, among equals (or targets) the least cost.

    Args:
        past: events at the ends of the epochs behind.
    """

    def __init__(self, past: Iterable[Event] = ()) -> None:
        self.event: Event | None = None
        for event in past:
            self.look(event)

    def look(self, event: Event) -> bool:
        """Whether an epoch is the best so far, which it is from then on."""
        if event.test_cost is None or not isfinite(event.test_cost):
            return False
        if self.event is not None and not rank(event) > rank(self.event):
            return False
        self.event = event
        return True

    def stale(self, epoch: int) -> int:
        """Epochs since the best one; 0 where nothing was tested."""
        return 0 if self.event is None else epoch - self.event.epoch


def rank(event: Event) -> tuple[float, float]:
    """What is compared: the share of right answers on the test set, then its cost."""
    assert event.test_cost is not None
    return event.test_accuracy or 0.0, -event.test_cost
