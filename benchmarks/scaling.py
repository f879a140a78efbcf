"""How our cost grows: an epoch against the weights, Q = 10⁴ … 10⁷, and against the precedents."""

from statistics import median
from typing import NamedTuple

from benchmarks.crew import PeerError, Worker
from benchmarks.peers import OURS, Peer
from benchmarks.task import Task

INPUTS, OUTPUTS = 784, 10
BATCH = 100
ROUNDS = 5
WEIGHTS = (10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
PRECEDENTS = (1_000, 3_000, 10_000, 30_000, 60_000)


class Scaling(NamedTuple):
    """Points (Q, seconds per 1000 precedents) and (precedents, seconds per epoch)."""

    weights: list[tuple[int, float]]
    precedents: list[tuple[int, float]]


def scaling(cast: dict[str, Peer], quick: bool) -> Scaling | None:
    """Of our fastest engine in the cast; None without one."""
    source, share = ("sample", 5) if quick else ("mnist", 1)
    for key in OURS:
        if key not in cast:
            continue
        try:
            by_weights = [weighed(cast[key], Q, source) for Q in WEIGHTS[: len(WEIGHTS) // share]]
            by_precedents = [
                (K, seconds(cast[key], Task((INPUTS, 100, OUTPUTS), BATCH, K, 3.0, source)))
                for K in PRECEDENTS[: max(2, len(PRECEDENTS) // share)]
            ]
        except PeerError:
            continue
        return Scaling(by_weights, by_precedents)
    return None


def weighed(peer: Peer, Q: int, source: str) -> tuple[int, float]:
    """A network with one hidden layer and about Q weights."""
    width = max(1, round(Q / (INPUTS + OUTPUTS)))
    K = max(4 * BATCH, min(4_000, 1_000_000_000 // Q // BATCH * BATCH))
    task = Task((INPUTS, width, OUTPUTS), BATCH, K, min(3.0, 300 / width), source)
    return task.Q, seconds(peer, task) * 1000 / K


def seconds(peer: Peer, task: Task) -> float:
    """Median of an epoch, after one to warm up."""
    threads = peer.threads[-1]
    with Worker(threads) as worker:
        worker.ask("prepare", peer.module, peer.option, threads, list(task))
        worker.ask("epoch")
        return median(worker.ask("epoch") for _ in range(ROUNDS))
