"""PyTorch as most people train: autograd and the fused SGD, without a module's overhead."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import linear, mse_loss

from benchmarks.peers import Layers
from benchmarks.peers.torch_common import Tensors
from benchmarks.task import Task


class Eager(Tensors):
    """Functional layers; the summed loss with η/(2B) is the lecture's cost, one call less."""

    def __init__(self, task: Task, threads: int) -> None:
        super().__init__(task, threads)
        self.V = [W.t().contiguous().requires_grad_() for W in self.W]  # as nn.Linear keeps them
        for b in self.b:
            b.requires_grad_()
        rate = task.rate / (2 * task.batch)
        self.rule = torch.optim.SGD([*self.V, *self.b], lr=rate, fused=True)

    def steps(self, rows: NDArray[np.int64]) -> None:
        """The steps of these rows."""
        pairs = list(zip(self.V, self.b, strict=True))
        for part in torch.from_numpy(rows).unbind(0):
            a = self.x.index_select(0, part)
            for V, b in pairs:
                a = torch.sigmoid(linear(a, V, b))
            loss = mse_loss(a, self.y.index_select(0, part), reduction="sum")
            self.rule.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            self.rule.step()

    def weights(self) -> Layers:
        """Turned back to (n, m)."""
        pairs = zip(self.V, self.b, strict=True)
        return [(V.detach().t().numpy(), b.detach().numpy()) for V, b in pairs]


def prepare(task: Task, threads: int, option: str = "") -> Eager:
    """PyTorch on so many threads."""
    return Eager(task, threads)
