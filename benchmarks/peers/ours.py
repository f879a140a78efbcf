"""spusk through its own loop: what a user of `spusk.train` gets, events and all."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import Layers
from benchmarks.task import SHUFFLE, Task
from spusk import engines
from spusk.training import train_events

ENDLESS = 1_000_000  # epochs


class Ours:
    """The loop of L11, advanced epoch by epoch."""

    compiled = 0.0

    def __init__(self, task: Task, threads: int, engine: str) -> None:
        self.task, self.net, self.V = task, task.net(), task.sample()
        self.engine, self.asked = engines.engine(engine), threads or None
        self.threads = int(getattr(self.session(), "threads", threads))
        self.events = train_events(
            self.net,
            self.V,
            rate=task.rate,
            batch=task.batch,
            epochs=ENDLESS,
            seed=SHUFFLE,
            engine=engine,
            threads=self.asked,
        )

    def session(self) -> engines.Session:
        """The engine at work on the network, without the loop."""
        return self.engine.open(self.net, self.V, self.task.batch, self.asked)

    def epoch(self, number: int) -> None:
        """The events of one epoch."""
        for event in self.events:
            if event.ends_epoch:
                return
        raise FloatingPointError("the training diverged")

    def steps(self, rows: NDArray[np.int64]) -> None:
        """The engine's steps, in one call; an order names every precedent of the epoch."""
        rest = np.setdiff1d(np.arange(self.task.precedents), rows)
        order = np.concatenate([rows.ravel(), rest])
        self.session().steps(order, 0, len(rows), self.task.rate)

    def weights(self) -> Layers:
        """Views of the network's own memory."""
        return [(W, b) for W, b in self.net.layers]


def prepare(task: Task, threads: int, option: str) -> Ours:
    """The engine named by `option`, with so many threads (0: its own choice)."""
    return Ours(task, threads, option)
