"""Optimisation: step rules, rate schedules and stopping, for functions and networks alike."""

from spusk.optim.rules import (
    RULES,
    Adam,
    AdamW,
    GradientDescent,
    Momentum,
    Nesterov,
    Rule,
)
from spusk.optim.schedules import (
    SCHEDULES,
    Schedule,
    constant,
    cosine,
    inverse,
    linear,
    onecycle,
    staircase,
    warmup,
)
from spusk.optim.stopping import DescentOutcome

__all__ = [
    "RULES",
    "SCHEDULES",
    "Adam",
    "AdamW",
    "DescentOutcome",
    "GradientDescent",
    "Momentum",
    "Nesterov",
    "Rule",
    "Schedule",
    "constant",
    "cosine",
    "inverse",
    "linear",
    "onecycle",
    "staircase",
    "warmup",
]
