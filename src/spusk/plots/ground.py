"""What descents are drawn on: the box to look at, the grid of values, and its colours."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from numpy.typing import NDArray

from spusk.descent import Descent
from spusk.errors import InputError
from spusk.plots.style import SURFACE

Box = tuple[tuple[float, float], ...]
SIDE = 201  # grid points along a side
LEVELS = 24
LONGEST = 4.0  # of a map's sides, in the shorter ones: beside a narrower one more is shown


def drawable(results: Sequence[Descent], most: int = 2) -> None:
    """Raises InputError for functions of more variables than a picture has room for."""
    n = results[0].f.n
    if n > most:
        raise InputError.keyed("plots.variables", found=n, most=most)


def view(results: Sequence[Descent]) -> Box:
    """The box to look at: the gallery's, else around the iterates that stay near the start.

    A path that runs away must not blow the axes: only iterates within a few times the distance
    between start and best point count.
    """
    entry = getattr(results[0].f, "entry", None)
    if entry is not None:
        return roomy(entry.view, [result.iterates[0] for result in results])
    anchors = np.array([p for r in results for p in (r.iterates[0], r.best.x)], float)
    middle = anchors.mean(axis=0)
    reach = 1.5 * max(float(np.abs(anchors - middle).max()), 0.5)
    near = [middle - reach, middle + reach]
    for result in results:
        points = np.asarray(result.iterates, float)
        inside = np.isfinite(points).all(axis=1) & (np.abs(points - middle) <= 2 * reach).all(
            axis=1
        )
        near += list(points[inside])
    low, high = np.min(near, axis=0), np.max(near, axis=0)
    margin = 0.08 * (high - low)
    return tuple(zip((low - margin).tolist(), (high + margin).tolist(), strict=True))


def squarer(box: Box) -> Box:
    """The box with its shorter sides widened about their middles: a strip shows nothing."""
    low, high = np.array(box, float).T
    middle, reach = (low + high) / 2, (high - low) / 2
    reach = np.maximum(reach, reach.max() / LONGEST)
    return tuple(zip((middle - reach).tolist(), (middle + reach).tolist(), strict=True))


def roomy(box: Box, starts: Sequence[NDArray[Any]]) -> Box:
    """The gallery's box, widened where a start lies on its edge or outside."""
    low, high = np.array(box, float).T
    margin = 0.04 * (high - low)
    low = np.minimum(low, np.min(starts, axis=0) - margin)
    high = np.maximum(high, np.max(starts, axis=0) + margin)
    return tuple(zip(low.tolist(), high.tolist(), strict=True))


def grid(f: Any, box: Box, side: int = SIDE) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:  # noqa: ANN401
    """x1, x2 and f over the box: (side,), (side,), (side, side)."""
    x, y = (np.linspace(low, high, side) for low, high in box)
    points = np.stack(np.meshgrid(x, y), axis=-1)
    return x, y, np.asarray(f.value(points), float)


def shade(values: NDArray[Any]) -> tuple[NDArray[Any], Normalize, NDArray[Any]]:
    """Values to colour, their norm, contour levels: on log(f − min) where the range asks for it."""
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        raise InputError.keyed("plots.no_values")
    low, high = float(finite.min()), float(finite.max())
    span = high - low
    if span == 0:
        return values - low, Normalize(0, 1), np.array([0.5])
    lifted = values - low
    middle = float(np.median(lifted[np.isfinite(lifted)]))
    if middle < 0.12 * span:
        floor = max(span * 1e-4, 1e-300)
        lifted = np.maximum(lifted, floor)
        return lifted, LogNorm(floor, span), np.geomspace(floor, span, LEVELS)
    return lifted, Normalize(0, span), np.linspace(0, span, LEVELS)


def paint(ax: Axes, f: Any, box: Box) -> None:  # noqa: ANN401
    """The map of f, true to scale: filled colours and thin contour lines."""
    x, y, values = grid(f, box)
    lifted, norm, levels = shade(values)
    ax.pcolormesh(x, y, lifted, norm=norm, cmap=SURFACE, shading="gouraud", rasterized=True)
    ax.contour(x, y, lifted, levels=levels, colors="white", linewidths=0.6, alpha=0.45)
    ax.set_xlim(*box[0])
    ax.set_ylim(*box[1])
    ax.set_aspect("equal")  # −∇f is then seen to be perpendicular to the contour lines
