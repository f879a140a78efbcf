"""An epoch's end: whether the training goes on, what is watched, and the one test in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from spusk.data import Data
from spusk.nn.network import Network
from spusk.training.best import Best
from spusk.training.evaluate import evaluate
from spusk.training.events import Event, TrainingOutcome
from spusk.training.health import Saturation, diverged, finite
from spusk.training.nothing_learned import learned_nothing
from spusk.training.plan import Plan


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
    return completed(event, net, saturated) if last else None


def patient(event: Event, plan: Plan, best: Best, saturated: Saturation) -> Event:
    """An epoch's end, which is the training's where no epoch has been better for so long."""
    if event.outcome is not None or plan.patience is None or event.watched is None:
        return event
    if best.stale(event.epoch) < plan.patience:
        return event
    return replace(event, outcome=completed(event, saturated.net, saturated))


def completed(event: Event, net: Network, saturated: Saturation) -> TrainingOutcome | None:
    """How a training whose last epoch is over ended; None where it was asked to stop."""
    nothing = learned_nothing(event, net, saturated.V, saturated.stop)
    if saturated.stop():
        return None
    return TrainingOutcome.LEARNED_NOTHING if nothing else TrainingOutcome.FINISHED


def judged(
    event: Event,
    outcome: TrainingOutcome | None,
    net: Network,
    sets: Data,
    stop: Callable[[], bool],
) -> Event:
    """The end of an epoch with its outcome and what is watched, or as it is where that is cut."""
    if sets.watched is None:
        return replace(event, outcome=outcome)
    score = evaluate(net, sets.watched, stop)
    if score is None:
        return event
    cost, accuracy = score
    if sets.validation is None:
        return replace(event, outcome=outcome, test_cost=cost, test_accuracy=accuracy)
    return replace(event, outcome=outcome, validation_cost=cost, validation_accuracy=accuracy)


def tested(event: Event, net: Network, best: Best, sets: Data, stop: Callable[[], bool]) -> Event:
    """The training's end with the one look at its test set, or no end where that is cut short."""
    if event.outcome is None or sets.validation is None or sets.test is None:
        return event
    score = evaluate(best.kept(net), sets.test, stop)
    if score is None:
        return replace(event, outcome=None, validation_cost=None, validation_accuracy=None)
    return replace(event, test_cost=score.cost, test_accuracy=score.accuracy)
