"""The gradient flow x′ = −∇f(x): where an endlessly small rate would lead, and how f falls.

A step solves the flow of the local quadratic exactly (the exponential Euler method, Hochbruck and
Ostermann 2010), so a narrow valley takes no more steps than a round bowl:

    x ← x − V φ(hλ) Vᵀ∇f,  φ(hλ) = (1 − exp(−hλ))/λ,  H = V diag(λ) Vᵀ

Its time h grows while the gradient comes out as foretold, by exp(−hλ), and shrinks where it does
not.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEPS = 400
MOST_CALLS, LEAST_STEPS = 20_000, 20  # of a callable on one flow, and how far it goes all the same
ACCURATE = 0.1  # of |∇f|: so far the gradient may be from the one foretold
REST = 1e-10  # of 1 + |x|: a step this short is none
MOVING = 1e-9  # of the largest component of ∇f: directions with less do not move
LONG = 1e-6  # of 1 + |x|: who would go farther by Newton's method does not rest
LINEAR = 1e-8  # hλ: below it φ is h(1 − hλ/2)
STEEP = 1e-6  # of 1 + |f|: the fall over 1 + |x| from which a slope is one
FAR = 1e8  # of 1 + |x0|: what goes so far comes to no end
DEEP = 1e30  # of 1 + |f0|: what has fallen so far by the last step falls without end
GRAIN = 1e-13  # of 1 + |f|: who would fall by less over 1 + |x| cannot be seen to fall
CLOSE = 1e-2  # of 1 + |x|: a bottom so near by Newton's method is where it came to
SURE = 1e-13  # of the largest |λ|: eigenvalues above are more than rounding
ONWARD = 1e-3  # of the way gone: who went so far in one of the last steps goes on
LAST = 30  # steps
FADED = 1e-3  # of the steepest slope: it ran out on the way, and was not missing from the start
HOLDS = 0.5  # of the fall over the decade before: f falls without end
AGAIN = 0.1  # of the way: who still goes so far in the last half of the steps comes to no end


class FlowEnd(StrEnum):
    """How a flow ends."""

    REST = "rest"  # at a point without slope
    STUCK = "stuck"  # where ∇f jumps, or f ends
    UNBOUNDED = "unbounded"  # f falls without end
    ENDLESS = "endless"  # f falls ever less, for ever
    UNFINISHED = "unfinished"


class Flow(NamedTuple):
    """Where a flow led.

    Attributes:
        end: how it ended.
        x: where, (n,).
        value: f there.
    """

    end: FlowEnd
    x: Floats
    value: float


def flow(f: Any, start: NDArray[Any], steps: int = STEPS) -> Flow:  # noqa: ANN401
    """Follows −∇f from a point until nothing moves.

    Args:
        f: a function with `value`, `gradient` and `hessian`.
        start: where to begin, (n,).
        steps: at most so many.

    Returns:
        Where it led, and how it ended.

    Source: Hochbruck and Ostermann, Exponential integrators, Acta Numerica 2010.
    """
    with np.errstate(all="ignore"):
        return _Follower(f, np.asarray(start, np.float64)).run(steps)


class _Follower:
    """The state of one flow."""

    def __init__(self, f: Any, x: Floats) -> None:  # noqa: ANN401
        self.f, self.x, self.x0 = f, x, x
        self.value, self.slope = float(f.value(x)), np.asarray(f.gradient(x), np.float64)
        self.value0, self.time = self.value, 0.0
        self.steepest = float(np.linalg.norm(self.slope))
        self.sizes: deque[float] = deque(maxlen=LAST)
        self.falls: list[tuple[float, float]] = []  # at each decade of the distance: (it, f)

    def run(self, steps: int) -> Flow:
        """Steps until there is an end."""
        middle = self.x
        for count in range(steps):
            if count == steps // 2:
                middle = self.x
            end = self.step()
            if end is not None:
                return Flow(end, self.x, self.value)
        return Flow(self.late(middle), self.x, self.value)

    def late(self, middle: Floats) -> FlowEnd:
        """What is said of a flow that has no more steps; `middle`: where it was after half."""
        if self.value < -DEEP * (1 + abs(self.value0)):
            return FlowEnd.UNBOUNDED
        late, whole = (float(np.linalg.norm(self.x - x)) for x in (middle, self.x0))
        if not late > AGAIN * whole:
            return FlowEnd.UNFINISHED
        steeper = float(np.linalg.norm(self.slope)) > self.steepest / 2
        return FlowEnd.UNBOUNDED if steeper else FlowEnd.ENDLESS

    def step(self) -> FlowEnd | None:
        """One step; an end, or None: go on."""
        hessian = np.asarray(self.f.hessian(self.x))
        if not (np.isfinite(self.value) and np.isfinite(self.slope).all()):
            return FlowEnd.STUCK
        if not np.isfinite(hessian).all():
            return FlowEnd.STUCK
        if float(np.linalg.norm(self.slope)) == 0.0:  # or so little that its square is
            return FlowEnd.REST
        lambdas, vectors = np.linalg.eigh(hessian)
        along = vectors.T @ self.slope  # (n,)
        scale = 1 + float(np.linalg.norm(self.x))
        self.time = self.time or first_time(lambdas, along, scale)
        longest = self.time
        while True:
            step = vectors @ (phi(self.time, lambdas) * along)
            if float(np.linalg.norm(step)) <= REST * scale:
                end = self.rested(lambdas, along, scale)
                if end is not FlowEnd.STUCK or self.time < longest:  # else its time is still short
                    return end
            error, value, slope = self.look(step, vectors @ (np.exp(-self.time * lambdas) * along))
            if error <= ACCURATE:
                break
            self.time /= 4
        self.x, self.value, self.slope = self.x - step, value, slope
        self.sizes.append(float(np.linalg.norm(step)))
        self.time *= 2 if error <= ACCURATE / 2 else 1
        return self.going_on()

    def look(self, step: Floats, foretold: Floats) -> tuple[float, float, Floats]:
        """By how much of |∇f| the gradient after a step is not the one foretold; f and ∇f there."""
        x = self.x - step
        value, slope = float(self.f.value(x)), np.asarray(self.f.gradient(x), np.float64)
        rounding = 1e-14 * (1 + abs(self.value))
        if not (value <= self.value + rounding and np.isfinite(slope).all()):
            return np.inf, value, slope
        largest = max(float(np.linalg.norm(self.slope)), float(np.linalg.norm(slope)))
        gap = float(np.linalg.norm(slope - foretold))
        return gap / largest if gap else 0.0, value, slope

    def rested(self, lambdas: Floats, along: Floats, scale: float) -> FlowEnd:
        """Whether a step as short as rounding is short by the slope, or by its time alone."""
        size = float(np.linalg.norm(along))
        steep = size > self.steepest / 2 and size * scale > STEEP * (1 + abs(self.value))
        if steep and lambdas[int(np.argmax(np.abs(along)))] < 0:
            return FlowEnd.STUCK  # f falls ever more steeply towards the end of its domain
        longest = np.abs(along) / np.maximum(np.abs(lambdas), 1e-300)
        moving = np.abs(along) > MOVING * float(np.max(np.abs(along)))
        if np.max(longest[moving]) <= LONG * scale:
            return FlowEnd.REST
        if not is_grain(size, scale, self.value):
            return FlowEnd.STUCK
        going = max(self.sizes, default=0.0) > ONWARD * float(np.linalg.norm(self.x - self.x0))
        if (np.abs(lambdas[moving]) > SURE * np.abs(lambdas).max()).all():
            going = bool(np.max(longest[moving]) > CLOSE * scale)
        if not going:
            return FlowEnd.REST
        return FlowEnd.ENDLESS if size <= FADED * self.steepest else FlowEnd.UNFINISHED

    def going_on(self) -> FlowEnd | None:
        """Whether the way has no end: f keeps falling while it goes ever further."""
        self.steepest = max(self.steepest, float(np.linalg.norm(self.slope)))
        gone = float(np.linalg.norm(self.x - self.x0)) / (1 + float(np.linalg.norm(self.x0)))
        if not self.falls or gone >= 10 * self.falls[-1][0]:
            self.falls.append((max(gone, 1e-3), self.value))
        if self.value < -1e100:
            return FlowEnd.UNBOUNDED
        if gone < FAR or len(self.falls) < 3:
            return None
        first, second, third = (value for _, value in self.falls[-3:])
        return FlowEnd.UNBOUNDED if second - third >= HOLDS * (first - second) else FlowEnd.ENDLESS


def is_grain(slope: float, scale: float, value: float) -> bool:
    """Whether a slope |∇f| is no more than rounding of f; scale = 1 + |x|."""
    return slope * scale <= GRAIN * (1 + abs(value))


def phi(time: float, lambdas: Floats) -> Floats:
    """(1 − exp(−hλ))/λ, and h where λ is 0."""
    z = time * lambdas
    small = np.abs(z) < LINEAR
    safe = np.where(small, 1.0, lambdas)
    return np.where(small, time * (1 - z / 2), -np.expm1(-z) / safe)


def first_time(lambdas: Floats, along: Floats, scale: float) -> float:
    """A time in which the flow turns little: a tenth of 1/|λ|, or a short way."""
    top, slope = float(np.max(np.abs(lambdas))), float(np.linalg.norm(along))
    return min(0.1 / max(top, 1e-300), 0.01 * scale / slope)


def affordable(f: Any) -> int:  # noqa: ANN401
    """The most steps of a flow: fewer where a callable's Hessian costs some n² calls in each."""
    program = getattr(f, "program", None)
    if program is None or not program.stepped:
        return STEPS
    calls = f.n * (f.n + 6) if program.is_rough else f.n * (2 * f.n + 8)
    return min(STEPS, max(LEAST_STEPS, MOST_CALLS // int(calls)))
