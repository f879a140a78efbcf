"""Stochastic gradient descent: the lecture's algorithm (row L11), line by line.

The loop yields what happened and prints nothing; who wants to draw, print or save it consumes
the events.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from time import perf_counter
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from spusk import engines
from spusk.data import Sample
from spusk.engines import Session, Tally
from spusk.errors import InputError, RateError
from spusk.network import Network

CHUNK_SECONDS = 0.05  # how long the engine works before the loop looks up


class SortedSetWarning(UserWarning):
    """The set is sorted by class, and the first epoch takes V as given."""


class Outcome(StrEnum):
    """How a training ended; each has its sentence in `words`."""

    FINISHED = "finished"
    NOT_FINITE = "not finite"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Event:
    """What happened up to a step of an epoch.

    `cost` and `accuracy` (0…1) are means over the precedents of this epoch so far, each met
    before its own update; `test_cost` and `test_accuracy` come with the epoch's end, measured on
    the test set. `step` of `steps` sub-samples are done; `seconds` of training in all, tests not
    counted; `speed` in examples per second of this epoch. `outcome` stands on the last event.
    """

    epoch: int
    step: int
    steps: int
    cost: float
    accuracy: float | None
    seconds: float
    speed: float
    test_cost: float | None = None
    test_accuracy: float | None = None
    outcome: Outcome | None = None

    @property
    def ends_epoch(self) -> bool:
        """Whether every precedent of the epoch was used."""
        return self.step == self.steps


@dataclass(frozen=True)
class Training:
    """A finished training: the network, one event per epoch, and how it ended."""

    net: Network
    history: list[Event] = field(repr=False)
    outcome: Outcome

    @property
    def last(self) -> Event:
        """The last event."""
        return self.history[-1]

    @property
    def best_accuracy(self) -> float:
        """The best accuracy on the test set (on the training set where there is no test)."""
        tested = [e.test_accuracy for e in self.history if e.test_accuracy is not None]
        met = [e.accuracy for e in self.history if e.accuracy is not None]
        return max(tested or met, default=float("nan"))


def order(count: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """The order of the precedents in an epoch (from 0): as given first, shuffled after.

    A function, not a state: resuming needs three numbers (L11, line 10).
    """
    if epoch == 0:
        return np.arange(count)
    return np.random.default_rng([seed, epoch]).permutation(count)


def train(
    net: Network,
    V: Sample,
    rate: float,
    batch: int | Literal["all"] = 10,
    epochs: int = 10,
    seed: int = 0,
    test: Sample | None = None,
    engine: str = "auto",
    threads: int | None = None,
) -> Training:
    """Trains the network in place by L11 and returns its history.

    w := w − η∇_w C, b := b − η∇_b C with the mean gradient over each V_i of `batch` precedents
    (`"all"`: the full gradient, L6). Raises RateError, InputError, NetworkError, EngineError.
    """
    events = train_events(net, V, rate, batch, epochs, seed, test, engine, threads)
    history = [event for event in events if event.ends_epoch or event.outcome]
    return Training(net, history, history[-1].outcome or Outcome.STOPPED)


def train_events(
    net: Network,
    V: Sample,
    rate: float,
    batch: int | Literal["all"] = 10,
    epochs: int = 10,
    seed: int = 0,
    test: Sample | None = None,
    engine: str = "auto",
    threads: int | None = None,
) -> Iterator[Event]:
    """The loop under `train`: yields an Event about every 50 ms and at each epoch's end."""
    plan = Plan(rate, batch, epochs, seed).checked(net, V, test)
    session = engines.engine(engine, net).open(net, V, plan.size(V), threads)
    return _events(net, V, plan, test, session)


@dataclass(frozen=True)
class Plan:
    """What decides a training besides its network and set."""

    rate: float
    batch: int | Literal["all"] = 10
    epochs: int = 10
    seed: int = 0

    def size(self, V: Sample) -> int:
        """Precedents in a sub-sample V_i."""
        return len(V) if self.batch == "all" else min(self.batch, len(V))

    def checked(self, net: Network, V: Sample, test: Sample | None) -> "Plan":
        """This plan, once every number has been looked at. Raises InputError and its kind."""
        if not (self.rate > 0 and np.isfinite(self.rate)):
            raise RateError(f"rate must be positive and finite, got {self.rate}; try 3")
        if self.batch != "all" and not whole(self.batch):
            raise InputError(
                f"batch: expected a whole number from 1 up or 'all', found {self.batch!r}"
            )
        if not whole(self.epochs):
            raise InputError(f"epochs: expected a whole number from 1 up, found {self.epochs!r}")
        for each in (V, test):
            if each is not None:
                net.fits(each)
        if V.sorted_by_class and self.size(V) < len(V):
            warnings.warn(
                f"{V.name} is sorted by class, and the first epoch takes it as given (L11): its "
                "batches hold one class only; mix the set first: V.take(permutation)",
                SortedSetWarning,
                stacklevel=4,
            )
        return self


def whole(number: object) -> bool:
    """Whether this is a whole number from 1 up."""
    return isinstance(number, int) and not isinstance(number, bool) and number >= 1


def _events(
    net: Network, V: Sample, plan: Plan, test: Sample | None, session: Session
) -> Iterator[Event]:
    clock = 0.0
    for epoch in range(plan.epochs):  # (2) for epoch = 1…
        rows = order(len(V), plan.seed, epoch)  # (3) V as given; (10) shuffled after each epoch
        for event in _epoch(V, plan, rows, session, epoch + 1, clock):  # (4)
            if not np.isfinite(event.cost):
                yield replace(event, outcome=Outcome.NOT_FINITE)
                return
            if event.ends_epoch:
                clock = event.seconds
                outcome = Outcome.FINISHED if epoch + 1 == plan.epochs else None
                yield tested(event, outcome, net, test)
            else:
                yield event


def _epoch(
    V: Sample, plan: Plan, rows: NDArray[np.int64], session: Session, epoch: int, clock: float
) -> Iterator[Event]:
    """(4–8) for i = 1…M, in chunks of steps that take about CHUNK_SECONDS each."""
    steps = -(-len(V) // plan.size(V))
    total, done, spent, chunk = Tally(0.0, 0, 0), 0, 0.0, session.window
    while done < steps:
        began = perf_counter()
        last = min(done + chunk, steps)
        part = session.steps(rows, done, last, plan.rate)
        took = max(perf_counter() - began, 1e-9)
        done, spent = last, spent + took
        total = total.plus(part)
        chunk = longer(chunk, took, session.window)
        yield Event(
            epoch=epoch,
            step=done,
            steps=steps,
            cost=total.cost / total.seen,
            accuracy=None if V.labels is None else total.correct / total.seen,
            seconds=clock + spent,
            speed=total.seen / spent,
        )


def longer(chunk: int, took: float, window: int) -> int:
    """The next chunk: as many windows as fit CHUNK_SECONDS, at most four times the last."""
    wanted = min(4 * chunk, round(chunk * CHUNK_SECONDS / took))
    return max(1, wanted // window) * window


def tested(event: Event, outcome: Outcome | None, net: Network, test: Sample | None) -> Event:
    """The event with its outcome, and the test set's numbers where there is one."""
    if test is None:
        return replace(event, outcome=outcome)
    accuracy = None if test.labels is None else net.accuracy(test)
    return replace(event, outcome=outcome, test_cost=net.cost(test), test_accuracy=accuracy)
