"""Engines: ways to carry out the steps of descent on a network's own memory.

An engine opens a session for a network, a set and a batch size; the session takes chunks of
steps, changes θ in place and tells what it met. `reference` is NumPy and the lecture's formulas,
`native` is C++ and fast; both do the same arithmetic up to rounding.
"""

import warnings
from functools import cache
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from spusk.data import Sample
from spusk.errors import DataError, EngineError
from spusk.nn.backprop import Floats
from spusk.nn.network import Network


class Tally(NamedTuple):
    """What a chunk of steps met: Σ C_(x,y) before each update, right answers, precedents."""

    cost: float
    correct: int
    seen: int

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(self.cost + other.cost, self.correct + other.correct, self.seen + other.seen)


class Session(Protocol):
    """Steps on one network, one set, one batch size."""

    @property
    def window(self) -> int:
        """Chunks must end at multiples of this many steps (or at the epoch's end)."""
        ...

    def steps(self, order: NDArray[np.int64], first: int, last: int, rate: float) -> Tally:
        """Takes steps first … last−1 of the epoch whose precedents stand in `order`."""
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


ENGINES = ("auto", "reference", "native")


class NativeMissingWarning(UserWarning):
    """The native engine is not built here, so the reference engine does the work."""


def engine(name: str = "auto", net: Network | None = None) -> Engine:
    """The engine of that name; `auto`: native where it is built and can train this network.

    Raises EngineError naming what there is.
    """
    if name not in ENGINES:
        raise EngineError(f"engine: expected one of {', '.join(ENGINES)}, found {name!r}")
    from spusk.engines import native
    from spusk.engines.reference import Reference

    if name == "reference":
        return Reference()
    if name == "native":
        return native.Native()
    if not native.available():
        say_missing(native.reason())
        return Reference()
    return native.Native() if net is None or net.dtype == np.float32 else Reference()


@cache
def say_missing(reason: str) -> None:
    """Says once in a process that the native engine is missing."""
    warnings.warn(
        f"the native engine is not built ({reason}); the reference engine does the work, several "
        "times slower; install a C++ compiler and install spusk again",
        NativeMissingWarning,
        stacklevel=4,
    )
