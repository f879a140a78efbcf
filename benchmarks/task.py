"""Tasks: what is trained. A network, a batch, precedents of MNIST, and the float64 oracle.

Every peer gets the same start, the same order of precedents and the same rate, and must come
to the same weights: `disagreement` measures how far it is from the reference in float64.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from spusk import data
from spusk.data import Sample
from spusk.engines.reference import Reference
from spusk.nn.network import Network
from spusk.training import order

START, SHUFFLE = 1, 0  # seeds
# steps, whole windows of an engine: later the descent itself makes percents of a rounding
CHECKED = 128
TOLERANCE = 5e-3  # of the way the weights went; rounding leaves 1e-6 … 5e-4 (wide), a wrong sign 2


class Task(NamedTuple):
    """One training: layers, B, K precedents, η, and the set they are taken from."""

    sizes: tuple[int, ...]
    batch: int
    precedents: int
    rate: float
    source: str = "mnist"

    @property
    def name(self) -> str:
        """784-30-10 · 10."""
        return f"{'-'.join(map(str, self.sizes))} · {self.batch}"

    @property
    def Q(self) -> int:
        """Weights."""
        return sum(n * m for n, m in pairwise(self.sizes))

    @property
    def steps(self) -> int:
        """Steps in an epoch."""
        return self.precedents // self.batch

    @property
    def flops(self) -> int:
        """Of one step: 6·Q·B less the first layer's unused input gradient."""
        return self.batch * (6 * self.Q - 2 * self.sizes[0] * self.sizes[1])

    def sample(self) -> Sample:
        """The precedents, pixels as bytes."""
        return data.load(self.source).train.take(slice(self.precedents))

    def net(self, dtype: DTypeLike = np.float32) -> Network:
        """The start: the same for everyone."""
        net = Network(self.sizes, seed=START)
        if net.dtype == dtype:
            return net
        wide = Network(self.sizes, seed=START, dtype=dtype)
        wide.theta[:] = net.theta  # the float32 numbers, so that nothing differs but rounding
        return wide

    def rows(self, epoch: int) -> NDArray[np.int64]:
        """The precedents of each step of an epoch (from 0), (steps, B)."""
        return order(self.precedents, SHUFFLE, epoch).reshape(self.steps, self.batch)


def checked_rows(task: Task) -> NDArray[np.int64]:
    """The steps after which weights are compared: of a shuffled epoch, CHECKED at most."""
    return task.rows(1)[:CHECKED]


def oracle(task: Task) -> NDArray[np.float64]:
    """θ after the steps of the check, by the lecture's formulas in float64."""
    net, rows = task.net(np.float64), checked_rows(task)
    session = Reference().open(net, task.sample(), task.batch)
    session.steps(rows.ravel(), 0, len(rows), task.rate)
    return net.theta


def disagreement(
    task: Task, layers: list[tuple[NDArray[np.float32], NDArray[np.float32]]], theta: NDArray
) -> float:
    """max |θ − θ₆₄| / max |θ₆₄ − θ₀|: the share of the way by which a peer missed."""
    found = np.concatenate([W.ravel() for W, _ in layers] + [b.ravel() for _, b in layers])
    way = float(np.max(np.abs(theta - task.net().theta)))
    missed = float(np.max(np.abs(found - theta)))
    return missed / way if np.isfinite(missed) else float("inf")
