"""The loop on Rⁿ: x⁽ⁿ⁺¹⁾ = x⁽ⁿ⁾ − η∇f(x⁽ⁿ⁾), each step yielded, watched until it has an end."""

from __future__ import annotations

from collections.abc import Callable, Generator
from math import isfinite
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spusk.display import short_repr
from spusk.errors import CallableError, InputError, SpuskError, StartError
from spusk.functions.following import followed
from spusk.functions.points import spell
from spusk.optim.line_search import backtrack
from spusk.optim.rules import GradientDescent, Rule, make
from spusk.optim.schedules import Array, Rate, rate_at
from spusk.optim.stopping import DescentOutcome, StopTest

SEARCHES = ("armijo",)


class Surface(Protocol):
    """What can be descended: a function of points, or a network's cost of its flat weights."""

    @property
    def n(self) -> int:
        """The number of variables."""
        ...

    def value(self, points: Array) -> Any:  # noqa: ANN401
        """The value f at points: (…, n) -> (…)."""
        ...

    def gradient(self, points: Array) -> Array:
        """The gradient ∇f at points: (…, n) -> (…, n)."""
        ...


class Step(NamedTuple):
    """One iterate of a descent; the arrays are its own.

    Attributes:
        n: its number; the start is 0.
        x: the point, (n,).
        value: f(x).
        gradient: ∇f(x), (n,).
        norm: ‖∇f(x)‖.
    """

    n: int
    x: NDArray[Any]
    value: float
    gradient: NDArray[Any]
    norm: float

    def __repr__(self) -> str:
        return short_repr(self)


class End(NamedTuple):
    """How a descent ended.

    Attributes:
        outcome: converged, oscillating, diverged, …
        step: at which step it ended.
        nfev: how often f was asked.
        njev: how often ∇f was asked.
        error: what f raised, where that ended it.
        error_at: the point at which f raised it, in words.
    """

    outcome: DescentOutcome
    step: int
    nfev: int
    njev: int
    error: BaseException | None = None
    error_at: str = ""

    def __repr__(self) -> str:
        return short_repr(self)


Descendable = Surface | Callable[..., Any] | str  # what `surface_of` makes a surface of
Events = Generator[Step | End, bool | None, None]


class Calls:
    """A surface that counts how often it was asked."""

    def __init__(self, f: Surface) -> None:
        self.f = f
        self.followed = followed(f)
        self.together = getattr(self.followed, "both", getattr(f, "value_and_gradient", None))
        self.values = self.gradients = 0

    def value(self, x: Array) -> float:
        """The value f(x), counted."""
        self.values += 1
        return float(self.f.value(x))

    def gradient(self, x: Array, value: float | None = None) -> Array:
        """The gradient ∇f(x), counted; with f(x) known a callable is asked less."""
        self.gradients += 1
        if self.followed is not None and value is not None:
            return np.array(self.followed.slope(x, value), dtype=x.dtype)
        return np.array(self.f.gradient(x), dtype=x.dtype)

    def both(self, x: Array) -> tuple[float, Array]:
        """Value and gradient at x, in one pass where the surface has one; both counted."""
        if self.together is None:
            return self.value(x), self.gradient(x)
        self.values += 1
        self.gradients += 1
        value, gradient = self.together(x)
        return float(value), np.array(gradient, dtype=x.dtype)


def point(start: ArrayLike, n: int) -> NDArray[Any]:
    """The start as its own array of n floats (float32 stays). StartError: size, NaN, infinity."""
    try:
        x = np.array(start)
        if x.dtype.kind not in "biufO" or np.ma.is_masked(start):
            raise TypeError
        x = x if x.dtype == np.float32 else x.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        raise StartError.keyed("descent.start", n=n, found=start) from None
    x = x.reshape(1) if x.ndim == 0 else x
    if not x.size:
        raise StartError.keyed("descent.start_empty")
    if x.shape != (n,):
        raise StartError.keyed("descent.start_shape", found=x.shape, n=n)
    if not np.isfinite(x).all():
        raise StartError.keyed("descent.start_finite", found=x.tolist())
    return x


def descend_events(
    f: Surface,
    start: ArrayLike,
    rate: Rate,
    *,
    steps: int = 1000,
    tolerance: float = 1e-6,
    rule: str | Callable[[Rate], Rule] = "plain",
    search: str | None = None,
) -> Events:
    """The loop under `descend`, step by step: yields each iterate, and at last how it ended.

    `send(True)` stops it. What f raises at the start is raised at once; later it becomes the End's
    `error`, so that the trace survives.

    Args:
        f: anything with n, value (…, n) -> (…) and gradient (…, n) -> (…, n).
        start: the first point, (n,); float32 stays float32.
        rate: the learning rate η > 0, or a schedule: a function of the step 0, 1, 2, …
        steps: at most so many.
        tolerance: converged when ‖∇f‖ is at most this.
        rule: a name in `optim.RULES` such as "adam", or a function that makes a rule of a rate.
        search: "armijo" halves η at each step until f falls enough; for the plain rule alone.

    Yields:
        A Step for each iterate, the start first; at last an End.

    Raises:
        InputError: an unknown rule or search, steps or tolerance below 0; at the call.
        RateError: a rate that is not positive and finite.
        StartError: a start of another size, or not finite.

    Source: lecture, row L3.
    """
    x = point(start, f.n)
    method = make(rule, rate)
    if search is not None and search not in SEARCHES:
        raise InputError.keyed("descent.search", found=search, names=", ".join(SEARCHES))
    if search is not None and not isinstance(method, GradientDescent):
        raise InputError.keyed("descent.search_rule", search=search, found=rule)
    if steps < 0 or not tolerance >= 0:
        raise InputError.keyed("descent.limits", steps=steps, tolerance=tolerance)
    return _run(Calls(f), x, method, steps, tolerance, search is not None)


def _run(f: Calls, x: Array, rule: Rule, steps: int, tolerance: float, search: bool) -> Events:
    """The loop itself: look, step, ask f."""
    x0, old, state = x, x, rule.start(x)
    watch = StopTest(float(np.linalg.norm(x0)), tolerance)
    with np.errstate(all="ignore"):
        value, gradient = f.both(x)
    for n in range(steps + 1):
        with np.errstate(all="ignore"):  # not around the yield: a caller's warnings are its own
            norm = length(gradient)
            finite = isfinite(value) and isfinite(norm)
            distance = length(x - x0)
        stop = yield Step(n, x.copy(), value, gradient.copy(), norm)
        outcome = DescentOutcome.STOPPED if stop else watch.look(finite, distance, value, norm)
        if outcome is None and n == steps:
            with np.errstate(all="ignore"):
                outcome = watch.at_the_end(moves(old, x))
        if outcome is not None:
            yield End(outcome, n, f.values, f.gradients)
            return
        try:
            with np.errstate(all="ignore"):
                old = x
                if search:
                    x, value = backtrack(f, x, value, gradient, rate_at(rule.rate, n))
                    gradient = f.gradient(x, value)
                else:
                    x, state = rule.step(x, gradient, state, n)
                    value, gradient = f.both(x)
        except CallableError as error:  # whatever the user's f raises, the trace survives
            why, at = error.__cause__, str(error.values["at"])
        except SpuskError:
            raise
        except Exception as error:
            why, at = error, spell(x)
        else:
            continue
        yield End(DescentOutcome.STOPPED, n, f.values, f.gradients, why, at)
        return


def length(v: Array) -> float:
    """‖v‖ of (n,); as NumPy has it, without its questions about other norms, at every step."""
    return float(np.sqrt(v.dot(v)))


def moves(old: Array, new: Array) -> bool:
    """Whether a step is longer than rounding."""
    rounding = np.sqrt(np.finfo(new.dtype).eps)
    return bool(np.linalg.norm(new - old) > rounding * (1 + np.linalg.norm(new)))
