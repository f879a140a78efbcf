"""Stochastic gradient descent: the lecture's algorithm (row L11), line by line.

The loop yields what happened and prints nothing; who wants to draw, print or save it consumes
the events.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from spusk import engines
from spusk.data import Sample
from spusk.engines import Session
from spusk.engines.blas_threads import one_thread
from spusk.errors import InputError, RateError
from spusk.nn.backprop import COSTS, forward
from spusk.nn.network import Network
from spusk.training.events import (
    Event,
    Outcome,
    Place,
    SortedSetWarning,
    Training,
    complaint,
    smaller,
)
from spusk.training.health import Saturation, diverged, finite

__all__ = [
    "Event",
    "Outcome",
    "Place",
    "Plan",
    "SortedSetWarning",
    "Training",
    "complaint",
    "order",
    "plan_events",
    "smaller",
    "train",
    "train_events",
]

CHUNK_SECONDS = 0.05  # how long the engine works before the loop looks up


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
    return plan_events(net, V, plan, test, session)


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
                engines.fits(net, each)
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


def plan_events(
    net: Network,
    V: Sample,
    plan: Plan,
    test: Sample | None,
    session: Session,
    place: Place = Place(),  # noqa: B008 - a tuple
    most: int | None = None,
    stop: Callable[[], bool] = bool,
) -> Iterator[Event]:
    """The loop under `train_events`, from any place on.

    An event comes at least every `most` steps (in whole windows of the session); `stop` is asked
    during the looks and tests at an epoch's end and cuts them short: that event has no outcome and
    no test numbers.
    """
    saturated = Saturation(V, plan.rate, plan.size(V), net, stop)
    pace = Pace(session.window, most)
    while place.epoch <= plan.epochs:  # (2) for epoch = 1…
        rows = order(len(V), plan.seed, place.epoch - 1)  # (3) as given; (10) shuffled after each
        for event in _epoch(V, plan, rows, session, place, pace):  # (4)
            outcome = verdict(event, plan, net, saturated)
            if outcome is not None and outcome.failed:
                yield replace(event, outcome=outcome)
                return
            yield tested(event, outcome, net, test, stop) if event.ends_epoch else event
        place = event.place.next_epoch()


def verdict(event: Event, plan: Plan, net: Network, saturated: Saturation) -> Outcome | None:
    """How the training ended with this event; None where it goes on, or was asked to stop."""
    if not np.isfinite(event.cost):
        return Outcome.NOT_FINITE
    if not event.ends_epoch:
        return None
    last = event.epoch == plan.epochs
    if not finite(net):
        return Outcome.NOT_FINITE
    if diverged(event, net, saturated.V, last):
        return Outcome.DIVERGED
    if saturated(event.epoch, event.cost, last):
        return Outcome.SATURATED
    return Outcome.FINISHED if last and not saturated.stop() else None


def _epoch(
    V: Sample,
    plan: Plan,
    rows: NDArray[np.int64],
    session: Session,
    place: Place,
    pace: "Pace",
) -> Iterator[Event]:
    """(4–8) for i = 1…M, in chunks of steps."""
    steps = -(-len(V) // plan.size(V))
    if place.step == steps:  # trained to its end before, but its test was cut short
        yield told(V, place, steps)
    while place.step < steps:
        began = perf_counter()
        last = min(pace.after(place.step), steps)
        part = session.steps(rows, place.step, last, plan.rate)
        took = max(perf_counter() - began, 1e-9)
        pace.took(last - place.step, took)
        place = Place(
            epoch=place.epoch,
            step=last,
            cost=place.cost + part.cost,
            correct=place.correct + part.correct,
            seen=place.seen + part.seen,
            seconds=place.seconds,
            spent=place.spent + took,
            first=place.first or part.cost / part.seen,
        )
        yield told(V, place, steps)


def told(V: Sample, place: Place, steps: int) -> Event:
    """The event of a place."""
    return Event(
        epoch=place.epoch,
        step=place.step,
        steps=steps,
        cost=place.cost / place.seen,
        accuracy=None if V.labels is None else place.correct / place.seen,
        seconds=place.seconds + place.spent,
        speed=place.seen / place.spent,
        place=place,
    )


class Pace:
    """How many steps the engine takes at once: whole windows, as many as fit CHUNK_SECONDS.

    From one window on it grows at most fourfold at a time, and never beyond `most` steps.
    """

    def __init__(self, window: int, most: int | None) -> None:
        self.window, self.chunk = window, window
        self.largest = None if most is None else max(1, most // window) * window

    def after(self, step: int) -> int:
        """The step at whose end the loop looks up next."""
        return step // self.window * self.window + self.chunk

    def took(self, steps: int, seconds: float) -> None:
        """Learns from a chunk; one that an epoch's end cut short says little."""
        if steps < self.chunk:
            return
        wanted = min(4 * self.chunk, round(steps * CHUNK_SECONDS / seconds))
        self.chunk = max(1, wanted // self.window) * self.window
        if self.largest is not None:
            self.chunk = min(self.chunk, self.largest)


def tested(
    event: Event,
    outcome: Outcome | None,
    net: Network,
    test: Sample | None,
    stop: Callable[[], bool],
) -> Event:
    """The event with its outcome, and the test set's numbers where there is one."""
    if test is None:
        return replace(event, outcome=outcome)
    cost, right = 0.0, 0
    with one_thread(2.0 * net.Q * len(test)):
        for x, y in net.chunks(test):
            if stop():
                return event
            a = forward(net.layers, net.sigmas, x)[-1]
            cost += float(np.sum(COSTS[net.error].value(a, y), dtype=np.float64))
            right += int(np.sum(np.argmax(a, axis=1) == np.argmax(y, axis=1)))
    accuracy = None if test.labels is None else right / len(test)
    return replace(event, outcome=outcome, test_cost=cost / len(test), test_accuracy=accuracy)
