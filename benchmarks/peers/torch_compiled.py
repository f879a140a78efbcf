"""torch.compile over the whole step: gather, forward, back-propagation and update in one graph."""

from time import perf_counter

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.peers.torch_common import Tensors
from benchmarks.task import Task

Pairs = list[torch.Tensor]


def step(
    W: Pairs, b: Pairs, x: torch.Tensor, y: torch.Tensor, rows: torch.Tensor, factor: float
) -> None:
    """One step by hand: autograd's graph would only be compiled away."""
    a = [x[rows]]
    for V, c in zip(W, b, strict=True):
        a.append(torch.sigmoid(torch.addmm(c, a[-1], V)))
    d = (a[-1] - y[rows]) * a[-1] * (1 - a[-1])
    for at in range(len(W) - 1, -1, -1):
        below = torch.mm(d, W[at].t()) * a[at] * (1 - a[at]) if at else d
        W[at].addmm_(a[at].t(), d, alpha=factor)
        b[at].add_(d.sum(0), alpha=factor)
        d = below


class Compiled(Tensors):
    """Compiled by a first step on copies, so that no epoch pays for it."""

    def __init__(self, task: Task, threads: int) -> None:
        super().__init__(task, threads)
        self.factor = -task.rate / task.batch
        self.step = torch.compile(step, fullgraph=True, dynamic=False)
        rows = torch.from_numpy(task.rows(0)[0])
        copies = [W.clone() for W in self.W], [b.clone() for b in self.b]
        began = perf_counter()
        with torch.inference_mode():
            self.step(*copies, self.x, self.y, rows, self.factor)
        self.compiled = perf_counter() - began

    @torch.inference_mode()
    def steps(self, rows: NDArray[np.int64]) -> None:
        """The steps of these rows."""
        for part in torch.from_numpy(rows).unbind(0):
            self.step(self.W, self.b, self.x, self.y, part, self.factor)


def prepare(task: Task, threads: int, option: str = "") -> Compiled:
    """PyTorch on so many threads; needs a C++ compiler."""
    return Compiled(task, threads)
