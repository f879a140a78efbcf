"""Line search: a step along the gradient that is short enough for f to fall."""

from typing import Protocol

from spusk.errors import Keyed
from spusk.optim.schedules import Array

SUFFICIENT = 1e-4  # Armijo's share of the decrease that the gradient promises
HALVINGS = 60


class Valued(Protocol):
    """What has a value at a point."""

    def value(self, x: Array) -> float:
        """The value f(x)."""
        ...


def backtrack(
    f: Valued, x: Array, value: float, gradient: Array, rate: float | Array
) -> tuple[Array, float]:
    """Armijo: the first of η, η/2, η/4, … with f(x − η∇f) ≤ f(x) − c·η·|∇f|² (Armijo 1966)."""
    promise = SUFFICIENT * float(gradient @ gradient)
    for _ in range(HALVINGS):
        trial = x - rate * gradient
        found = f.value(trial)
        if found <= value - float(rate) * promise:  # NaN compares false: halve
            return trial, found
        rate = rate / 2
    raise SearchError.keyed("optim.no_decrease")


class SearchError(Keyed, ArithmeticError):
    """The search found no decrease: the gradient is wrong, or rounding is all that is left."""
