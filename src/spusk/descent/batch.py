"""Many starts and many rates at once: blocks that stay in cache, one thread per core.

A block is (n, B): component by component, so each operation runs over contiguous numbers. Every
CHECK steps it is looked at; whoever settled in between is replayed step by step from the last look,
so its step and its end are those that `descend` finds. The blocks do not depend on the number of
threads, so the numbers don't either.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from spusk.descent.batch_block import Block, Gradient
from spusk.descent.loop import Descendable
from spusk.descent.minimize import spacing, surface_of
from spusk.display import short_repr
from spusk.errors import InputError, StartError
from spusk.functions.following import is_misled
from spusk.functions.lenient import lenient
from spusk.optim.rules import GradientDescent, Rule, make
from spusk.optim.schedules import Rate, checked
from spusk.optim.stopping import CODE, FAR, GROWN, OUTCOMES, DescentOutcome

if TYPE_CHECKING:
    from spusk.functions.tape import Tape, Walker

# of one array of a block: a handful of them stay in cache; with smaller ones the threads wait for
# the interpreter's lock longer than they compute
BLOCK_BYTES = 2**18
SHARE = 2**13  # descents that the native part takes at a time: it needs no lock, small ones spread
TOLERANCE = {np.dtype(np.float32): 1e-3, np.dtype(np.float64): 1e-6}


@dataclass(eq=False)
class Many:
    """Ends of many descents: … is (S,), or (R, S) for R rates.

    Attributes:
        x: where each ended, (…, n).
        values: f there, (…).
        codes: how each ended, places in the row of outcomes, (…).
        steps: at which step each settled, (…).
        path: every k-th iterate, (K, …, n), where it was asked for.
    """

    x: NDArray[Any]
    values: NDArray[Any]
    codes: NDArray[np.int8]
    steps: NDArray[np.int64]
    path: NDArray[Any] | None = None

    def __repr__(self) -> str:
        return short_repr(self)

    def count(self, outcome: DescentOutcome) -> int:
        """How many of them ended so.

        Args:
            outcome: converged, diverged, …

        Returns:
            The number.
        """
        return int(np.count_nonzero(self.codes == CODE[outcome]))

    def __str__(self) -> str:
        counts = ", ".join(f"{o}: {self.count(o)}" for o in OUTCOMES if self.count(o))
        return f"{self.codes.size} starts ({counts})"


def descend_many(
    f: Descendable,
    starts: ArrayLike,
    rate: Any,  # noqa: ANN401
    steps: int = 1000,
    tolerance: float | None = None,
    *,
    rule: str | Callable[[Rate], Rule] = "plain",
    record: str | int = "last",
    threads: int | None = None,
    dtype: DTypeLike | None = None,
) -> Many:
    """Descends from many starts at once, with one rate or with each of several.

    A start that settles stays where it settled, at the step and end that `descend` finds. Outcomes:
    converged, diverged, not finite, out of steps (a cycle is not told from slowness here).

    Args:
        f: a formula, a name in `GALLERY`, a callable, a Function, or anything with n, value and
            gradient.
        starts: the first points, (S, n).
        rate: the learning rate η > 0, a schedule, or R rates (R,).
        steps: at most so many.
        tolerance: converged when ‖∇f‖ is at most this; else 1e-6, in float32 1e-3.
        rule: a name in `optim.RULES` such as "adam", or a function that makes a rule of a rate.
        record: "last", or k for every k-th iterate in `path`.
        threads: how many; else one per core. No number depends on it.
        dtype: float32 or float64; else as the starts are.

    Returns:
        The ends, (S,) or (R, S).

    Raises:
        FormulaError: a text that is no function.
        InputError: an unknown rule or record, steps or tolerance below 0.
        RateError: a rate that is not positive and finite.
        StartError: starts of another size, or not finite.
    """
    surface = lenient(surface_of(f, n=width(starts)))
    x0 = points(starts, surface.n, dtype)
    etas, shape = rates_of(rate, len(x0), x0.dtype)
    every = spacing(record)
    limit = TOLERANCE[x0.dtype] if tolerance is None else tolerance
    if steps < 0 or not limit >= 0:
        raise InputError.keyed("descent.limits", steps=steps, tolerance=limit)

    def ends() -> Many:
        found = all_ends(surface, x0, rate if etas is None else etas, steps, limit, rule,
                         every, threads)  # fmt: skip
        return finish(surface, found, shape)

    found = ends()
    if is_misled(surface, found.x):
        surface.program.analytic = False
        found = ends()
    return found


def all_ends(
    surface: Any,  # noqa: ANN401
    x0: NDArray[Any],
    rate: Any,  # noqa: ANN401
    steps: int,
    limit: float,
    rule: str | Callable[[Rate], Rule],
    every: int,
    threads: int | None,
) -> Many:
    """Descends from x0 (S, n) with one rate, or with a row of them for R rates (R·S,)."""
    etas = rate if np.ndim(rate) else None
    total = len(x0) if etas is None else len(etas)
    many = empty(total, x0, steps, every)
    gradient = gradient_of(surface)
    plain = isinstance(make(rule, 1.0), GradientDescent) and not callable(rate) and not every
    walker = getattr(gradient, "walker", None) if plain else None
    size = BLOCK_BYTES // x0.itemsize if walker is None else SHARE

    def work(first: int) -> None:
        part = slice(first, min(first + size, total))
        if walker is not None:
            walk(walker, x0, rate if etas is None else etas[part], steps, limit, many, part)
            return
        rows = np.arange(part.start, part.stop) % len(x0)
        eta = rate if etas is None else etas[part]
        with np.errstate(all="ignore"):
            block = Block(gradient, x0[rows].T, eta, rule, limit)
            block.run(steps, None if many.path is None else many.path[:, part], every)
        many.x[part], many.codes[part], many.steps[part] = block.ends.T, block.codes, block.taken

    with ThreadPoolExecutor(threads or cores()) as pool:
        list(pool.map(work, range(0, total, size)))
    return many


def empty(total: int, x0: NDArray[Any], steps: int, every: int) -> Many:
    """Room for the ends."""
    n = x0.shape[1]
    path = np.full((steps // every + 1, total, n), np.nan, x0.dtype) if every else None
    return Many(
        np.empty((total, n), x0.dtype), np.empty(total, x0.dtype), np.empty(total, np.int8),
        np.empty(total, np.int64), path,
    )  # fmt: skip


def walk(
    walker: Walker, x0: NDArray[Any], eta: Any, steps: int, tolerance: float, many: Many,  # noqa: ANN401
    part: slice,
) -> None:  # fmt: skip
    """Plain steps by the native part, straight into the room for the ends: the same numbers."""
    walker(
        x0, part.start, eta, steps=steps, tolerance=tolerance, grown=GROWN, far=FAR,
        converged=CODE[DescentOutcome.CONVERGED], diverged=CODE[DescentOutcome.DIVERGED],
        not_finite=CODE[DescentOutcome.NOT_FINITE], out_of_steps=CODE[DescentOutcome.OUT_OF_STEPS],
        ends=many.x[part], codes=many.codes[part], taken=many.steps[part],
    )  # fmt: skip


def finish(f: Any, many: Many, shape: tuple[int, ...]) -> Many:  # noqa: ANN401
    """Values at the ends, in the shape (S,) or (R, S)."""
    with np.errstate(all="ignore"):
        many.values = np.asarray(f.value(many.x))
    lost = ~np.isfinite(many.values) & (many.codes != CODE[DescentOutcome.DIVERGED])
    many.codes[lost] = CODE[DescentOutcome.NOT_FINITE]
    n = many.x.shape[1]
    path = None if many.path is None else many.path.reshape(-1, *shape, n)
    return Many(many.x.reshape(*shape, n), many.values.reshape(shape), many.codes.reshape(shape),
                many.steps.reshape(shape), path)  # fmt: skip


def width(starts: ArrayLike) -> int | None:
    """n of starts (S, n), where they have that shape."""
    shape = np.shape(starts)
    return shape[1] if len(shape) == 2 else None


def points(starts: ArrayLike, n: int, dtype: DTypeLike | None) -> NDArray[Any]:
    """Starts (S, n) of float32 or float64. StartError: shape, NaN, infinity."""
    x = np.asarray(starts)
    kind = np.dtype(dtype or (np.float32 if x.dtype == np.float32 else np.float64))
    if kind not in TOLERANCE:
        raise InputError.keyed("descent.dtype", found=kind)
    if x.ndim != 2 or x.shape[1] != n or not len(x):
        raise StartError.keyed("descent.starts_shape", found=x.shape, n=n)
    x = x.astype(kind)
    finite = np.isfinite(x)
    if not finite.all():
        first = int(np.argmin(finite.all(axis=1)))
        raise StartError.keyed("descent.starts_finite", place=first)
    return x


def rates_of(
    rate: Any,  # noqa: ANN401
    count: int,
    dtype: np.dtype[Any],
) -> tuple[NDArray[Any] | None, tuple[int, ...]]:
    """One η per descent (R·S,) for R rates, None for a single one; and the shape of the ends."""
    if callable(rate) or np.ndim(rate) == 0:
        checked(rate)
        return None, (count,)
    rates = np.asarray(checked(np.asarray(rate, dtype=dtype)))
    if rates.ndim != 1 or not len(rates):
        raise InputError.keyed("descent.rate_shape", found=rates.shape)
    return np.repeat(rates, count), (len(rates), count)


def gradient_of(f: Any) -> Gradient:  # noqa: ANN401
    """A maker: block (n, B) -> a function that reads it and gives ∇f's components.

    Where f itself is not finite its gradient is given as NaN: outside the domain of log x, 1/x is
    still a number.
    """
    tape = tape_of(f)
    if tape is not None:
        return Slopes(tape) if len(tape.outputs) == f.n else lambda block: domain(tape.bind(block))
    both = getattr(f, "value_and_gradient", lambda x: (f.value(x), f.gradient(x)))

    def bind(block: NDArray[Any]) -> Callable[[], Sequence[NDArray[Any]]]:
        def run() -> list[NDArray[Any]]:
            value, slopes = both(np.ascontiguousarray(block.T))
            return [np.array(value, block.dtype), *np.array(slopes.T, block.dtype)]

        return domain(run)

    return bind


class Slopes:
    """∇f by its tape; `walker` takes whole runs of plain steps where the native part can."""

    def __init__(self, tape: Tape) -> None:
        self.tape, self.walker = tape, tape.walker()

    def __call__(self, block: NDArray[Any]) -> Callable[[], Sequence[NDArray[Any]]]:
        """A block (n, B) -> a function that reads it and gives ∇f's components."""
        return self.tape.bind(list(block))


def domain(run: Callable[[], Sequence[NDArray[Any]]]) -> Callable[[], Sequence[NDArray[Any]]]:
    """f and ∇f -> ∇f, NaN where f is not finite."""

    def marked() -> Sequence[NDArray[Any]]:
        value, *slopes = run()
        np.subtract(value, value, value)  # 0; or NaN for a NaN or an infinity
        slopes[0] += value
        return slopes

    return marked


def tape_of(f: Any) -> Tape | None:  # noqa: ANN401
    """The gradient's tape (after the value's where f has a domain), or None where there is none."""
    symbolic = getattr(f, "symbolic", None)
    if symbolic is None or getattr(f, "nonsmooth", None) is not None:
        return None  # a point where the gradient is defined by hand is no formula's business
    from spusk.functions.writer import tape

    try:
        whole = tape(symbolic.symbols, [symbolic.expression, *symbolic.slopes])
        return whole if whole.partial else tape(symbolic.symbols, symbolic.slopes)
    except InputError:
        return None


def cores() -> int:
    """The cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
