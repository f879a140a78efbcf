"""spusk through its own loop: what a user of `spusk.train` gets, events and all."""

from benchmarks.peers import Layers
from benchmarks.task import SHUFFLE, Task
from spusk import sgd
from spusk.engines.native import Native
from spusk.engines.reference import Reference

ENDLESS = 1_000_000  # epochs
ENGINES = {"native": Native, "reference": Reference}


class Ours:
    """The loop of L11, advanced epoch by epoch."""

    compiled = 0.0

    def __init__(self, task: Task, threads: int, engine: str) -> None:
        self.net, V = task.net(), task.sample()
        session = ENGINES[engine]().open(self.net, V, task.batch, threads or None)
        self.threads = int(getattr(session, "threads", threads))
        plan = sgd.Plan(task.rate, task.batch, ENDLESS, SHUFFLE)
        # the loop under train_events, over a session that can be asked for its threads
        self.events = sgd._events(self.net, V, plan, None, session)

    def epoch(self, number: int) -> None:
        """The events of one epoch."""
        for event in self.events:
            if event.ends_epoch:
                return
        raise FloatingPointError("the training diverged")

    def weights(self) -> Layers:
        """Views of the network's own memory."""
        return [(W, b) for W, b in self.net.layers]


def prepare(task: Task, threads: int, option: str) -> Ours:
    """The engine named by `option`, with so many threads (0: its own choice)."""
    return Ours(task, threads, option)
