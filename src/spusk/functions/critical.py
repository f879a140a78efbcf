"""Critical points: where they are, how f curves there, and of what kind each is.

A point is named by what f does around it, not by a small gradient: by the Hessian's eigenvalues
where none is zero, and elsewhere by f itself (degenerate.py, jumps.py).
"""

from __future__ import annotations

from itertools import accumulate
from operator import and_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spusk.functions.degenerate import degenerate, top
from spusk.functions.flow import FlowEnd, affordable, flow, is_grain
from spusk.functions.jumps import (
    at_jump,
    jumps,
    lowest_near,
    on_a_step,
    plunges,
    sharpens,
    turns_up,
)
from spusk.functions.points import MINIMA, Point, PointKind
from spusk.functions.rounding import hessian_rounding, slope_rounding

Floats = NDArray[np.float64]

HESSIAN_UP_TO = 200  # variables; beyond, eigenvalues cost more than the descent
NEWTON_STEPS = 50
REST = 1e-10  # of 1 + |x|: a step this short is none
ROUGH_REST = 1e-8  # the same where ∇f or the Hessian is taken by differences
ZERO = 1e-13  # of the largest |λ|: eigenvalues this small are rounding
ROUGH_ZERO = 1e-5  # the same for a Hessian by differences
STILL = 1e-10  # the same for Newton's method: along a valley it does not go
BLURS: list[float] = [a * 10.0**-k for k in range(9, 3, -1) for a in (1, 3)]  # of 1 + |x|
BESIDE = 1e-2  # of 1 + |x|: a critical point this near is the one at which a descent came to rest
NOT_FAR = 0.15  # of 1 + |x|: so far it may be where f falls to it all the way
STEADY = 1e-2  # two shares of Newton's steps so alike foretell all that follow
SHRINKING = (0.5, 0.96)  # of the step before: by more than this on a tail, by less at a λ > 0
DUST = 1e-17  # of 1 + |x|: a coordinate this small is 0
TOUCH = 1e-6  # of 1 + |x|: how near to a minimum the lowest point of rings is
FAINT = 10.0  # times its rounding: a slope by differences that steers a flow no more
JUMPS = 5  # of ∇f that a flow may be carried over
ENDS = {FlowEnd.UNBOUNDED: PointKind.UNBOUNDED, FlowEnd.ENDLESS: PointKind.ENDLESS}


def point_at(f: Any, x: NDArray[Any]) -> Point:  # noqa: ANN401
    """What a point is at which a descent came to rest, or the critical point beside it.

    Args:
        f: a function with `value`, `gradient` and `hessian`.
        x: the point, (n,).

    Returns:
        The critical point that Newton's method comes to from there by ever shorter steps, and its
        kind; x itself with SLOPE where there is none.
    """
    x = np.asarray(x, np.float64)
    with np.errstate(all="ignore"):
        if not np.isfinite(f.value(x)):
            return Point(PointKind.EDGE, x)
        if is_nonsmooth(f, x) or not np.isfinite(f.gradient(x)).all():
            return at_jump(f, x)
        place = rest(f, x)
        if place is None or not belongs(f, x, place):
            return Point(PointKind.SLOPE, x)
        return kind_at(f, place)


def belongs(f: Any, x: Floats, place: Floats) -> bool:  # noqa: ANN401
    """Whether a critical point is beside x, or not far and f falls to it all the way."""
    gap = float(np.linalg.norm(place - x)) / (1 + float(np.linalg.norm(x)))
    if not BESIDE < gap <= NOT_FAR:
        return gap <= BESIDE
    values = np.asarray(f.value(x + np.linspace(0, 1, 17)[:, None] * (place - x)))  # (17,)
    return bool((np.diff(values) < 0).all())


def rest(f: Any, x: Floats) -> Floats | None:  # noqa: ANN401
    """The point with ∇f = 0 to which Newton's method x ← x − H⁻¹∇f leads by ever shorter steps.

    Where H is 0 at the point each step makes the same share of the way, 1/(m − 1) for xᵐ: once two
    are alike the rest of them is made at once (Aitken).
    """
    last, share, before = np.inf, 0.0, np.zeros_like(x)
    none, rounding = REST if is_exact(f) else ROUGH_REST, slope_rounding(f, x)
    for _ in range(NEWTON_STEPS):
        gradient = np.asarray(f.gradient(x))
        if rounding and np.linalg.norm(gradient) <= rounding:
            return x
        hessian = np.asarray(f.hessian(x))
        if not (np.isfinite(gradient).all() and np.isfinite(hessian).all()):
            return None if gradient.any() else x
        step = newton_step(gradient, hessian)
        size, scale = float(np.linalg.norm(step)), 1 + float(np.linalg.norm(x))
        if size <= none * scale:
            return x
        if size >= last:
            slope, (least, most) = float(np.linalg.norm(gradient)), SHRINKING
            near = least < share < most and last <= BESIDE * scale
            return x if near and is_grain(slope, scale, float(f.value(x))) else None
        shares = share, float(step @ before) / last**2 if last < np.inf else 0.0
        steady = 0.5 < shares[1] < 1 and abs(shares[1] - shares[0]) <= STEADY
        x, last, share, before = x - step / (1 - shares[1] if steady else 1), size, shares[1], step
    return None


def newton_step(gradient: Floats, hessian: Floats) -> Floats:
    """H⁻¹∇f (n,), without the directions in which f does not curve."""
    lambdas, vectors = np.linalg.eigh(hessian)
    along, sizes = vectors.T @ gradient, np.abs(lambdas)
    moves = sizes > STILL * sizes.max()
    return np.asarray(vectors[:, moves] @ (along[moves] / lambdas[moves]))


def kind_at(f: Any, x: Floats) -> Point:  # noqa: ANN401
    """What a critical point (n,) is.

    Where slopes are differences they hide, by their rounding, how far x is from a point at which f
    does not curve: then the lowest point beside x is named.
    """
    point = named(f, x)
    lambdas = point.eigenvalues
    if is_exact(f) or point.is_minimum or lambdas is None or (lambdas < 0).any():
        return point
    low = lowest_near(f, x, 0.0)
    if np.linalg.norm(low - x) > BESIDE * (1 + np.linalg.norm(x)):
        return point
    found = named(f, low)
    return found if found.is_minimum else point


def named(f: Any, x: Floats) -> Point:  # noqa: ANN401
    """What a critical point (n,) is, taken for the very point."""
    x = without_dust(f, x)
    if is_stepped(f) and not np.asarray(f.gradient(x)).any() and on_a_step(f, x):
        return Point(PointKind.FLAT, x)
    hessian = np.asarray(f.hessian(x))
    if not np.isfinite(hessian).all():
        return at_jump(f, x)
    lambdas, vectors = np.linalg.eigh(hessian)
    lambdas = without_rounding(f, x, lambdas, vectors)
    if (lambdas < 0).any():
        if turns_up(f, x, float(lambdas[0]), vectors[:, 0]):
            return at_jump(f, x)
        return Point(
            PointKind.SADDLE if lambdas[-1] > 0 else top(f, x, lambdas, vectors), x, lambdas
        )
    kind = PointKind.MINIMUM if lambdas.all() else degenerate(f, x, lambdas, vectors)
    rows = np.vstack([np.eye(f.n), vectors.T])
    if kind in MINIMA and (jumps(f, x, rows) or sharpens(f, x, vectors[:, -1], lambdas[-1])):
        return Point(PointKind.KINK, x)
    return Point(kind, x, lambdas)


def without_dust(f: Any, x: Floats) -> Floats:  # noqa: ANN401
    """The point (n,) with 0 for what is less than rounding beside 1 + |x|, where f has a value."""
    clean = np.where(np.abs(x) <= DUST * (1 + np.linalg.norm(x)), 0.0, x)
    return clean if np.isfinite(f.value(clean)) else x


def without_rounding(f: Any, x: Floats, lambdas: Floats, vectors: Floats) -> Floats:  # noqa: ANN401
    """The eigenvalues (n,) with 0 for those that the point's own uncertainty may have made."""
    exact, stepped = is_exact(f), is_stepped(f)
    least = (ZERO if exact else ROUGH_ZERO) * float(np.abs(lambdas).max())
    zero = np.full(f.n, max(least, hessian_rounding(f, x)))
    scale = 1 + float(np.linalg.norm(x))
    for k in np.flatnonzero(np.abs(lambdas) < 1e-4 * scale_of(lambdas)):
        v = vectors[:, k]
        shift = (BESIDE**2 if stepped else max(blur(f, x, v), BESIDE**2 * (not exact))) * scale * v
        beside = np.asarray(f.hessian(np.stack([x + shift, x - shift])))  # (2, n, n)
        zero[k] = max(zero[k], float(np.abs(np.nan_to_num(v @ beside @ v) - lambdas[k]).max()))
    return np.where(np.abs(lambdas) <= zero, 0.0, lambdas)


def blur(f: Any, x: Floats, v: Floats) -> float:  # noqa: ANN401
    """How far from x along v the slope is rounding, of 1 + |x|: nobody knows x better than so."""
    scale, value = 1 + float(np.linalg.norm(x)), float(f.value(x))
    shifts = scale * np.array(BLURS)[:, None] * v  # (R, n)
    slopes = np.asarray(f.gradient(np.stack([x + shifts, x - shifts]))) @ v  # (2, R)
    grain = [is_grain(size, scale, value) for size in np.abs(slopes).max(axis=0)]
    return float(BLURS[max(sum(accumulate(grain, and_)) - 1, 0)])


def is_exact(f: Any) -> bool:  # noqa: ANN401
    """Whether f's Hessian is a formula, not differences."""
    symbolic = getattr(f, "symbolic", None)
    return symbolic is not None and not symbolic.heavy


def is_stepped(f: Any) -> bool:  # noqa: ANN401
    """Whether f is a callable whose slopes are taken by steps, n + 1 calls or more for each."""
    return getattr(getattr(f, "program", None), "stepped", False)


def scale_of(lambdas: Floats) -> float:
    """The largest |λ|, or 1 where that is less: below it every λ is looked at."""
    return max(1.0, float(np.abs(lambdas).max()))


def leads_to(f: Any, x: NDArray[Any], reach: float) -> Point:  # noqa: ANN401
    """Where the gradient flow leads from a point, and what that is.

    Args:
        f: a function with `value`, `gradient` and `hessian`.
        x: the point, (n,).
        reach: how far around a jump of ∇f its lowest point is looked for.

    Returns:
        The critical point; or where the flow was left, falling without end or ever less.
    """
    with np.errstate(all="ignore"):
        for _ in range(JUMPS):
            end, x, _ = flow(f, x, affordable(f))
            if end in (FlowEnd.REST, FlowEnd.UNFINISHED):
                return bottom_at(f, x)
            if end is not FlowEnd.STUCK:
                return Point(ENDS[end], x)
            low = lowest_near(f, x, reach)
            point = at_bottom(f, low)
            if point.kind is not PointKind.SLOPE or f.value(low) >= f.value(x):
                return point
            x = low
    return Point(PointKind.SLOPE, x)


def at_bottom(f: Any, low: Floats) -> Point:  # noqa: ANN401
    """What the lowest of rings is, about where a flow was stuck."""
    point = smooth(f, at_jump(f, low))
    if point.kind is PointKind.EDGE and plunges(f, low):
        return Point(PointKind.UNBOUNDED, low)
    if point.kind in (PointKind.FLAT, PointKind.SLOPE) and not is_exact(f):
        found = kind_at(f, low)  # what is the same to rounding, or seems to slope, may be a minimum
        return found if found.is_minimum else point
    return point


def bottom_at(f: Any, x: Floats) -> Point:  # noqa: ANN401
    """What a flow came to: the critical point that Newton's method finds there.

    Where the slope is all rounding it finds none; then x itself, where f rises on every side.
    """
    place = rest(f, x)
    if place is not None and belongs(f, x, place):
        return kind_at(f, place)
    slope = float(np.linalg.norm(f.gradient(x)))
    faint = slope <= FAINT * slope_rounding(f, x)
    if faint or is_grain(slope, 1 + float(np.linalg.norm(x)), float(f.value(x))):
        point = kind_at(f, x)
        if point.kind is PointKind.MINIMUM and not np.all(point.eigenvalues):
            return point
    return Point(PointKind.SLOPE, x)


def smooth(f: Any, point: Point) -> Point:  # noqa: ANN401
    """The minimum that the lowest point of rings is beside, where ∇f does not jump there."""
    place = rest(f, point.x) if point.is_minimum else None
    if place is None or np.linalg.norm(place - point.x) > TOUCH * (1 + np.linalg.norm(point.x)):
        return point
    found = kind_at(f, place)
    return found if found.is_minimum else point


def eigenvalues(f: Any, x: NDArray[Any]) -> NDArray[Any] | None:  # noqa: ANN401
    """The eigenvalues of the Hessian at x (n,), ascending (n,); None where it is not finite."""
    with np.errstate(all="ignore"):
        hessian = np.asarray(f.hessian(x))
    return np.linalg.eigvalsh(hessian) if np.isfinite(hessian).all() else None


def stable_rate(f: Any, x: NDArray[Any]) -> float | None:  # noqa: ANN401
    """2/λmax at x: the largest stable rate of plain descent; None where nothing curves up."""
    lambdas = eigenvalues(f, x)
    return 2 / float(lambdas[-1]) if lambdas is not None and lambdas[-1] > 0 else None


def known_minima(f: Any) -> list[NDArray[np.float64]]:  # noqa: ANN401
    """The minima (n,) that the gallery knows of f; none for any other function."""
    entry = getattr(f, "entry", None)
    return [np.asarray(m.x, np.float64) for m in entry.minima] if entry is not None else []


def is_nonsmooth(f: Any, x: NDArray[Any]) -> bool:  # noqa: ANN401
    """Whether x is the point at which f has no gradient."""
    point = getattr(f, "nonsmooth", None)
    return point is not None and bool((x == point).all())
