"""Central differences, for functions that cannot be read."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


def step(points: Floats) -> Floats:
    """h = ε^⅓ · max(1, |x|), where truncation and rounding errors are about equal."""
    return np.asarray(np.finfo(points.dtype).eps ** (1 / 3) * np.maximum(1, np.abs(points)))


def central(f: Callable[[Floats], Floats], points: Floats) -> Floats:
    """∂f/∂xᵢ ≈ (f(x + h eᵢ) − f(x − h eᵢ)) / 2h: f (…, n) -> (…, *s), slopes (…, *s, n)."""
    h = step(points)
    columns = []
    for i in range(points.shape[-1]):
        up, down = points.copy(), points.copy()
        up[..., i] += h[..., i]
        down[..., i] -= h[..., i]
        width = up[..., i] - down[..., i]  # what was really stepped
        with np.errstate(all="ignore"):  # where f is infinite, its slope is NaN: a result
            rise = f(up) - f(down)
            columns.append(rise / width.reshape(width.shape + (1,) * (rise.ndim - width.ndim)))
    return np.stack(columns, axis=-1)


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
