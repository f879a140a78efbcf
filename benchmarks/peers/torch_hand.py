"""PyTorch without autograd: back-propagation by hand, buffers kept, W changed by addmm_."""

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.peers.torch_common import Tensors
from benchmarks.task import Task


class Hand(Tensors):
    """Seven calls a layer, nothing allocated."""

    def __init__(self, task: Task, threads: int) -> None:
        super().__init__(task, threads)
        B, sizes = task.batch, task.sizes
        self.a = [torch.empty(B, n) for n in sizes]
        self.d = [torch.empty(B, n) for n in sizes[1:]]
        self.e = [torch.empty(B, n) for n in sizes[1:]]
        self.target = torch.empty(B, sizes[-1])
        self.ones = torch.ones(B)
        self.factor = -task.rate / B  # −η/B

    @torch.inference_mode()
    def steps(self, rows: NDArray[np.int64]) -> None:
        """The steps of these rows."""
        for part in torch.from_numpy(rows).unbind(0):
            torch.index_select(self.x, 0, part, out=self.a[0])
            torch.index_select(self.y, 0, part, out=self.target)
            for at, W in enumerate(self.W):
                z = torch.addmm(self.b[at], self.a[at], W, out=self.a[at + 1])
                z.sigmoid_()
            torch.sub(self.a[-1], self.target, out=self.e[-1])
            self.backward()

    def backward(self) -> None:
        """δ = e·σ′ downwards; each layer changes once the e below has been taken from its W."""
        for at in range(len(self.W) - 1, -1, -1):
            W, d = self.W[at], self.d[at]
            torch.ops.aten.sigmoid_backward.grad_input(self.e[at], self.a[at + 1], grad_input=d)
            if at:
                torch.mm(d, W.t(), out=self.e[at - 1])
            W.addmm_(self.a[at].t(), d, alpha=self.factor)
            self.b[at].addmv_(d.t(), self.ones, alpha=self.factor)


def prepare(task: Task, threads: int, option: str = "") -> Hand:
    """PyTorch on so many threads."""
    return Hand(task, threads)
