"""Step rules: frozen records (rate, parameters) of pure pairs (start, step), no f inside.

A rule knows x, its gradient, its own state and the step's number; x may have any shape, so one
point, many starts and a network's flat θ move by the same lines. A rule's faces stand together:
the state it starts from, its step, the bound of its rate, and its name and parameters as data.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol, Self

import numpy as np

from spusk.errors import InputError, RateError
from spusk.optim.records import parameters, positive, record_of, share
from spusk.optim.schedules import Array, Rate, checked, rate_at

State = tuple[Array, ...]


class Rule(Protocol):
    """What the loops ask of a rule."""

    @property
    def rate(self) -> Rate:
        """The learning rate η, or its schedule."""
        ...

    def start(self, x: Array) -> State:
        """The state before the first step from x, any shape."""
        ...

    def step(self, x: Array, gradient: Array, state: State, n: int) -> tuple[Array, State]:
        """The next x and state, from x, its gradient (same shape), this state, and the number n."""
        ...


@dataclass(frozen=True)
class NamedRule:
    """A rule of the table RULES: one array of x's shape for each name of `states`, first zeros."""

    rate: Rate
    name: ClassVar[str]
    states: ClassVar[tuple[str, ...]] = ()
    counts: ClassVar[bool] = False  # whether n matters besides the rate

    def __post_init__(self) -> None:
        object.__setattr__(self, "rate", checked(self.rate))

    def start(self, x: Array) -> State:
        """The state before the first step."""
        return tuple(np.zeros_like(x) for _ in self.states)

    def step(self, x: Array, gradient: Array, state: State, n: int) -> tuple[Array, State]:
        """The next x and state; those that are given stay as they are."""
        raise NotImplementedError

    def reach(self, norm: float, size: int) -> float:
        """How far a step of rate 1 can go where `size` gradients' components have this norm."""
        return norm

    def bound(self, top: float) -> float | None:
        """The largest rate at which it settles where f curves by `top` at most, if that is known.

        Args:
            top: the largest eigenvalue λmax > 0 of the Hessian at a minimum.

        Returns:
            The bound of η near that minimum (local theory); None for a rule without one.
        """
        return None

    def fastest(self, low: float, top: float) -> float | None:
        """The rate that settles soonest where f curves from `low` to `top`, if that is known.

        Args:
            low: the least eigenvalue λ₁ > 0 of the directions that curve, at a minimum.
            top: the largest, λmax.

        Returns:
            The rate (local theory); None for a rule without one.
        """
        return None

    def at(self, rate: Rate) -> Self:
        """The same rule at another rate."""
        return replace(self, rate=rate)

    def data(self) -> dict[str, Any]:
        """Its name and parameters, as JSON keeps them; `rule_of` reads them back."""
        numbers = {name: getattr(self, name) for name in parameters(self, ("rate",))}
        return {"name": self.name, **numbers}


@dataclass(frozen=True)
class GradientDescent(NamedRule):
    """Gradient descent, name "plain": x ← x − η∇f.

    Args:
        rate: the learning rate η > 0, or a schedule.

    Raises:
        RateError: a rate that is not positive and finite.

    Source: lecture, row L3.
    """

    name = "plain"

    def step(self, x: Array, gradient: Array, state: State, n: int) -> tuple[Array, State]:
        """The next x; there is no state."""
        return x - rate_at(self.rate, n) * gradient, state

    def bound(self, top: float) -> float:
        """2/λmax: along an eigenvector each step multiplies the error by 1 − ηλ (lecture, L3)."""
        return 2 / top

    def fastest(self, low: float, top: float) -> float:
        """2/(λ₁ + λmax): the errors along both shrink alike."""
        return 2 / (low + top)


@dataclass(frozen=True)
class VelocityRule(NamedRule):
    """A rule that keeps a velocity v and a share β of it from step to step."""

    beta: float = 0.9
    states = ("v",)

    def __post_init__(self) -> None:
        super().__post_init__()
        share(self, "beta", 0.9)

    def reach(self, norm: float, size: int) -> float:
        """A push, and what is left of those before it: 1 + β + β² + … of them."""
        return norm / (1 - self.beta)


@dataclass(frozen=True)
class Momentum(VelocityRule):
    """The heavy ball, name "momentum": v ← βv − η∇f, x ← x + v.

    Args:
        rate: the learning rate η > 0, or a schedule.
        beta: the share β of the velocity that is kept, 0 ≤ β < 1.

    Raises:
        RateError: a rate that is not positive and finite.
        InputError: another beta.

    Source: Polyak 1964.
    """

    name = "momentum"

    def step(self, x: Array, gradient: Array, state: State, n: int) -> tuple[Array, State]:
        """The next x and v."""
        v = self.beta * state[0] - rate_at(self.rate, n) * gradient
        return x + v, (v,)

    def bound(self, top: float) -> float:
        """2(1 + β)/λmax (Polyak 1964)."""
        return 2 * (1 + self.beta) / top


@dataclass(frozen=True)
class Nesterov(VelocityRule):
    """Momentum that looks ahead, name "nesterov": v ← βv − η∇f, x ← x + βv − η∇f.

    Args:
        rate: the learning rate η > 0, or a schedule.
        beta: the share β of the velocity that is kept, 0 ≤ β < 1.

    Raises:
        RateError: a rate that is not positive and finite.
        InputError: another beta.

    Source: Nesterov 1983.
    """

    name = "nesterov"

    def step(self, x: Array, gradient: Array, state: State, n: int) -> tuple[Array, State]:
        """The next x and v."""
        push = rate_at(self.rate, n) * gradient
        v = self.beta * state[0] - push
        return x + (self.beta * v - push), (v,)

    def bound(self, top: float) -> float:
        """(2 + 2β)/((1 + 2β)λmax): beyond it the characteristic polynomial has a root below −1."""
        return (2 + 2 * self.beta) / ((1 + 2 * self.beta) * top)


@dataclass(frozen=True)
class Adam(NamedRule):
    """Adam, name "adam": m ← β₁m + (1−β₁)∇f, s ← β₂s + (1−β₂)∇f², x ← x − η m̂/(√ŝ + ε).

    m̂ = m/(1−β₁ⁿ) and ŝ = s/(1−β₂ⁿ) are means over the gradients so far.

    Args:
        rate: the learning rate η > 0, or a schedule.
        beta1: the share β₁ of m that is kept, 0 ≤ β₁ < 1.
        beta2: the share β₂ of s that is kept, 0 ≤ β₂ < 1.
        epsilon: ε > 0, what keeps the quotient finite.

    Raises:
        RateError: a rate that is not positive and finite.
        InputError: another beta1, beta2 or epsilon.

    Source: Kingma and Ba 2015.
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    name = "adam"
    states = ("m", "s")
    counts = True

    def __post_init__(self) -> None:
        super().__post_init__()
        share(self, "beta1", 0.9)
        share(self, "beta2", 0.999)
        positive(self, "epsilon", 1e-8)

    def step(self, x: Array, gradient: Array, state: State, n: int) -> tuple[Array, State]:
        """The next x, m and s; m̂ and ŝ are m and s over the weight of the gradients so far."""
        m = self.beta1 * state[0] + (1 - self.beta1) * gradient
        s = self.beta2 * state[1] + (1 - self.beta2) * gradient * gradient
        m_hat = m / (1 - self.beta1 ** (n + 1))
        s_hat = s / (1 - self.beta2 ** (n + 1))
        return x - rate_at(self.rate, n) * m_hat / (np.sqrt(s_hat) + self.epsilon), (m, s)

    def reach(self, norm: float, size: int) -> float:
        """About 1 in each component, whatever its gradient, unless that is small beside ε."""
        return float(min(size**0.5, norm / self.epsilon))


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with weights that shrink besides, name "adamw": x ← (1 − ηλ)x, then Adam's step.

    Args:
        rate: the learning rate η > 0, or a schedule.
        beta1: the share β₁ of m that is kept, 0 ≤ β₁ < 1.
        beta2: the share β₂ of s that is kept, 0 ≤ β₂ < 1.
        epsilon: ε > 0, what keeps the quotient finite.
        decay: the weight decay λ, 0 ≤ λ < 1, of weights and biases alike.

    Raises:
        RateError: a rate that is not positive and finite.
        InputError: another beta1, beta2, epsilon or decay.

    Source: Loshchilov and Hutter 2019.
    """

    decay: float = 0.01
    name = "adamw"

    def __post_init__(self) -> None:
        super().__post_init__()
        share(self, "decay", 0.01)

    def step(self, x: Array, gradient: Array, state: State, n: int) -> tuple[Array, State]:
        """The next x, m and s."""
        return super().step((1 - rate_at(self.rate, n) * self.decay) * x, gradient, state, n)


RULES: dict[str, type[NamedRule]] = {
    kind.name: kind for kind in (GradientDescent, Momentum, Nesterov, Adam, AdamW)
}


def make(rule: str | Rule | Callable[[Rate], Rule], rate: Rate | None, remedy: float = 0.1) -> Rule:
    """The rule of that name, or made by that function, with this rate; or the rule itself.

    `remedy`: the rate to try where this one can't work.

    InputError: no such name. RateError: a rate that is not positive and finite, or two rates.
    """
    if isinstance(rule, str):
        if rule not in RULES:
            raise InputError.keyed("optim.rule", found=rule, names=", ".join(RULES))
        return RULES[rule](checked(rate, remedy))
    if callable(rule):
        return rule(checked(rate, remedy))
    if rate is not None:
        raise RateError.keyed("optim.two_rates", rule=type(rule).__name__, rate=rate)
    return rule


def rule_of(found: object, rate: Rate) -> NamedRule:
    """The rule that a file means by its name and parameters, at a rate. InputError, RateError."""
    return record_of(RULES, found, rate=rate)
