"""The contract of engines: what opens sessions, and what a session does.

An engine says first whether it can step a network by a rule (`supports`). The session that it opens
owns the rule's state: it takes steps at given rates, hands its state out as arrays, and goes on
from such a state bit for bit. Nobody else knows what the arrays mean.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spusk.data import Sample
from spusk.errors import DataError, EngineError
from spusk.nn.network import Network
from spusk.optim.rules import GradientDescent, NamedRule

PLAIN = GradientDescent(1.0)  # rates come with the steps; a rule's own is not asked
COUNT = "n"  # beside the arrays of a rule that counts: how many steps it has taken

State = Mapping[str, NDArray[Any]]


class StepTotals(NamedTuple):
    """What a chunk of steps met: Σ w C_(x,y) before each update, right answers, examples.

    The weights w have mean 1 over V; right answers and examples are counted without them.
    """

    cost: float
    correct: int
    seen: int


class Session(Protocol):
    """Steps on one network, one set, one batch size, by one rule."""

    @property
    def window(self) -> int:
        """Chunks must end at multiples of this many steps (or at the epoch's end)."""
        ...

    def steps(
        self, order: NDArray[np.int64], first: int, last: int, rates: ArrayLike
    ) -> StepTotals:
        """Takes steps first … last−1 of the epoch whose examples stand in `order`.

        rates: η of each step (last − first,), or one for all.
        """
        ...

    def state(self) -> dict[str, NDArray[Any]]:
        """The rule's arrays by name, like θ; and `n` (), int64, where the rule counts."""
        ...

    def restore(self, state: State) -> None:
        """Goes on from such a state. EngineError: it is not one of this rule and network."""
        ...


class Engine(Protocol):
    """Opens sessions."""

    @property
    def name(self) -> str:
        """`reference` or `native`."""
        ...

    def supports(self, net: Network, rule: NamedRule = PLAIN) -> str | None:
        """None; or why not, as the error of `open` says it."""
        ...

    def open(
        self,
        net: Network,
        V: Sample,
        batch: int,
        threads: int | None = None,
        rule: NamedRule = PLAIN,
    ) -> Session:
        """A session; raises EngineError when this engine can't train this network by this rule."""
        ...


def each_rate(rates: ArrayLike, count: int) -> list[float]:
    """η of each of `count` steps, from as many or from one."""
    return list(map(float, np.broadcast_to(np.asarray(rates, np.float64), count)))


def checked_state(state: State, net: Network, rule: NamedRule) -> None:
    """Raises EngineError where a state is not one of this rule on this network."""
    theta = (net.theta.dtype, net.theta.shape)
    expected: dict[str, Any] = dict.fromkeys(rule.states, theta)
    if rule.counts:
        expected[COUNT] = (np.dtype(np.int64), ())
    found = {name: (array.dtype, array.shape) for name, array in state.items()}
    if found != expected:
        lists = {"expected": listed(expected), "found": listed(found)}
        raise EngineError.keyed("engine.state", rule=rule.name, **lists)


def listed(arrays: Mapping[str, tuple[np.dtype[Any], tuple[int, ...]]]) -> str:
    """v: float32 (178110,); n: int64 ()."""
    return "; ".join(f"{name}: {kind} {shape}" for name, (kind, shape) in arrays.items()) or "0"


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
