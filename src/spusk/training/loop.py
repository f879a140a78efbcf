"""Stochastic gradient descent: the lecture's algorithm (row L11), line by line.

The loop yields what happened and prints nothing; who wants to draw, print or save it consumes
the events.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from time import perf_counter
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from spusk import engines
from spusk.data import Sample
from spusk.engines import Session
from spusk.nn.network import Network
from spusk.training.evaluate import tested
from spusk.training.events import Cursor, Event, Training, TrainingOutcome
from spusk.training.health import Saturation, diverged, finite
from spusk.training.pace import Pace
from spusk.training.plan import Plan


def order(count: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """The order of the examples in an epoch (from 0): as given first, shuffled after.

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

    w := w − η∇_w C, b := b − η∇_b C with the mean gradient over each V_i of `batch` examples
    (`"all"`: the full gradient, L6). Raises RateError, InputError, NetworkError, EngineError.
    """
    events = train_events(net, V, rate, batch, epochs, seed, test, engine, threads)
    history = [event for event in events if event.ends_epoch or event.outcome]
    return Training(net, history, history[-1].outcome or TrainingOutcome.STOPPED)


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


def plan_events(
    net: Network,
    V: Sample,
    plan: Plan,
    test: Sample | None,
    session: Session,
    cursor: Cursor = Cursor(),  # noqa: B008 - a tuple
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
    while cursor.epoch <= plan.epochs:  # (2) for epoch = 1…
        rows = order(len(V), plan.seed, cursor.epoch - 1)  # (3) as given; (10) shuffled after each
        for event in _epoch(V, plan, rows, session, cursor, pace):  # (4)
            outcome = verdict(event, plan, net, saturated)
            if outcome is not None and outcome.failed:
                yield replace(event, outcome=outcome)
                return
            yield tested(event, outcome, net, test, stop) if event.ends_epoch else event
        cursor = event.cursor.next_epoch()


def verdict(
    event: Event, plan: Plan, net: Network, saturated: Saturation
) -> TrainingOutcome | None:
    """How the training ended with this event; None where it goes on, or was asked to stop."""
    if not np.isfinite(event.cost):
        return TrainingOutcome.NOT_FINITE
    if not event.ends_epoch:
        return None
    last = event.epoch == plan.epochs
    if not finite(net):
        return TrainingOutcome.NOT_FINITE
    if diverged(event, net, saturated.V, last):
        return TrainingOutcome.DIVERGED
    if saturated(event.epoch, event.cost, last):
        return TrainingOutcome.SATURATED
    return TrainingOutcome.FINISHED if last and not saturated.stop() else None


def _epoch(
    V: Sample,
    plan: Plan,
    rows: NDArray[np.int64],
    session: Session,
    cursor: Cursor,
    pace: Pace,
) -> Iterator[Event]:
    """(4–8) for i = 1…M, in chunks of steps."""
    steps = -(-len(V) // plan.size(V))
    if cursor.step == steps:  # trained to its end before, but its test was cut short
        yield event_at(V, cursor, steps)
    while cursor.step < steps:
        began = perf_counter()
        last = min(pace.after(cursor.step), steps)
        part = session.steps(rows, cursor.step, last, plan.rate)
        took = max(perf_counter() - began, 1e-9)
        pace.took(last - cursor.step, took)
        cursor = Cursor(
            epoch=cursor.epoch,
            step=last,
            cost=cursor.cost + part.cost,
            correct=cursor.correct + part.correct,
            seen=cursor.seen + part.seen,
            seconds=cursor.seconds,
            spent=cursor.spent + took,
            first=cursor.first or part.cost / part.seen,
        )
        yield event_at(V, cursor, steps)


def event_at(V: Sample, cursor: Cursor, steps: int) -> Event:
    """The event of a place."""
    return Event(
        epoch=cursor.epoch,
        step=cursor.step,
        steps=steps,
        cost=cursor.cost / cursor.seen,
        accuracy=None if V.labels is None else cursor.correct / cursor.seen,
        seconds=cursor.seconds + cursor.spent,
        speed=cursor.seen / cursor.spent,
        cursor=cursor,
    )
