"""Paths of descent: on the map, on the graph of one variable, and the lecture's panel of rates."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import Normal, Stroke
from numpy.typing import NDArray

from spusk.descent import Descent
from spusk.functions import Function
from spusk.i18n import say, topic
from spusk.plots.ground import Box, drawable, paint, squarer, view
from spusk.plots.style import ACCENT, INK, QUIET, SERIES, axes, dress, figure

Results = Descent | Sequence[Descent]
EDGE = [Stroke(linewidth=4.2, foreground="black"), Normal()]  # readable on any background
DOTS = 60  # iterates marked with a dot; longer paths are a line


def listed(results: Results) -> list[Descent]:
    """One result or several, as a list."""
    return [results] if isinstance(results, Descent) else list(results)


def letters(f: Any) -> list[str]:  # noqa: ANN401
    """x₁, x₂ as mathematics."""
    names = getattr(f, "names", None) or [f"x{k + 1}" for k in range(f.n)]
    return [f"${n[0]}_{{{n[1:]}}}$" if len(n) > 1 else f"${n}$" for n in names]


def label(result: Descent, lang: str, several: bool) -> str:
    """η = 0.3, with the rule's name where it is not the plain one."""
    rate = result.rate
    number = say("plots.eta", lang, rate=rate) if isinstance(rate, int | float) else "η(n)"
    if result.rule == "plain":
        return number
    name = topic("rules", lang).get(result.rule, result.rule) if several else result.rule
    return f"{name}, {number}"


def within(points: NDArray[Any], box: Box) -> NDArray[Any]:
    """The points as far as they can be drawn: finite, and not astronomically outside the box."""
    sizes = np.array([high - low for low, high in box])
    centre = np.array([(high + low) / 2 for low, high in box])
    inside = np.isfinite(points).all(axis=1) & (np.abs(points - centre) < 1e3 * sizes).all(axis=1)
    stop = len(points) if inside.all() else int(np.argmin(inside))
    return points[:stop]


def path(results: Results, ax: Axes | None = None, lang: str = "en") -> Axes:
    """The path of a descent over contours, minima marked; for one variable over the graph of f.

    Args:
        results: one descent, or several on the same axes with a legend.
        ax: where to draw; else a figure of its own.
        lang: "en" or "ru".

    Returns:
        The axes.

    Raises:
        InputError: a function of more than 2 variables.

    Source: lecture, rows L3 and L5.
    """
    several = listed(results)
    drawable(several)
    ax = axes(ax, 6.6, 6.0)
    box = view(several)
    if several[0].f.n == 1:
        return on_graph(several, ax, box, lang)
    box = squarer(box)
    paint(ax, several[0].f, box)
    dress(ax, lang, title(several, lang), *letters(several[0].f))
    ax.grid(False)
    for k, result in enumerate(several):
        points = within(np.asarray(result.iterates, float), box)
        colour = "white" if len(several) == 1 else SERIES[k % len(SERIES)]
        trail(ax, points, colour, label(result, lang, len(several) > 1))
    ends(ax, several, box, lang)
    legend(ax, len(several))
    return ax


def title(several: Sequence[Descent], lang: str) -> str:
    """The formula where it fits, and the rate of a single descent."""
    f = several[0].f
    text = f.formulas(lang=lang).f if isinstance(f, Function) and f.symbolic else ""
    shown = f"f = {text}" if text and len(text) <= 48 else ""
    if len(several) > 1:
        return shown
    return "\n".join(filter(None, (shown, label(several[0], lang, True))))


def trail(ax: Axes, points: NDArray[Any], colour: str, name: str) -> None:
    """A path: a line with a dark edge, a dot for each iterate while they can be told apart."""
    core = {"color": colour, "linewidth": 2, "path_effects": EDGE, "zorder": 4}
    ax.plot(points[:, 0], points[:, 1], label=name, **core)  # type: ignore[arg-type]
    dots = points[1 : 1 + DOTS]
    ax.plot(dots[:, 0], dots[:, 1], "o", color=colour, markersize=4, markeredgecolor="black",
            markeredgewidth=0.8, zorder=5)  # fmt: skip


def ends(ax: Axes, several: Sequence[Descent], box: Box, lang: str) -> None:
    """Start ○, known minima ✕, and an arrow where a path leaves the view."""
    for result in several:
        x0, y0 = np.asarray(result.iterates[0], float)
        ax.plot(x0, y0, "o", color=ACCENT, markersize=10, markeredgecolor="white",
                markeredgewidth=1.6, zorder=7)  # fmt: skip
    entry = getattr(several[0].f, "entry", None)
    for minimum in entry.minima if entry is not None else ():
        mark = ax.plot(*minimum.x, "x", color="white", markersize=10, zorder=6,
                       markeredgewidth=2.6 if minimum.kind == "global" else 1.4)  # fmt: skip
        mark[0].set_path_effects([Stroke(linewidth=4.6, foreground="black"), Normal()])


def legend(ax: Axes, count: int) -> None:
    """A legend where several paths share the axes."""
    if count > 1:
        ax.legend(fontsize=10, framealpha=0.92, loc="upper right")


def on_graph(several: Sequence[Descent], ax: Axes, box: Box, lang: str) -> Axes:
    """One variable: the graph of f, and the iterates walking on it (row L5)."""
    f = several[0].f
    x = np.linspace(*box[0], 1001)
    ax.plot(x, np.asarray(f.value(x[:, None]), float), color=INK, linewidth=1.8)
    low, high = ax.get_ylim()
    dress(ax, lang, title(several, lang), letters(f)[0], "f")
    for k, result in enumerate(several):
        points = within(np.asarray(result.iterates, float), box)
        heights = np.asarray(f.value(points), float)
        colour = ACCENT if len(several) == 1 else SERIES[k % len(SERIES)]
        ax.plot(points[:, 0], heights, "-", color=colour, linewidth=1.1, alpha=0.75)
        name = label(result, lang, len(several) > 1)
        ax.plot(points[:, 0], heights, "o", color=colour, markersize=5, markeredgecolor="white",
                markeredgewidth=0.6, zorder=5, label=name)  # fmt: skip
        ax.plot(points[0, 0], heights[0], "o", color="white", markeredgecolor=colour,
                markersize=10, markeredgewidth=2, zorder=6)  # fmt: skip
    entry = getattr(f, "entry", None)
    for minimum in entry.minima if entry is not None else ():
        ax.plot(minimum.x[0], minimum.value, "x", color=INK, markersize=12, zorder=8,
                markeredgewidth=2.6 if minimum.kind == "global" else 1.4)  # fmt: skip
    ax.set_xlim(*box[0])
    ax.set_ylim(low, high)
    legend(ax, len(several))
    return ax


def rates_panel(
    results: Sequence[Descent], ax: Sequence[Axes] | None = None, lang: str = "en"
) -> list[Axes]:
    """The lecture's panel: the same start at several rates, each with its verdict.

    Args:
        results: descents of one function.
        ax: as many axes to draw on; else a figure of their own.
        lang: "en" or "ru".

    Returns:
        The axes, one for each result.

    Raises:
        InputError: a function of more than 2 variables.

    Source: lecture, row L4.
    """
    several = listed(results)
    drawable(several)
    columns = min(len(several), 4)
    rows = -(-len(several) // columns)
    if ax is None:
        made = figure(3.6 * columns, 3.9 * rows).subplots(rows, columns, squeeze=False)
        for spare in made.ravel()[len(several) :]:
            spare.set_visible(False)
        ax = made.ravel()[: len(several)].tolist()
    for result, panel in zip(several, ax, strict=True):
        path(result, panel, lang)
        verdict = say(f"plots.{result.outcome.key}", lang)
        panel.set_title(f"{label(result, lang, True)}\n{verdict}", fontsize=12, color=INK,
                        loc="left")  # fmt: skip
        panel.tick_params(colors=QUIET, labelsize=9)
    return list(ax)
