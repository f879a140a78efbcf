"""What the PyTorch peers share: threads, the set as tensors, the start as tensors."""

import numpy as np
import torch

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

    def rows(self, number: int) -> tuple[torch.Tensor, ...]:
        """The precedents of each step."""
        return torch.from_numpy(self.task.rows(number)).unbind(0)

    def weights(self) -> Layers:
        """As arrays."""
        pairs = zip(self.W, self.b, strict=True)
        return [(W.detach().numpy(), b.detach().numpy()) for W, b in pairs]
