"""The 3-D surface with the path on it (row L3)."""

from typing import cast

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import LogNorm
from mpl_toolkits.mplot3d.axes3d import Axes3D

from spusk.nn.arrays import Floats
from spusk.plots.ground import Box, drawable, grid, shade, view
from spusk.plots.paths import Results, label, legend, letters, listed, title, within
from spusk.plots.style import ACCENT, INK, SERIES, SURFACE, figure, speak

SIDE = 81


def surface(results: Results, ax: Axes3D | None = None, lang: str = "en") -> Axes3D:
    """The surface z = f(x₁, x₂) with the path lying on it.

    Args:
        results: one descent, or several on the same axes with a legend.
        ax: 3-D axes to draw on; else a figure of their own.
        lang: "en" or "ru".

    Returns:
        The axes; for one variable those of the graph.

    Raises:
        InputError: a function of more than 2 variables.

    Source: lecture, row L3.
    """
    several = listed(results)
    drawable(several)
    if several[0].f.n == 1:
        from spusk.plots.paths import path

        return cast(Axes3D, path(several, None, lang))
    if ax is None:
        ax = cast(Axes3D, figure(7.2, 6.2).add_subplot(projection="3d", computed_zorder=False))
    box = view(several)
    x, y, values = grid(several[0].f, box, SIDE)
    lifted, norm, _ = shade(values)
    # far higher walls would flatten everything of interest
    finite = values[np.isfinite(values)]
    top = float(np.quantile(finite, 0.98) if isinstance(norm, LogNorm) else finite.max())
    ax.plot_surface(*np.meshgrid(x, y), np.clip(values, None, top), rstride=1, cstride=1,
                    facecolors=colormaps[SURFACE](norm(lifted)), linewidth=0, antialiased=False,
                    alpha=0.9, zorder=1)  # fmt: skip
    for k, result in enumerate(several):
        points = until_outside(within(np.asarray(result.iterates, float), box), box)
        if len(points) == 0:
            continue
        height = np.minimum(np.asarray(several[0].f.value(points), float), top)
        colour = ACCENT if len(several) == 1 else SERIES[k % len(SERIES)]
        lay(ax, points, height, colour, label(result, lang, len(several) > 1))
    ax.set_title(title(several, lang), fontsize=12, color=INK, loc="left")
    ax.set_xlabel(letters(several[0].f)[0], fontsize=11)
    ax.set_ylabel(letters(several[0].f)[1], fontsize=11)
    ax.set_zlabel("f", fontsize=11)
    ax.view_init(elev=38, azim=-58)
    speak(ax, lang)
    legend(ax, len(several))
    return ax


def until_outside(points: Floats, box: Box) -> Floats:
    """The points (K, n) before the first that lies outside the box."""
    low, high = np.array(box).T
    inside = ((points >= low) & (points <= high)).all(axis=1)
    return points[: len(points) if inside.all() else int(np.argmin(inside))]


def lay(ax: Axes3D, points: Floats, height: Floats, colour: str, name: str) -> None:
    """A path (K, 2) on the surface: a line edged in black, and a ring at its start."""
    x, y = points.T
    ax.plot(x, y, height, "-", color="black", linewidth=3.6, zorder=5)
    ax.plot(x, y, height, "-o", color=colour, linewidth=1.8, markersize=4, zorder=6, label=name)
    ax.plot(x[:1], y[:1], height[:1], "o", color="white", markersize=10, markeredgecolor=colour,
            markeredgewidth=2, zorder=7)  # fmt: skip
