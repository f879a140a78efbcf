"""Training: the lecture's stochastic gradient descent, its plan, its events and its ends."""

from spusk.training.events import (
    Cursor,
    Event,
    NothingLearnedWarning,
    SortedSetWarning,
    Training,
    TrainingOutcome,
    UnsavedRateWarning,
    explain_failure,
    smaller_rate,
)
from spusk.training.loop import order, plan_events, train, train_events
from spusk.training.nothing_learned import Cause, likely_cause, root_cause
from spusk.training.plan import Plan, one_rate, whole

__all__ = [
    "Cause",
    "Cursor",
    "Event",
    "NothingLearnedWarning",
    "Plan",
    "SortedSetWarning",
    "Training",
    "TrainingOutcome",
    "UnsavedRateWarning",
    "explain_failure",
    "likely_cause",
    "one_rate",
    "order",
    "plan_events",
    "root_cause",
    "smaller_rate",
    "train",
    "train_events",
    "whole",
]
