"""Training: the lecture's stochastic gradient descent, its plan, its events and its ends."""

from spusk.training.events import (
    Event,
    Outcome,
    Place,
    SortedSetWarning,
    Training,
    complaint,
    smaller,
)
from spusk.training.loop import order, plan_events, train, train_events
from spusk.training.plan import Plan, whole

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
    "whole",
]
