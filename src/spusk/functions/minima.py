"""The minima of a formula nobody knows yet: seen on a grid, then polished."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spusk.functions.definition import Function

Floats = NDArray[np.float64]
GRID = 65  # points along each side: odd, so that the middle is one of them
MOST = 24  # a valley has endlessly many
NEAR = 1e-3  # of the view: minima this close to each other are one
SAME = 1e-6  # of 1 + |f|: minima whose values are this close are equally low
NEWTON_STEPS = 50
ARRIVED = 1e-10  # of 1 + |x|: a Newton step this short moves nothing but rounding
CURVED = 1e-12  # of the largest |λ|, or of 1: along what is flatter ∇f/|λ| would go anywhere
FLAT = 1e-6  # of the largest eigenvalue: less negative ones are rounding
ZOOMS = 16  # a grid of nine points a side, each time four times finer


def minima(f: Function, box: Floats) -> list[Floats]:
    """The minima seen in the box (n, 2), or else the one that lies beyond it; lowest first.

    Kinks count too: (0, 0) is the minimum of |x| + |y|.
    """
    near = NEAR * float((box[:, 1] - box[:, 0]).max())
    inside: list[Floats] = []
    beyond: list[Floats] = []
    for seed in seeds(f, box):
        place = polish(f, seed, near)
        if not is_minimum(f, place, near):
            continue
        group = inside if within(place, box) else beyond
        if all(np.linalg.norm(place - other) > near for other in group):
            group.append(place)
    return sorted(inside or beyond[:1], key=lambda x: float(f.value(x)))


def seeds(f: Function, box: Floats) -> Floats:
    """Points of a grid with no lower neighbour, the lowest first: (S, n)."""
    axes = [np.linspace(low, high, GRID) for low, high in box]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    values = np.nan_to_num(f.value(points), nan=np.inf, posinf=np.inf, neginf=-np.inf)
    lowest = np.isfinite(values)
    padded = np.pad(values, 1, constant_values=np.inf)
    for shift in np.ndindex((3,) * f.n):
        lowest &= values <= padded[tuple(slice(k, k + GRID) for k in shift)]
    order = np.argsort(values[lowest], kind="stable")[:MOST]
    return np.asarray(points[lowest][order])


def polish(f: Function, seed: Floats, near: float) -> Floats:
    """The minimum by Newton's method where f is smooth, by finer and finer grids where not."""
    smooth = newton(f, seed) if f.nonsmooth is None else None
    return smooth if smooth is not None else zoom(f, seed, 10 * near)


def newton(f: Function, x: Floats) -> Floats | None:
    """A minimum by Newton's method: x ← x − |H|⁻¹∇f, with |λ| in place of each eigenvalue λ of H.

    Args:
        f: a function with `gradient` and `hessian`.
        x: where to begin, (n,).

    Returns:
        A point (n,) with ∇f = 0 and a Hessian without negative curvature; None where the steps
        leave f's domain or lead to none.
    """
    with np.errstate(all="ignore"):
        for _ in range(NEWTON_STEPS):
            gradient, hessian = np.asarray(f.gradient(x)), np.asarray(f.hessian(x))
            if not (np.isfinite(gradient).all() and np.isfinite(hessian).all()):
                return None
            # |λ| in place of λ: downhill also where f curves down, never towards a saddle
            values, vectors = np.linalg.eigh(hessian)
            scale = np.maximum(np.abs(values), CURVED * max(1.0, float(np.abs(values).max())))
            step = vectors @ ((vectors.T @ gradient) / scale)
            size, reach = float(np.linalg.norm(step)), float(1 + np.linalg.norm(x))
            x = x - step * (reach / size if size > reach else 1.0)
            if size <= ARRIVED * (1 + np.linalg.norm(x)):
                return x if values[-1] > 0 and values[0] >= -FLAT * values[-1] else None
    return None


def zoom(f: Function, place: Floats, reach: float) -> Floats:
    """The lowest point of a small grid, then of a finer one around it, down to rounding."""
    steps = np.linspace(-1, 1, 9)
    grid = np.stack(np.meshgrid(*[steps] * f.n, indexing="ij"), axis=-1).reshape(-1, f.n)
    for _ in range(ZOOMS):
        points = place + reach * grid
        values = np.asarray(f.value(points))
        if not np.isfinite(values).any():
            break
        place, reach = points[np.nanargmin(values)], reach / 4
    return place


def is_minimum(f: Function, place: Floats, near: float) -> bool:
    """Whether nothing around is lower, something is higher, and f comes down to it without a jump.

    At a pole f is as far above the point nearby as it is further away.
    """
    around = np.array([s for s in np.ndindex((3,) * f.n) if any(k != 1 for k in s)]) - 1
    here = float(f.value(place))
    values = np.asarray(f.value(place + near * np.stack([around, around / 8])))
    known = np.isfinite(values)  # f may end here
    if not np.isfinite(here) or not known.any(axis=1).all():
        return False
    rises = np.where(known, values, here) - here
    far, close = np.max(rises, axis=1, where=known, initial=-np.inf)
    slack = 1e-12 * (1 + abs(here))
    return bool(rises.min() >= -slack and far > 0 and close <= 0.75 * far + slack)


def are_lowest(values: NDArray[Any], least: float) -> NDArray[np.bool_]:
    """Which of the minima's values (K,) are the least one but for rounding: (K,)."""
    return np.asarray(values <= least + SAME * (1 + abs(least)))


def within(place: Floats, box: Floats) -> bool:
    """Whether a point lies in the box."""
    return bool(((box[:, 0] <= place) & (place <= box[:, 1])).all())
