"""The contract of engines: what opens sessions, and what a session does."""

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from spusk.data import Sample
from spusk.errors import DataError
from spusk.nn.arrays import Floats
from spusk.nn.network import Network


class StepTotals(NamedTuple):
    """What a chunk of steps met: Σ C_(x,y) before each update, right answers, examples."""

    cost: float
    correct: int
    seen: int


class Session(Protocol):
    """Steps on one network, one set, one batch size."""

    @property
    def window(self) -> int:
        """Chunks must end at multiples of this many steps (or at the epoch's end)."""
        ...

    def steps(self, order: NDArray[np.int64], first: int, last: int, rate: float) -> StepTotals:
        """Takes steps first … last−1 of the epoch whose examples stand in `order`."""
        ...

    def answer(self, x: NDArray[Any]) -> Floats:
        """α(x) of rows (K, n), uint8 or floats -> (K, m)."""
        ...


class Engine(Protocol):
    """Opens sessions."""

    @property
    def name(self) -> str:
        """`reference` or `native`."""
        ...

    def open(self, net: Network, V: Sample, batch: int, threads: int | None = None) -> Session:
        """A session; raises EngineError when this engine can't train this network."""
        ...


def fits(net: Network, V: Sample) -> None:
    """Raises NetworkError where a set is of other sizes, DataError where its numbers are too large.

    A float64 number beyond float32's largest would become infinite in a float32 network.
    """
    net.fits(V)
    for what, rows in (("input", V.x), ("target", V.y)):
        if rows is None or np.can_cast(rows.dtype, net.dtype):
            continue
        largest = float(np.finfo(net.dtype).max)
        if max(rows.max(), -rows.min()) <= largest:
            continue
        row, column = np.argwhere(np.abs(rows) > largest)[0]
        found = {"value": float(rows[row, column]), "limit": largest, "kind": net.dtype}
        raise DataError.keyed(f"data.large_{what}", name=V.name, row=row, **found)
