"""A plan: what decides a training besides its network and set, each number looked at."""

import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np

from spusk import engines
from spusk.data import Sample
from spusk.errors import InputError, RateError
from spusk.nn.network import Network
from spusk.training.events import SortedSetWarning


@dataclass(frozen=True)
class Plan:
    """What decides a training besides its network and set."""

    rate: float
    batch: int | Literal["all"] = 10
    epochs: int = 10
    seed: int = 0

    def size(self, V: Sample) -> int:
        """Examples in a sub-sample V_i."""
        return len(V) if self.batch == "all" else min(self.batch, len(V))

    def checked(self, net: Network, V: Sample, test: Sample | None) -> "Plan":
        """This plan, once every number has been looked at. Raises InputError and its kind."""
        if not (self.rate > 0 and np.isfinite(self.rate)):
            raise RateError(f"rate must be positive and finite, got {self.rate}; try 3")
        if self.batch != "all" and not whole(self.batch):
            raise InputError(
                f"batch: expected a whole number from 1 up or 'all', found {self.batch!r}"
            )
        if not whole(self.epochs):
            raise InputError(f"epochs: expected a whole number from 1 up, found {self.epochs!r}")
        for each in (V, test):
            if each is not None:
                engines.fits(net, each)
        if V.sorted_by_class and self.size(V) < len(V):
            warnings.warn(
                f"{V.name} is sorted by class, and the first epoch takes it as given (L11): its "
                "batches hold one class only; mix the set first: V.take(permutation)",
                SortedSetWarning,
                stacklevel=4,
            )
        return self


def whole(number: object) -> bool:
    """Whether this is a whole number from 1 up."""
    return isinstance(number, int) and not isinstance(number, bool) and number >= 1
