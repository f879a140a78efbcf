"""One peer in a process of its own: python -m benchmarks.worker, told what to do line by line.

Thread pools and OpenMP libraries of different peers never meet, and a peer's number of threads is
set before its library loads. A line in is a list [verb, …], a line out is its JSON answer.
"""

import json
import os
import sys
from importlib import import_module
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks import limits
from benchmarks.peers import Runnable
from benchmarks.task import Task, checked_rows, disagreement, oracle
from spusk import data


class Desk:
    """The verbs."""

    task: Task
    runnable: Runnable
    epochs = 0

    def prepare(self, module: str, option: str, threads: int, task: list[Any]) -> dict[str, float]:
        """Loads the peer and makes it ready; seconds of compilation, threads."""
        self.task = Task(tuple(task[0]), *task[1:])
        self.runnable = import_module(module).prepare(self.task, threads, option)
        return {"compiled": self.runnable.compiled, "threads": self.runnable.threads}

    def disagreement(self, path: str) -> float:
        """How far the weights are from the oracle's after its steps, as a share of their way."""
        self.runnable.steps(checked_rows(self.task))
        return disagreement(self.task, self.runnable.weights(), np.load(path))

    def epoch(self) -> float:
        """Seconds of the next epoch."""
        began = perf_counter()
        self.runnable.epoch(self.epochs)
        self.epochs += 1
        return perf_counter() - began

    def accuracy(self) -> float:
        """On the whole test set."""
        net = self.task.net()
        for (W, b), (V, c) in zip(net.layers, self.runnable.weights(), strict=True):
            W[:], b[:] = V, c
        test = data.load(self.task.source).test
        assert test is not None
        return net.accuracy(test)

    def oracle(self, path: str, task: list[Any]) -> None:
        """θ after the steps of the check in float64, written to a file."""
        np.save(path, oracle(Task(tuple(task[0]), *task[1:])))

    def kernels(self) -> list[str]:
        """Which kernels the matrix products of NumPy, SciPy and PyTorch chose here."""
        return limits.kernels()

    def limits(self, threads: int, quick: bool) -> dict[str, Any]:
        """What the machine can do on so many threads."""
        return limits.measure(threads, quick)._asdict()


def main() -> None:
    """Answers until its input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    desk = Desk()
    verbs = {
        verb.__name__: verb
        for verb in (
            desk.prepare,
            desk.epoch,
            desk.disagreement,
            desk.accuracy,
            desk.oracle,
            desk.limits,
            desk.kernels,
        )
    }
    for line in sys.stdin:
        verb, *given = json.loads(line)
        try:
            answer = {"answer": verbs[verb](*given)}
        except (ArithmeticError, ImportError, RuntimeError, ValueError, OSError) as error:
            answer = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
