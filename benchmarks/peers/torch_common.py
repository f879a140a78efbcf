"""What the PyTorch peers share: threads, the set as tensors, the start as tensors."""

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.peers import Layers
from benchmarks.task import Task


class Tensors:
    """The set in float32, converted once, and the parameters as (n, m) and (m,) tensors."""

    compiled = 0.0

    def __init__(self, task: Task, threads: int) -> None:
        torch.set_num_threads(threads)
        torch.set_float32_matmul_precision("highest")
        V = task.sample()
        self.task, self.threads = task, threads
        self.x = torch.from_numpy(V.inputs(slice(None), np.float32))
        self.y = torch.from_numpy(V.targets(slice(None), np.float32))
        layers = task.net().layers
        self.W = [torch.from_numpy(W.copy()) for W, _ in layers]
        self.b = [torch.from_numpy(b.copy()) for _, b in layers]

    def epoch(self, number: int) -> None:
        """All steps of one epoch."""
        self.steps(self.task.rows(number))

    def steps(self, rows: NDArray[np.int64]) -> None:
        """The steps of these rows: each peer's own."""
        raise NotImplementedError

    def weights(self) -> Layers:
        """As arrays."""
        pairs = zip(self.W, self.b, strict=True)
        return [(W.detach().numpy(), b.detach().numpy()) for W, b in pairs]
