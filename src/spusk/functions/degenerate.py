"""Critical points at which f does not curve in some directions: what decides there.

Along a direction v with λ = 0 the reduced function says it,

    φ(r) = min f(x + r v + w),  w in the directions in which f curves up,

which is f on the bottom of the valley (Lyapunov and Schmidt's reduction): it rises on both sides
at a minimum such as that of x⁴, is the same along a valley of minima, and falls on one side at
an inflection or on both at a saddle. Where several directions are flat a valley may bend or cross
another, as that of x²y² does at 0: then rings about the point meet it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spusk.functions.jumps import around
from spusk.functions.points import MINIMA, PointKind

Floats = NDArray[np.float64]

RADII = (1e-3, 1e-2, 1e-1)  # of 1 + |x|: the smallest that shows a difference decides
TOUCH = 1e-9  # of 1 + |x|: what f changes over so little is its rounding
LEFT = 1e-10  # of λmax r²: what the way to the bottom of the valley may leave
LEAST = 1e-8  # of the largest |λ|: along what is flatter Newton's step would go anywhere
STEP = 1e12  # times what was rounding at a tenth of the radius: no curve rises so, only a step
MOST_DIRECTIONS = 64
SIDES = 3  # of a ring: from so many of its lowest directions the lowest of all is looked for
TURNS, FINEST = 80, 1e-13  # … by so many turns of ever smaller angles
OTHER = 0.9  # cosine: an axis nearer to a direction is no side of it
UNSURE = 4.0  # times what f changes by over TOUCH: so far from the point's own place it may be


def degenerate(f: Any, x: Floats, lambdas: Floats, vectors: Floats) -> PointKind:  # noqa: ANN401
    """What a critical point is at which nothing curves down and some directions not at all."""
    flat, up = vectors[:, lambdas == 0], lambdas > 0
    flat = flat if up.any() else np.eye(f.n)  # of no direction before another
    noise = noise_at(f, x, flat.T)
    rises = [
        [rise(f, x, way, lambdas[up], vectors[:, up], noise) for way in (v, -v)]
        for v in directions(flat)
    ]
    signs = np.sign(np.array(rises))  # (D, 2): of each direction, and of the opposite one
    if (signs < 0).any():
        if (signs < 0).all() and not up.any():
            return PointKind.MAXIMUM
        if f.n == 1:
            return PointKind.SLOPE if slopes_on(f, x) else PointKind.INFLECTION
        return PointKind.SLOPE if slopes_on(f, x) else PointKind.SADDLE
    if (signs > 0).all() and is_encircled(f, x, flat, lambdas[up], vectors[:, up], noise):
        return PointKind.MINIMUM
    return PointKind.VALLEY if up.any() or (signs > 0).any() else PointKind.FLAT


def noise_at(f: Any, x: Floats, rows: Floats) -> float:  # noqa: ANN401
    """How much f changes over so little along rows (D, n) that nobody knows the point better."""
    here, shifts = float(f.value(x)), TOUCH * (1 + float(np.linalg.norm(x))) * rows
    beside = np.asarray(f.value(x + np.vstack([shifts, -shifts, 7 * shifts, -7 * shifts])))
    return 4 * float(np.nan_to_num(np.abs(beside - here)).max()) + 4e-16 * abs(here)


def rise(f: Any, x: Floats, v: Floats, lambdas: Floats, up: Floats, noise: float) -> float:  # noqa: ANN401
    """φ(r) − φ(0) along v at the first radius where it is more than rounding; 0: at none."""
    here, scale = float(f.value(x)), 1 + float(np.linalg.norm(x))
    before = np.inf
    for radius in scale * np.array(RADII):
        change = float(bottom(f, (x + radius * v)[None], up)[0]) - here
        rounding = noise + LEFT * float(lambdas.max(initial=0.0)) * radius**2
        if not np.isfinite(change):
            return 1.0  # f has no value there: nothing lower
        if abs(change) > rounding:
            return change if abs(change) <= STEP * before else 0.0
        before = rounding
    return 0.0


def bottom(f: Any, rows: Floats, up: Floats) -> Floats:  # noqa: ANN401
    """The least f from points (K, n) on, where only the directions are free in which f curves up.

    By Newton's method in the space of those directions (n, m), downhill where f curves down there.
    """
    values = np.asarray(f.value(rows))  # (K,)
    for _ in range(20 if up.size else 0):
        slopes, hessians = (
            np.asarray(f.gradient(rows)) @ up,
            up.T @ np.asarray(f.hessian(rows)) @ up,
        )
        if not np.isfinite(hessians).all():
            break
        lambdas, vectors = np.linalg.eigh(hessians)  # (K, m), (K, m, m)
        sizes = np.maximum(np.abs(lambdas), LEAST * np.abs(lambdas).max(axis=-1, keepdims=True))
        along = (slopes[:, None] @ vectors)[:, 0] / sizes  # (K, 1, m) @ (K, m, m) -> (K, m)
        rows = rows - (vectors @ along[..., None])[..., 0] @ up.T
        lower = np.asarray(f.value(rows))
        if not (lower < values).any():
            break
        values = np.where(lower < values, lower, values)
    return values


def is_encircled(
    f: Any,  # noqa: ANN401
    x: Floats,
    flat: Floats,
    lambdas: Floats,
    up: Floats,
    noise: float,
) -> bool:
    """Whether φ is above φ(0) on a whole ring about x in the flat directions (n, d)."""
    here, scale = float(f.value(x)), 1 + float(np.linalg.norm(x))
    count = flat.shape[1]

    def phi(rows: Floats) -> Floats:  # (K, d) -> (K,), where f has no value nothing is lower
        return np.nan_to_num(bottom(f, x + rows @ flat.T, up), nan=np.inf) - here

    if count < 2 or (up.size and getattr(f, "symbolic", None) is None):
        return True  # or, on a ring, each of some thousand points would cost a dozen Hessians
    for radius in scale * np.array(RADII):
        lowest = radius * lowest_on_ring(lambda u: phi(radius * u), count)  # noqa: B023
        shifts = TOUCH * scale * np.vstack([np.zeros((1, count)), np.eye(count), -np.eye(count)])
        change, *beside = phi(lowest + shifts)
        rounding = noise + LEFT * float(lambdas.max(initial=0.0)) * radius**2
        if change > rounding + UNSURE * float(np.abs(np.array(beside) - change).max()):
            return True
    return False


def lowest_on_ring(phi: Callable[[Floats], Floats], count: int) -> Floats:
    """The unit direction (count,) in which φ, (K, count) -> (K,), is least."""
    rows = directions(np.eye(count))
    rows = np.vstack([rows, -rows])
    found = []
    for u in rows[np.argsort(phi(rows), kind="stable")[:SIDES]]:
        value, angle = float(phi(u[None])[0]), 0.5
        for _ in range(TURNS):
            sides = unit(np.eye(count)[np.abs(u) < OTHER] - np.outer(u[np.abs(u) < OTHER], u))
            turned = unit(u + angle * np.vstack([sides, -sides]))
            values = phi(turned)
            if values.min() < value:
                u, value = turned[np.argmin(values)], float(values.min())  # noqa: PLW2901
            else:
                angle /= 4
            if angle < FINEST:
                break
        found.append((value, u))
    return np.asarray(min(found, key=lambda pair: pair[0])[1])


def unit(rows: Floats) -> Floats:
    """Rows (K, n) of length 1."""
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def directions(basis: Floats) -> Floats:
    """Unit directions (D, n) in the space of a basis (n, d), without their opposites."""
    count = basis.shape[1]
    if count <= 3:
        rows = around(count)
        return rows[: len(rows) // 2] @ basis.T  # the second half is the first, turned about
    random = np.random.default_rng(0).standard_normal((2 * count, count))
    rows = np.vstack([np.eye(count), unit(random)])
    return np.asarray(rows[:MOST_DIRECTIONS] @ basis.T)


def top(f: Any, x: Floats, lambdas: Floats, vectors: Floats) -> PointKind:  # noqa: ANN401
    """A maximum, or a saddle, where some directions curve down and none up."""
    if (lambdas < 0).all():
        return PointKind.MAXIMUM
    kind = degenerate(Upside(f), x, -lambdas[::-1], vectors[:, ::-1])
    return PointKind.MAXIMUM if kind in MINIMA else PointKind.SADDLE


class Upside:
    """−f."""

    def __init__(self, f: Any) -> None:  # noqa: ANN401
        self.f, self.n = f, f.n

    def value(self, x: Floats) -> Floats:
        """−f, (…, n) -> (…)."""
        return -np.asarray(self.f.value(x))

    def gradient(self, x: Floats) -> Floats:
        """−∇f, (…, n) -> (…, n)."""
        return -np.asarray(self.f.gradient(x))

    def hessian(self, x: Floats) -> Floats:
        """−H, (…, n) -> (…, n, n)."""
        return -np.asarray(self.f.hessian(x))


def slopes_on(f: Any, x: Floats) -> bool:  # noqa: ANN401
    """Whether f falls in proportion to the length along −∇f: a slope so small it seemed none."""
    slope = np.asarray(f.gradient(x), np.float64)
    size = float(np.linalg.norm(slope))
    if size == 0:
        return False
    lengths = (1 + float(np.linalg.norm(x))) * np.array([1e-3, 1e-5])
    falls = float(f.value(x)) - np.asarray(f.value(x - lengths[:, None] * slope / size))  # (2,)
    far, near = falls / lengths / size
    return bool(0.5 < far < 2 and 0.5 < near < 2)
