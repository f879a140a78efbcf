"""Step rules and rate schedules: small pure pairs (start, step), visible state, no f inside.

A rule knows x, its gradient, its own state and the step's number; x may have any shape, so one
point, many starts and a network's weights move by the same lines. A rate is a number (or an array
that broadcasts against x) or a function of the step 0, 1, 2, …
"""

from collections.abc import Callable
from math import cos, pi
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from spusk.errors import InputError, RateError

Array = NDArray[Any]
State = tuple[Array, ...]
Schedule = Callable[[int], float]
Rate = float | Array | Schedule


class Rule(Protocol):
    """What the loops ask of a rule."""

    @property
    def rate(self) -> Rate: ...
    def start(self, x: Array) -> State: ...
    def step(self, x: Array, gradient: Array, state: State, n: int) -> tuple[Array, State]: ...


def rate_at(rate: Rate, n: int) -> float | Array:
    """η at step n."""
    return rate(n) if callable(rate) else rate


class GradientDescent(NamedTuple):
    """x ← x − η∇f (lecture, L3)."""

    rate: Rate

    def start(self, x: Array) -> State:
        return ()

    def step(self, x: Array, gradient: Array, state: State, n: int) -> tuple[Array, State]:
        return x - rate_at(self.rate, n) * gradient, state


class Momentum(NamedTuple):
    """The heavy ball: v ← βv − η∇f, x ← x + v (Polyak 1964)."""

    rate: Rate
    beta: float = 0.9

    def start(self, x: Array) -> State:
        return (np.zeros_like(x),)

    def step(self, x: Array, gradient: Array, state: State, n: int) -> tuple[Array, State]:
        v = self.beta * state[0] - rate_at(self.rate, n) * gradient
        return x + v, (v,)


class Nesterov(NamedTuple):
    """Look ahead, by gradients only: v ← βv − η∇f, x ← x + βv − η∇f (Nesterov 1983)."""

    rate: Rate
    beta: float = 0.9

    def start(self, x: Array) -> State:
        return (np.zeros_like(x),)

    def step(self, x: Array, gradient: Array, state: State, n: int) -> tuple[Array, State]:
        push = rate_at(self.rate, n) * gradient
        v = self.beta * state[0] - push
        return x + (self.beta * v - push), (v,)


class Adam(NamedTuple):
    """m ← β₁m + (1−β₁)∇f, s ← β₂s + (1−β₂)∇f², x ← x − η m̂/(√ŝ + ε) (Kingma, Ba 2015)."""

    rate: Rate
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def start(self, x: Array) -> State:
        return np.zeros_like(x), np.zeros_like(x)

    def step(self, x: Array, gradient: Array, state: State, n: int) -> tuple[Array, State]:
        m = self.beta1 * state[0] + (1 - self.beta1) * gradient
        s = self.beta2 * state[1] + (1 - self.beta2) * gradient * gradient
        m_hat = m / (1 - self.beta1 ** (n + 1))
        s_hat = s / (1 - self.beta2 ** (n + 1))
        return x - rate_at(self.rate, n) * m_hat / (np.sqrt(s_hat) + self.epsilon), (m, s)


RULES: dict[str, Callable[[Rate], Rule]] = {
    "plain": GradientDescent,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adam": Adam,
}


def make(rule: str | Callable[[Rate], Rule], rate: Rate) -> Rule:
    """The rule of that name (or made by that function) with this rate.

    InputError: no such name. RateError: a rate that is not positive and finite.
    """
    if isinstance(rule, str) and rule not in RULES:
        raise InputError(f"rule {rule!r} is not known; there are {', '.join(RULES)}")
    return (RULES[rule] if isinstance(rule, str) else rule)(checked(rate))


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
