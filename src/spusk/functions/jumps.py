"""Points at which ∇f jumps or f ends: what they are, by the values of f around them.

Where ∇f jumps f rises in proportion to the distance; at a smooth minimum it rises with its square.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spusk.functions.points import Point, PointKind

Floats = NDArray[np.float64]

FAR, NEAR = 1e-4, 1e-6  # of 1 + |x|: two distances at which the rise is compared
POLE = 0.75  # of the rise further away: at a kink there is less of it nearby
BENT = 3.0  # times as much as a parabola keeps of its rise: f curves ever more towards the point
SHARP = 100.0  # times as much curvature at the point as a little beside it
RINGS = 200  # about the lowest point so far
LEAST_REACH = 1e-3  # of 1 + |x|
STAIRS = (1e-3, 1e-2, 1e-1)  # of 1 + |x|: how far the edge of a step of a staircase is looked for
HALVINGS = 30
SHORTEST = 1e-8  # of 1 + |x|: a step of f that is shorter is its rounding
JUMP = 1e-12  # of 1 + |f|: a change over no way at all that is more than rounding
TENTHS = (5, 12)  # the distances 10⁻⁵, 10⁻⁶ … 10⁻¹¹ of 1 + |x|: ever nearer to a point
PLUNGES = 0.95  # of the first fall: |x|^p falls by 10⁻ᵖ of it, ln x by as much, 1/x by far more
STEEP = 0.3  # of the rise per length: what is kept when the length shrinks a hundredfold is a kink


def jumps(f: Any, x: Floats, rows: Floats) -> bool:  # noqa: ANN401
    """Whether f rises along a row (D, n), and its opposite, in proportion to the length."""
    here, scale = float(f.value(x)), 1 + float(np.linalg.norm(x))
    far, near = (slopes_around(f, x, rows, r * scale) for r in (FAR, NEAR))  # (D,)
    rounding = 1e2 * np.finfo(np.float64).eps * (1 + abs(here)) / (NEAR * scale)
    return bool(((far > 0) & (near >= STEEP * far) & (near > rounding)).any())


def sharpens(f: Any, x: Floats, v: Floats, top: float) -> bool:  # noqa: ANN401
    """Whether the curvature along v, λmax at x, is far less a little beside it: |x|^1.3."""
    length = NEAR * (1 + float(np.linalg.norm(x)))
    rounding = 1e2 * np.finfo(np.float64).eps * (1 + abs(float(f.value(x)))) / length
    slope = abs(float(slopes_around(f, x, v[None], length)[0]))
    return bool(top > SHARP * 2 * (slope + rounding) / length)


def slopes_around(f: Any, x: Floats, rows: Floats, length: float) -> Floats:  # noqa: ANN401
    """The lesser of f's rises per length along each row and the opposite, (D,)."""
    here = float(f.value(x))
    there = np.asarray(f.value(np.stack([x + length * rows, x - length * rows])))  # (2, D)
    return np.asarray(np.min((there - here) / length, axis=0))


def turns_up(f: Any, x: Floats, curvature: float, v: Floats) -> bool:  # noqa: ANN401
    """Whether f rises on both sides along v (n,), where its Hessian says that it curves down."""
    here, scale = float(f.value(x)), 1 + float(np.linalg.norm(x))
    lengths = scale * np.array([FAR, -FAR, NEAR, -NEAR])
    rises = np.asarray(f.value(x + lengths[:, None] * v)) - here  # (4,)
    return bool((rises > -curvature * lengths**2 / 4 + 4e-16 * (1 + abs(here))).all())


def at_jump(f: Any, x: Floats) -> Point:  # noqa: ANN401
    """What a point is at which ∇f is not there, or jumps: by the values of f around it."""
    rows = around(f.n)
    here, scale = float(f.value(x)), 1 + float(np.linalg.norm(x))
    there = np.asarray(f.value(x + scale * np.array([FAR, NEAR])[:, None, None] * rows))  # (2, D)
    if not (np.isfinite(here) and np.isfinite(there).all()):
        return Point(PointKind.EDGE, x)
    wide, rises = there - here
    rounding = 4e-16 * (1 + abs(here))
    if rises.max() > max(POLE * wide.max(), 0) + rounding:
        return Point(PointKind.EDGE, x)  # f is as far above beside it as further away: a pole
    if (np.abs(there - here) <= rounding).all():
        return Point(PointKind.FLAT, x)
    if (rises >= -rounding).all():
        bent = rises.max() > BENT * (NEAR / FAR) ** 2 * wide.max()
        return Point(PointKind.KINK if bent else PointKind.MINIMUM, x)
    if (rises <= rounding).all():
        return Point(PointKind.MAXIMUM, x)
    return Point(falling(rows, wide, rises, rounding), x)


def falling(rows: Floats, wide: Floats, rises: Floats, rounding: float) -> PointKind:
    """What a point is beside which f (D,) falls along some rows (D, n) and rises along others."""
    lowest = int(np.argmin(rises))
    opposite = int(np.argmin(rows @ rows[lowest]))
    if rises[lowest] / NEAR > STEEP * min(wide[lowest], 0.0) / FAR:  # less than in proportion
        return PointKind.SADDLE if rows.shape[1] > 1 else PointKind.INFLECTION
    return PointKind.SADDLE if rises[opposite] < -rounding else PointKind.SLOPE


def around(n: int) -> Floats:
    """Unit directions (D, n): along the axes, and where there are few variables between them."""
    if n > 3:
        return np.vstack([np.eye(n), -np.eye(n)])
    grid = np.stack(np.meshgrid(*[[-1.0, -0.5, 0.0, 0.5, 1.0]] * n, indexing="ij"), axis=-1)
    rows = grid.reshape(-1, n)
    rows = rows[rows.any(axis=1)]
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def lowest_near(f: Any, x: Floats, reach: float) -> Floats:  # noqa: ANN401
    """The lowest point near another, of ever smaller rings about the lowest so far."""
    rows = np.vstack([np.zeros((1, f.n)), *(share * around(f.n) for share in (1.0, 0.5, 0.25))])
    scale = 1 + float(np.linalg.norm(x))
    reach = max(reach, LEAST_REACH * scale)
    for _ in range(RINGS):
        points = x + reach * rows
        values = np.nan_to_num(np.asarray(f.value(points)), nan=np.inf)
        lowest = int(np.argmin(values))
        x = points[lowest]
        if lowest == 0:
            reach /= 4
        if reach <= 1e-13 * scale:
            break
    return x


def plunges(f: Any, x: Floats) -> bool:  # noqa: ANN401
    """Whether f falls without end towards x along a ray: as much over each tenth of the way."""
    scale = 1 + float(np.linalg.norm(x))
    shifts = scale * 10.0 ** -np.arange(*TENTHS)[:, None, None] * around(f.n)  # (T, D, n)
    values = np.asarray(f.value(x + shifts))  # (T, D)
    falls = np.where(np.isneginf(values[1:]), np.inf, values[:-1] - values[1:])
    rounding = 1e-13 * (1 + np.abs(values[:-1]))
    return bool(((falls > rounding) & (falls >= PLUNGES * falls[0])).all(axis=0).any())


def on_a_step(f: Any, x: Floats) -> bool:  # noqa: ANN401
    """Whether f is the same on all sides and then jumps, as where it is rounded.

    Where it changes first along each axis the place is halved upon: at a jump no way is too short.
    """
    here, scale = float(f.value(x)), 1 + float(np.linalg.norm(x))
    found = False
    for v in np.vstack([np.eye(f.n), -np.eye(f.n)]):
        near, far = 0.0, next((r for r in STAIRS if f.value(x + r * scale * v) != here), 0.0)
        if not far:
            continue
        for _ in range(HALVINGS):
            middle = (near + far) / 2
            same = float(f.value(x + middle * scale * v)) == here
            near, far = (middle, far) if same else (near, middle)
        change = abs(float(f.value(x + far * scale * v)) - here)
        if near < SHORTEST or change <= JUMP * (1 + abs(here)):
            return False
        found = True
    return found
