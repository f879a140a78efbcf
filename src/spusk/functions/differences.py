"""Derivatives by steps, for functions that cannot be read."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
BLOCK = 2**20  # numbers in one block of shifted points
TINY = 1e-20  # of max(1, |x|): a complex step so short leaves no truncation error


def step(points: Floats) -> Floats:
    """h = ε^⅓ · max(1, |x|), where truncation and rounding errors are about equal."""
    return np.asarray(np.finfo(points.dtype).eps ** (1 / 3) * np.maximum(1, np.abs(points)))


def shifted(
    f: Callable[[NDArray[Any]], NDArray[Any]], points: Floats, h: NDArray[Any]
) -> NDArray[Any]:
    """f at x + hᵢeᵢ for each i: points and h (…, n), f (…, n) -> (…, *s); (n, …, *s).

    As many of them in one call of f as a block holds.
    """
    n = points.shape[-1]
    rows = max(1, BLOCK // max(1, points.size))
    kind = np.result_type(points, h)
    parts = []
    for first in range(0, n, rows):
        count = min(rows, n - first)
        block = np.repeat(points[None].astype(kind), count, axis=0)  # (count, …, n)
        for k in range(count):
            block[k, ..., first + k] += h[..., first + k]
        parts.append(np.asarray(f(block)))
    return np.concatenate(parts)


def central(f: Callable[[Floats], Floats], points: Floats, h: Floats | None = None) -> Floats:
    """∂f/∂xᵢ ≈ (f(x + h eᵢ) − f(x − h eᵢ)) / 2h: f (…, n) -> (…, *s), slopes (…, *s, n)."""
    h = step(points) if h is None else h
    with np.errstate(all="ignore"):  # where f is infinite, its slope is NaN: a result
        rise = shifted(f, points, h) - shifted(f, points, -h)
        return slopes(rise, (points + h) - (points - h))


def second(f: Callable[[Floats], Floats], points: Floats, h: Floats) -> Floats:
    """The Hessians at points (…, n) from values alone, f (…, n) -> (…): (…, n, n), symmetric.

    ∂²f/∂xᵢ∂xⱼ ≈ (f₊₊ − f₊₀ − f₀₊ + 2f − f₋₀ − f₀₋ + f₋₋)/2hᵢhⱼ: n² + n + 1 calls a point, and of
    f's rounding it keeps less than differences of differences do.
    """
    n = points.shape[-1]
    result = np.empty((*points.shape, n))
    with np.errstate(all="ignore"):
        for place in np.ndindex(*points.shape[:-1]):
            result[place] = second_at(f, points[place], h[place])
    return result


def second_at(f: Callable[[Floats], Floats], x: Floats, h: Floats) -> Floats:
    """The Hessian at x (n,): (n, n)."""
    n, here, shifts = x.size, f(x), np.diag(h)
    up, down = shifted(f, x, h), shifted(f, x, -h)  # (n,)
    result = np.diag((up - 2 * here + down) / h**2)
    for i in range(n - 1):
        later = slice(i + 1, n)
        both = f(x + shifts[i] + shifts[later]) + f(x - shifts[i] - shifts[later])
        rise = both - up[i] - down[i] - up[later] - down[later] + 2 * here  # (n - 1 - i,)
        result[i, later] = result[later, i] = rise / (2 * h[i] * h[later])
    return result


def forward(f: Callable[[Floats], Floats], points: Floats, here: Floats, h: Floats) -> Floats:
    """∂f/∂xᵢ ≈ (f(x + h eᵢ) − f(x)) / h with f(x) known: (…, n) -> (…, n)."""
    with np.errstate(all="ignore"):
        return slopes(shifted(f, points, h) - here, (points + h) - points)


def slopes(rise: NDArray[Any], width: Floats) -> Floats:
    """Rises (n, …, *s) over what was really stepped (…, n): slopes (…, *s, n)."""
    width = np.moveaxis(width, -1, 0)
    width = width.reshape(width.shape + (1,) * (rise.ndim - width.ndim))
    return np.ascontiguousarray(np.moveaxis(rise / width, 0, -1))


def complex_step(
    f: Callable[[NDArray[Any]], NDArray[Any]], points: Floats
) -> tuple[Floats, Floats]:
    """∂f/∂xᵢ = Im f(x + ih eᵢ)/h, exact but for rounding; f takes complex points (…, n) -> (…).

    Returns:
        The slopes (…, n), and the real parts met, (n, …): f(x) n times where f is analytic.

    Source: Squire and Trapp, SIAM Review 1998.
    """
    h = TINY * np.maximum(1, np.abs(points))
    with np.errstate(all="ignore"):
        found = shifted(f, points, 1j * h)  # (n, …)
        return slopes(found.imag, h), found.real


class Curved:
    """A function without a Hessian, with one by differences; asked one point at a time."""

    def __init__(self, f: Any) -> None:  # noqa: ANN401
        self.f, self.n = f, f.n

    def value(self, points: Floats) -> Floats:
        """f of each point: (…, n) -> (…)."""
        return self._each(self.f.value, points, ())

    def gradient(self, points: Floats) -> Floats:
        """∇f of each point: (…, n) -> (…, n)."""
        return self._each(self.f.gradient, points, (self.n,))

    def hessian(self, points: Floats) -> Floats:
        """The Hessian of each point: (…, n) -> (…, n, n), symmetric."""
        rough = central(self.gradient, points)
        return np.asarray((rough + np.swapaxes(rough, -1, -2)) / 2)

    def _each(self, call: Callable[..., Any], points: Floats, shape: tuple[int, ...]) -> Floats:
        result = np.empty((*points.shape[:-1], *shape), np.float64)
        for place in np.ndindex(*points.shape[:-1]):
            result[place] = call(points[place])
        return result
