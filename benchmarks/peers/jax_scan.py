"""JAX: a whole epoch in one compiled scan, data on the device, parameters donated."""

from functools import partial
from time import perf_counter

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import Layers
from benchmarks.task import Task

Pairs = list[tuple[jax.Array, jax.Array]]


def step(factor: float, x: jax.Array, y: jax.Array, layers: Pairs, rows: jax.Array) -> Pairs:
    """One step by hand."""
    a = [x[rows]]
    for W, b in layers:
        a.append(jax.nn.sigmoid(a[-1] @ W + b))
    d = (a[-1] - y[rows]) * a[-1] * (1 - a[-1])
    changed = []
    for at in range(len(layers) - 1, -1, -1):
        W, b = layers[at]
        changed.append((W - factor * (a[at].T @ d), b - factor * d.sum(0)))
        if at:
            d = (d @ W.T) * a[at] * (1 - a[at])
    return changed[::-1]


@partial(jax.jit, donate_argnums=0, static_argnums=4)
def epoch(layers: Pairs, x: jax.Array, y: jax.Array, rows: jax.Array, factor: float) -> Pairs:
    """All steps of one epoch: rows (steps, B)."""
    return jax.lax.scan(lambda p, r: (step(factor, x, y, p, r), None), layers, rows)[0]


def narrow(rows: NDArray[np.int64]) -> jax.Array:
    """The order as 32-bit numbers: JAX has no others by default."""
    return jnp.asarray(rows.astype(np.int32))


class Scan:
    """Compiled ahead, then one call an epoch."""

    def __init__(self, task: Task, threads: int) -> None:
        V = task.sample()
        self.task, self.threads = task, threads
        self.x = jax.device_put(V.inputs(slice(None), np.float32))
        self.y = jax.device_put(V.targets(slice(None), np.float32))
        self.layers = [(jnp.array(W), jnp.array(b)) for W, b in task.net().layers]
        began = perf_counter()
        self.factor = task.rate / task.batch
        rows = narrow(task.rows(0))
        self.run = epoch.lower(self.layers, self.x, self.y, rows, self.factor).compile()
        self.compiled = perf_counter() - began

    def epoch(self, number: int) -> None:
        """All steps of one epoch."""
        rows = narrow(self.task.rows(number))
        self.layers = jax.block_until_ready(self.run(self.layers, self.x, self.y, rows))

    def steps(self, rows: NDArray[np.int64]) -> None:
        """The same scan over other rows, compiled for their number."""
        self.layers = epoch(self.layers, self.x, self.y, narrow(rows), self.factor)

    def weights(self) -> Layers:
        """As arrays."""
        return [(np.asarray(W), np.asarray(b)) for W, b in self.layers]


def prepare(task: Task, threads: int, option: str = "") -> Scan:
    """JAX, its pool limited by the environment to so many threads."""
    return Scan(task, threads)
