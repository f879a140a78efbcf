"""What a few calls tell of a callable: noise, its grain, complex steps, a wrong gradient."""

from __future__ import annotations

import warnings

import numpy as np

from spusk.errors import GradientError, SpuskError, SpuskWarning
from spusk.functions.definition import Floats, Function
from spusk.functions.differences import TINY, central, step
from spusk.functions.points import spell
from spusk.functions.program import SAME, Program, as_numbers

FEW = 2  # points at which a callable is looked at before it is used
CHECKED = 5  # points at which a given gradient is
FAR = (10.0, 100.0)  # how far from the first of them complex steps are looked at too
NOISE = 1e-12  # of 1 + |f|: values at one point that differ by less differ by rounding
LARGEST = 1000  # components of a wrong gradient that are looked through for the one to name
AGREES = 1e-5  # of the largest slope


def look(program: Program, points: Floats, once: Floats) -> None:
    """Finds out whether a callable is noisy or coarse, and whether it takes complex steps."""
    points, once = points[:FEW], once[:FEW]
    apart = np.nan_to_num(np.abs(once - program.value(points)), posinf=0.0)
    if (apart > NOISE * (1 + np.abs(once))).any():
        program.noise = float(apart.max())
        warnings.warn(
            SpuskWarning.keyed("function.noise", at=spell(points[0]), noise=program.noise),
            stacklevel=5,
        )
    elif program.stepped:
        program.grain = grain(program, points[:1] if program.vectorized else points[0])
        program.analytic = takes_complex(program, points, once) and takes_complex_far(
            program, points[0]
        )


def grain(program: Program, x: Floats) -> float:
    """The rounding unit of a callable's own answers: of np.float32(…), say."""
    kind = as_numbers(program.answer(x), x).dtype
    return float(np.finfo(kind).eps) if kind.kind == "f" else 0.0


def takes_complex_far(program: Program, x: Floats) -> bool:
    """Whether it does so far from a point (n,), too, as far as it has values there.

    An abs(…) in a branch for large x gives no slope by complex steps.
    """
    u = directions(np.stack([x] * len(FAR)))
    for point in x + np.array(FAR)[:, None] * np.sqrt(x.size) * u:
        here = value_or_nan(program, point)
        if np.isfinite(here) and not takes_complex(program, point[None], np.array([here]), x[None]):
            return False
    return True


def takes_complex(
    program: Program, points: Floats, here: Floats, scale: Floats | None = None
) -> bool:
    """Whether complex steps give the slopes that differences give, along a random direction.

    The differences' steps are as long as at `scale`, or at the points themselves.
    """
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
        expected, rounding = along(program, points, u, scale)
    except Exception:
        return False
    gap = np.abs(found.imag / h[:, 0] - expected)
    same = gap <= AGREES * np.maximum(1, np.abs(expected)) + rounding
    return bool((same & (np.abs(found.real - here) <= SAME * (1 + np.abs(here)))).all())


def directions(points: Floats) -> Floats:
    """A random unit direction for each of the points (K, n)."""
    rows = np.random.default_rng(1).standard_normal(points.shape)
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True))


def along(
    program: Program, points: Floats, u: Floats, scale: Floats | None = None
) -> tuple[Floats, Floats]:
    """f's slopes (K,) at points (K, n) along directions (K, n), and what rounding makes of them."""
    h = step(np.abs(points if scale is None else scale).max(axis=-1))  # (K,)
    up, down = program.value(points + h[:, None] * u), program.value(points - h[:, None] * u)
    return (up - down) / (2 * h), 1e-14 * np.abs(up) / h


def agrees(program: Program, read: Function, points: Floats) -> bool:
    """Whether a traced formula equals its callable at random and at special points."""
    n = program.n
    special = np.vstack([np.zeros((1, n)), np.ones((1, n)), -np.ones((1, n)), np.eye(n)])
    points = np.vstack([points, special])
    expected, found = np.array([value_or_nan(program, x) for x in points]), read.value(points)
    return bool(np.allclose(found, expected, rtol=1e-9, atol=1e-12, equal_nan=True))


def value_or_nan(program: Program, x: Floats) -> float:
    """f at x (n,); NaN where it raises."""
    try:
        return float(program.value(x[None])[0])
    except SpuskError:
        return np.nan


def refuse_wrong(program: Program, points: Floats) -> None:
    """Raises GradientError where a given gradient is not the function's.

    Along a random direction at each point, so that it costs no more calls with more variables.
    """
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
