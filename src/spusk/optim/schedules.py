"""Learning rates: a number, an array of them, or a schedule: a function of the step 0, 1, 2, …"""

from collections.abc import Callable
from math import cos, pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spusk.errors import RateError

Array = NDArray[Any]
Schedule = Callable[[int], float]
Rate = float | Array | Schedule


def rate_at(rate: Rate, n: int) -> float | Array:
    """η at step n."""
    return rate(n) if callable(rate) else rate


def checked(rate: Rate) -> Rate:
    """The rate itself if it can work: a number as a float, a schedule as a function checked."""
    if callable(rate):
        schedule = rate
        return lambda n: _positive(schedule(n), f"rate at step {n}")
    if np.ndim(rate) == 0:
        return _positive(rate, "rate")
    rates = np.asarray(rate)
    for found in rates[~(np.isfinite(rates) & (rates > 0))].flat:
        _positive(found, "rate")
    return rates


def _positive(rate: Any, where: str) -> float:  # noqa: ANN401
    try:
        number = float(rate)
    except (TypeError, ValueError):
        raise RateError(f"{where} must be a number, found {rate!r}; try 0.1") from None
    if not 0 < number < float("inf"):
        raise RateError(f"{where} must be positive and finite, found {number:g}; try 0.1")
    return number


def constant(rate: float) -> Schedule:
    """η(n) = η."""
    return lambda n: rate


def inverse(rate: float, half: float = 1.0) -> Schedule:
    """η(n) = η / (1 + n/half): halved after `half` steps, then falling as 1/n."""
    return lambda n: rate / (1 + n / half)


def staircase(rate: float, every: int, factor: float = 0.5) -> Schedule:
    """η(n) = η · factor^⌊n/every⌋."""
    return lambda n: rate * factor ** (n // every)


def cosine(rate: float, steps: int, last: float = 0.01) -> Schedule:
    """From η down half a cosine wave to last·η after `steps` steps, and there it stays."""

    def at(n: int) -> float:
        wave = (1 + cos(pi * min(n / steps, 1.0))) / 2
        return rate * (last + (1 - last) * wave)

    return at
