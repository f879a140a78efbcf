"""Python callables as Functions: traced where that goes, checked, or differentiated by steps."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from spusk.errors import GradientError, InputError, SpuskWarning
from spusk.functions.definition import Floats, Function, random_points
from spusk.functions.differences import TINY, central, step
from spusk.functions.points import spell
from spusk.functions.program import SAME, Program

TRACED_UP_TO = 20  # variables; with more, formulas cost more than differences
FEW = 2  # points at which a callable is looked at before it is used
CHECKED = 5  # points at which a given gradient is
NOISE = 1e-12  # of 1 + |f|: values at one point that differ by less differ by rounding
LARGEST = 1000  # components of a wrong gradient that are looked through for the one to name
AGREES = 1e-5  # of the largest slope


def from_callable(
    source: Callable[..., Any],
    *,
    n: int | None = None,
    gradient: Callable[..., Any] | None = None,
    args: tuple[Any, ...] = (),
    jac: bool = False,
    vectorized: bool = False,
    traced: bool = True,
    start: Floats | None = None,
) -> Function:
    """A Function from f(x1, …, xn), or from f(x) of a vector with n given.

    `start` is a point, (n,), at which it is looked at too; it tells n where nobody does.
    """
    from spusk.functions.trace import arguments, trace

    separate = arguments(source, len(args))
    count = separate or (start.size if n is None and start is not None else n)
    wrong = count is None or isinstance(count, bool) or not isinstance(count, int | np.integer)
    if count is None or wrong or count < 1:
        raise InputError.keyed("function.dimension", found=n)
    if separate and n not in (None, separate):
        raise InputError.keyed("function.separate", n=n, found=separate)
    program = Program(source, int(count), bool(separate), args, jac, gradient, vectorized)
    names = tuple(f"x{k}" for k in range(1, program.n + 1))
    points = random_points([(-3.0, 3.0)] * program.n)
    if start is not None and start.size == program.n:
        points[0] = start
    look(program, points)
    if not program.stepped:
        refuse_wrong(program, points[:CHECKED])
        return Function(names, "given", program)
    numbers = Function(names, "differences", program)
    if traced and not program.noise and program.n <= TRACED_UP_TO:
        tree = trace(program.call, names)
        if tree is not None:
            read = read_tree(tree, names)
            if agrees(numbers, read, points):
                return read
    return numbers


def look(program: Program, points: Floats) -> None:
    """Finds out whether a callable is noisy, and whether it takes complex steps."""
    with np.errstate(all="ignore"):
        once, again = program.value(points[:FEW]), program.value(points[:FEW])
        apart = np.nan_to_num(np.abs(once - again), posinf=0.0)
        if (apart > NOISE * (1 + np.abs(once))).any():
            program.noise = float(apart.max())
            warnings.warn(
                SpuskWarning.keyed("function.noise", at=spell(points[0]), noise=program.noise),
                stacklevel=5,
            )
        elif program.stepped:
            program.analytic = takes_complex(program, points[:FEW], once)


def takes_complex(program: Program, points: Floats, here: Floats) -> bool:
    """Whether complex steps give the slopes that differences give, along a random direction."""
    known = np.isfinite(here)
    points, here = points[known], here[known]
    if not len(points):
        return False
    u = directions(points)
    h = TINY * np.maximum(1, np.abs(points).max(axis=-1, keepdims=True))  # (K, 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a complex number cut to its real part
            found = program.asked(points + 1j * h * u, np.complex128)
    except Exception:
        return False
    expected, rounding = along(program, points, u)
    gap = np.abs(found.imag / h[:, 0] - expected)
    same = gap <= AGREES * np.maximum(1, np.abs(expected)) + rounding
    return bool((same & (np.abs(found.real - here) <= SAME * (1 + np.abs(here)))).all())


def directions(points: Floats) -> Floats:
    """A random unit direction for each of the points (K, n)."""
    rows = np.random.default_rng(1).standard_normal(points.shape)
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True))


def along(program: Program, points: Floats, u: Floats) -> tuple[Floats, Floats]:
    """f's slopes (K,) at points (K, n) along directions (K, n), and what rounding makes of them."""
    h = step(np.abs(points).max(axis=-1))  # (K,)
    up, down = program.value(points + h[:, None] * u), program.value(points - h[:, None] * u)
    return (up - down) / (2 * h), 1e-14 * np.abs(up) / h


def read_tree(tree: Any, names: tuple[str, ...]) -> Function:  # noqa: ANN401
    """A Function of a traced tree."""
    from spusk.functions.symbolic import Symbolic, text

    return Function(names, "traced", symbolic=Symbolic(tree, names), text=text(tree))


def agrees(numbers: Function, read: Function, points: Floats) -> bool:
    """Whether a traced formula equals its callable at random and at special points."""
    n = numbers.n
    special = np.vstack([np.zeros((1, n)), np.ones((1, n)), -np.ones((1, n)), np.eye(n)])
    points = np.vstack([points, special])
    with np.errstate(all="ignore"):
        expected, found = numbers.value(points), read.value(points)
    return bool(np.allclose(found, expected, rtol=1e-9, atol=1e-12, equal_nan=True))


def refuse_wrong(program: Program, points: Floats) -> None:
    """Raises GradientError where a given gradient is not the function's.

    Along a random direction at each point, so that it costs no more calls with more variables.
    """
    with np.errstate(all="ignore"):
        found = program.gradient(points)  # (K, n)
        if program.noise:
            return
        u = directions(points)
        expected, rounding = along(program, points, u)
    gap = np.abs(np.sum(found * u, axis=-1) - expected)
    scale = np.maximum(1, np.abs(np.nan_to_num(found)).max(axis=-1))
    wrong = ~(gap <= AGREES * scale + rounding) & np.isfinite(expected)
    if wrong.any():
        raise_wrong(program, points[wrong][0], found[wrong][0])


def raise_wrong(program: Program, x: Floats, found: Floats) -> None:
    """Raises GradientError with the component that is farthest from differences."""
    few = min(program.n, LARGEST)

    def value(part: Floats) -> Floats:
        rest = np.broadcast_to(x[few:], (*part.shape[:-1], program.n - few))
        return program.value(np.concatenate([part, rest], axis=-1))

    expected = central(value, x[:few])
    i = int(np.argmax(np.nan_to_num(np.abs(found[:few] - expected), nan=np.inf)))
    raise GradientError.keyed(
        "function.gradient", i=i + 1, point=spell(x), expected=float(expected[i]),
        found=float(found[i]),
    )  # fmt: skip
