"""NumPy as a careful user writes it: float32 rows ready in memory, every result in place."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import Layers
from benchmarks.task import Task

Floats = NDArray[np.float32]


class Hand:
    """One step in NumPy calls; nothing is allocated after the start."""

    compiled = 0.0

    def __init__(self, task: Task, threads: int) -> None:
        V = task.sample()
        self.task, self.threads = task, threads
        self.x: Floats = V.inputs(slice(None), np.float32)  # (K, n), converted once, 4 × the memory
        self.y: Floats = V.targets(slice(None), np.float32)
        self.layers = [(W.copy(), b.copy()) for W, b in task.net().layers]
        B, sizes = task.batch, task.sizes
        self.a = [np.empty((B, n), np.float32) for n in sizes]
        self.d = [np.empty((B, n), np.float32) for n in sizes[1:]]
        self.G = [np.empty_like(W) for W, _ in self.layers]
        self.g = [np.empty_like(b) for _, b in self.layers]
        self.slope = [np.empty((B, n), np.float32) for n in sizes[1:]]
        self.target = np.empty((B, sizes[-1]), np.float32)
        self.factor = np.float32(task.rate / B)  # η/B

    def epoch(self, number: int) -> None:
        """All steps of one epoch."""
        self.steps(self.task.rows(number))

    def steps(self, rows: NDArray[np.int64]) -> None:
        """The steps of these rows."""
        for part in rows:
            np.take(self.x, part, axis=0, out=self.a[0], mode="clip")
            np.take(self.y, part, axis=0, out=self.target, mode="clip")
            self.forward()
            self.backward()

    def forward(self) -> None:
        """a = σ(a W + b), layer by layer."""
        for at, (W, b) in enumerate(self.layers):
            z = self.a[at + 1]
            np.matmul(self.a[at], W, out=z)
            z += b
            np.negative(z, out=z)
            np.exp(z, out=z)
            z += np.float32(1)
            np.reciprocal(z, out=z)

    def backward(self) -> None:
        """δ downwards; each layer changes once the δ below has been taken from its old W."""
        np.subtract(self.a[-1], self.target, out=self.d[-1])
        self.d[-1] *= self.factor
        for at in range(len(self.layers) - 1, -1, -1):
            W, b = self.layers[at]
            a, d, slope = self.a[at + 1], self.d[at], self.slope[at]
            np.subtract(np.float32(1), a, out=slope)
            slope *= a
            d *= slope
            if at:
                np.matmul(d, W.T, out=self.d[at - 1])
            self.change(at, W)
            np.add.reduce(d, axis=0, out=self.g[at])
            b -= self.g[at]

    def change(self, at: int, W: Floats) -> None:
        """W := W − aᵀδ (η/B is in δ)."""
        np.matmul(self.a[at].T, self.d[at], out=self.G[at])
        W -= self.G[at]

    def weights(self) -> Layers:
        """Its matrices."""
        return self.layers


def prepare(task: Task, threads: int, option: str = "") -> Hand:
    """NumPy, its BLAS limited by the environment to so many threads."""
    return Hand(task, threads)
