"""What a training tells: where it stands, what happened, how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite
from typing import NamedTuple

from spusk.errors import SpuskWarning
from spusk.i18n import say
from spusk.nn.network import Network
from spusk.optim.schedules import Rate, rate_at
from spusk.training.evaluate import Score


class SortedSetWarning(SpuskWarning):
    """The set is sorted by class, and the first epoch takes V as given."""


class UnsavedRateWarning(SpuskWarning):
    """The rate is a bare function: it trains, but a run with it cannot be resumed."""


class NothingLearnedWarning(SpuskWarning):
    """The training ended no better than a constant answer; the likely cause, and what helps."""


class TrainingOutcome(StrEnum):
    """How a training ended; each has its sentence in `words`."""

    FINISHED = "finished"
    LEARNED_NOTHING = "learned nothing"
    NOT_FINITE = "not finite"
    DIVERGED = "diverged"
    SATURATED = "saturated"
    STOPPED = "stopped"

    @property
    def failed(self) -> bool:
        """Whether the run went wrong."""
        return self in (
            TrainingOutcome.NOT_FINITE,
            TrainingOutcome.DIVERGED,
            TrainingOutcome.SATURATED,
        )

    @property
    def complete(self) -> bool:
        """Whether the plan was carried out to its end."""
        return self in (TrainingOutcome.FINISHED, TrainingOutcome.LEARNED_NOTHING)


class Cursor(NamedTuple):
    """Where a training stands: with θ and the plan, all it takes to go on.

    The order of the examples is a function of seed and epoch and needs no state.

    Attributes:
        epoch: that is under way, from 1.
        step: sub-samples of it that are done.
        cost: Σ C_(x,y) over them.
        correct: right answers among them.
        seen: examples in them.
        seconds: of the epochs before, tests not counted.
        spent: seconds of this epoch.
        first: the mean cost of the very first steps.
    """

    epoch: int = 1
    step: int = 0
    cost: float = 0.0
    correct: int = 0
    seen: int = 0
    seconds: float = 0.0
    spent: float = 0.0
    first: float = 0.0

    def next_epoch(self) -> Cursor:
        """The beginning of the epoch after this one."""
        return Cursor(self.epoch + 1, seconds=self.seconds + self.spent, first=self.first)


@dataclass(frozen=True, slots=True)
class Event:
    """What happened up to a step of an epoch.

    Attributes:
        epoch: that is under way, from 1.
        step: sub-samples of it that are done.
        steps: sub-samples in an epoch.
        cost: the mean over the examples of this epoch so far, each met before its own update.
        accuracy: the same of right answers, 0…1; None where there are no labels.
        seconds: of training in all, tests not counted.
        speed: examples per second in this epoch.
        test_cost: on the test set, at an epoch's end; with a validation part on the last event
            alone, by the weights that are kept.
        test_accuracy: the same of right answers, 0…1.
        outcome: how it ended, on the last event.
        cursor: where to go on from.
        validation_cost: on the validation part, at an epoch's end.
        validation_accuracy: the same of right answers, 0…1.
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
    outcome: TrainingOutcome | None = None
    cursor: Cursor = field(default=Cursor(), repr=False, compare=False)
    validation_cost: float | None = None
    validation_accuracy: float | None = None

    @property
    def watched(self) -> Score | None:
        """The score on what is watched: the validation part, where there is none the test set."""
        if self.validation_cost is not None:
            return Score(self.validation_cost, self.validation_accuracy)
        return None if self.test_cost is None else Score(self.test_cost, self.test_accuracy)

    @property
    def final_test(self) -> Score | None:
        """The one look at the test set, on the last event of a training with a validation part."""
        if self.validation_cost is None or self.test_cost is None:
            return None
        return Score(self.test_cost, self.test_accuracy)

    @property
    def watched_cost(self) -> float | None:
        """The cost on the part that is watched, at an epoch's end."""
        return None if self.watched is None else self.watched.cost

    @property
    def watched_accuracy(self) -> float | None:
        """The share of right answers on the part that is watched, at an epoch's end, 0…1."""
        return None if self.watched is None else self.watched.accuracy

    @property
    def ends_epoch(self) -> bool:
        """Whether every example of the epoch was used."""
        return self.step == self.steps

    def rate_of(self, rate: Rate) -> float:
        """The rate of its last step.

        Args:
            rate: the training's: a number or a schedule.

        Returns:
            η.
        """
        return float(rate_at(rate, max(0, (self.epoch - 1) * self.steps + self.step - 1)))


def smaller_rate(outcome: TrainingOutcome, rate: float) -> float:
    """The rate to try after one that was too large.

    Args:
        outcome: how the training failed.
        rate: η, which was too large.

    Returns:
        A smaller η.
    """
    return min(rate / 10, 3.0) if outcome is TrainingOutcome.SATURATED else rate / 10


def explain_failure(outcome: TrainingOutcome, last: Event, rate: Rate, lang: str) -> str:
    """What went wrong in a training that failed, with its numbers and a remedy.

    Args:
        outcome: how it failed.
        last: its last event.
        rate: the plan's; what is said is the one at the last step.
        lang: "en" or "ru".

    Returns:
        The sentences.
    """
    eta = last.rate_of(rate)
    key = outcome.name.lower()
    if outcome is TrainingOutcome.NOT_FINITE and isfinite(last.cost):
        key = "weights_not_finite"
    return say(
        f"train.{key}", lang, epoch=last.epoch, step=last.step, rate=eta,
        remedy=smaller_rate(outcome, eta),
        cost=last.cost, first=last.cursor.first,
    )  # fmt: skip


def round_seconds(seconds: float) -> float:
    """Seconds as one says them: tenths, or one digit of less than a second."""
    return round(seconds, 1) if seconds >= 1 else float(f"{seconds:.1g}")


@dataclass(frozen=True)
class Training:
    """A finished training.

    Attributes:
        net: the trained network.
        history: one event per epoch.
        outcome: finished, diverged, …
    """

    net: Network
    history: list[Event] = field(repr=False)
    outcome: TrainingOutcome

    @property
    def last(self) -> Event:
        """The last event."""
        return self.history[-1]

    @property
    def best_accuracy(self) -> float:
        """The best accuracy of an epoch: on the validation part, else the test set, else as met."""
        watched = [share for e in self.history if (share := e.watched_accuracy) is not None]
        met = [e.accuracy for e in self.history if e.accuracy is not None]
        return max(watched or met, default=float("nan"))
