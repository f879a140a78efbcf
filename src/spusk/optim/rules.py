"""Step rules: small pure pairs (start, step), visible state, no f inside.

A rule knows x, its gradient, its own state and the step's number; x may have any shape, so one
point, many starts and a network's weights move by the same lines. A rate is a number (or an array
that broadcasts against x) or a function of the step 0, 1, 2, …
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np

from spusk.errors import InputError
from spusk.optim.schedules import Array, Rate, checked, rate_at

State = tuple[Array, ...]


class Rule(Protocol):
    """What the loops ask of a rule."""

    @property
    def rate(self) -> Rate: ...
    def start(self, x: Array) -> State: ...
    def step(self, x: Array, gradient: Array, state: State, n: int) -> tuple[Array, State]: ...


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
