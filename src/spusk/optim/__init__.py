"""Optimisation: step rules, rate schedules and stopping, for functions and networks alike."""

from spusk.optim.rules import (
    RULES,
    Adam,
    GradientDescent,
    Momentum,
    Nesterov,
    Rule,
)
from spusk.optim.schedules import constant, cosine, inverse, staircase
from spusk.optim.stopping import DescentOutcome

__all__ = [
    "RULES",
    "Adam",
    "DescentOutcome",
    "GradientDescent",
    "Momentum",
    "Nesterov",
    "Rule",
    "constant",
    "cosine",
    "inverse",
    "staircase",
]
