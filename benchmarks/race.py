"""A race: every peer on one task, checked against the oracle, then timed in turns A B C A B C."""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import sleep

from benchmarks.crew import PeerError, Worker
from benchmarks.peers import OURS, Peer
from benchmarks.rows import Row
from benchmarks.task import TOLERANCE, Task

TRIALS, TRIAL_SECONDS = (
    4,
    1.5,
)  # epochs by which a number of threads is chosen, unless they are long
REST = 0.1  # seconds before a turn: threads of the one before may still spin
MOST_EPOCHS = 40  # on the way to an accuracy

Say = Callable[[str], None]


@dataclass
class Entry:
    """How one peer did: seconds of each timed epoch, and what came before."""

    label: str
    threads: int
    compiled: float
    missed: float | None  # share of the weights' way; None: another cost, not compared
    first: list[float]  # epochs before the timed ones
    timed: list[float] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)  # after each epoch, where asked

    @property
    def trial(self) -> float:
        """The best epoch but the first, which warmed up."""
        return min(self.first[1:])

    @property
    def seconds(self) -> float:
        """Median of an epoch."""
        return median(self.timed)

    def to_accuracy(self, target: float) -> tuple[float, int] | None:
        """Seconds of training and epochs until the test set's accuracy was reached."""
        for at, accuracy in enumerate(self.accuracies):
            if accuracy >= target:
                return sum((self.first + self.timed)[: at + 1]), at + 1
        return None


@dataclass
class Result:
    """A race's end: entries by peer, and why others are missing."""

    row: Row
    entries: dict[str, Entry] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def ours(self) -> Entry | None:
        """The engine that a user gets: native, the reference where it is not built."""
        return next((self.entries[key] for key in OURS if key in self.entries), None)

    @property
    def best_peer(self) -> Entry | None:
        """The fastest that does the same arithmetic and is not ours."""
        return fastest(
            [e for k, e in self.entries.items() if k not in OURS and e.missed is not None]
        )

    @property
    def ratio(self) -> float | None:
        """The best peer's time ÷ ours."""
        if self.ours is None or self.best_peer is None:
            return None
        return self.best_peer.seconds / self.ours.seconds


def fastest(entries: list[Entry]) -> Entry | None:
    """By the median, None of none."""
    return min(entries, key=lambda entry: entry.seconds, default=None)


def race(row: Row, cast: dict[str, Peer], rounds: int, say: Say) -> Result:
    """Prepares every peer at its better number of threads, then times them in turns."""
    result, running = Result(row), dict[str, Worker]()
    try:
        with TemporaryDirectory() as folder:
            truth = Path(folder) / "theta.npy"
            with Worker(0) as worker:
                worker.ask("oracle", str(truth), list(row.task))
            for key, peer in cast.items():
                try:
                    running[key], result.entries[key] = ready(peer, row, truth)
                    say(f"  {told(result.entries[key], row.task)}")
                except PeerError as error:
                    result.missing[key] = str(error)
                    say(f"  {peer.label}: left out: {error}")
        for _ in range(rounds):
            for key, worker in running.items():
                sleep(REST)
                entry = result.entries[key]
                lap(worker, entry, entry.timed, row.target)
        if row.target is not None:
            for key, worker in running.items():
                reach(worker, result.entries[key], row.target)
    finally:
        for worker in running.values():
            worker.close()
    return result


def ready(peer: Peer, row: Row, truth: Path) -> tuple[Worker, Entry]:
    """A worker that has run and agreed, at its better number of threads. Raises PeerError."""
    if not find_spec(peer.needs):
        raise PeerError(f"not installed: pip install 'spusk[bench]' brings {peer.needs}")
    best: tuple[Worker, Entry] | None = None
    for threads in peer.threads:
        worker = Worker(threads)
        try:
            entry = tried(worker, peer, threads, row, truth)
        except PeerError:
            worker.close()
            if best is not None:
                best[0].close()
            raise
        if best is None or entry.trial < best[1].trial:
            best, worker = (worker, entry), best[0] if best else None
        if worker is not None:
            worker.close()
    assert best is not None
    return best


def tried(worker: Worker, peer: Peer, threads: int, row: Row, truth: Path) -> Entry:
    """Prepared, compared, and run for the first epochs. Raises PeerError."""
    made = worker.ask("prepare", peer.module, peer.option, threads, list(row.task))
    entry = Entry(peer.label, made["threads"], made["compiled"], None, [])
    if peer.checked:
        entry.missed = worker.ask("disagreement", str(truth))
        if not entry.missed <= TOLERANCE:
            raise PeerError(
                f"its weights disagree with the float64 reference: off by {entry.missed:.2g} of "
                f"their way, at most {TOLERANCE:g} is rounding"
            )
        worker.ask("prepare", peer.module, peer.option, threads, list(row.task))  # back to θ₀
    while len(entry.first) < 2 or (len(entry.first) < TRIALS and sum(entry.first) < TRIAL_SECONDS):
        lap(worker, entry, entry.first, row.target)
    return entry


def lap(worker: Worker, entry: Entry, times: list[float], target: float | None) -> None:
    """One epoch on the list, and the accuracy after it where one is wanted."""
    times.append(worker.ask("epoch"))
    if target is not None:
        entry.accuracies.append(worker.ask("accuracy"))


def reach(worker: Worker, entry: Entry, target: float) -> None:
    """Goes on to the accuracy."""
    while max(entry.accuracies) < target and len(entry.accuracies) < MOST_EPOCHS:
        lap(worker, entry, entry.timed, target)


def told(entry: Entry, task: Task) -> str:
    """A line while the race is on."""
    missed = "another cost" if entry.missed is None else f"off by {entry.missed:.1e}"
    compiled = f", compiled in {entry.compiled:.1f} s" if entry.compiled else ""
    step = 1e6 * entry.trial / task.steps
    return f"{entry.label}: {step:,.1f} µs a step, {entry.threads} threads, {missed}{compiled}"
