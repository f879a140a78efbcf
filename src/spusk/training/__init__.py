"""Training: the lecture's stochastic gradient descent, its plan, its events and its ends."""

from spusk.training.events import (
    Cursor,
    Event,
    SortedSetWarning,
    Training,
    TrainingOutcome,
    explain_failure,
    smaller_rate,
)
from spusk.training.loop import order, plan_events, train, train_events
from spusk.training.plan import Plan, whole

__all__ = [
    "Cursor",
    "Event",
    "Plan",
    "SortedSetWarning",
    "Training",
    "TrainingOutcome",
    "explain_failure",
    "order",
    "plan_events",
    "smaller_rate",
    "train",
    "train_events",
    "whole",
]
