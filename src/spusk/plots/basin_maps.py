"""Where descents end: the map of basins of attraction, and the escape curve (row L5)."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Patch
from matplotlib.patheffects import Normal, Stroke

from spusk.descent import Basins, Escape
from spusk.functions.critical import stable_rate
from spusk.i18n import say
from spusk.plots.paths import letters
from spusk.plots.style import INK, QUIET, SERIES, STROKES, axes, dress, percent

NOWHERE = "#f2f2f2"
WORD = {
    "share_global": "plots.share_global",
    "share_local": "plots.share_local",
    "unsettled": "plots.unsettled",
    "diverged": "plots.diverged_share",
}
STRIP = 10.0  # a view as many times as long as wide would be a line: it fills its frame instead
NAMED = 6  # minima with a colour of their own; the rest share one


def basin_map(basins: Basins, ax: Axes | None = None, lang: str = "en") -> Axes:
    """Which minimum each start reaches (colour), and in how many steps (darker: more).

    True to scale, but for a view more than ten times as long as wide: that fills the frame.

    Args:
        basins: what `spusk.basins` found.
        ax: where to draw; else a figure of its own.
        lang: "en" or "ru".

    Returns:
        The axes.

    Source: lecture, row L5.
    """
    ax = axes(ax, 7.2, 6.0)
    order = np.argsort(-basins.shares, kind="stable")  # the largest basins get colours first
    rank = np.empty(len(order), int)
    rank[order] = np.arange(len(order))
    place = np.where(basins.index >= 0, np.minimum(rank[basins.index], NAMED), NAMED + 1)
    colours = np.array([to_rgb(c) for c in (*SERIES[:NAMED], QUIET, NOWHERE)])
    counted = np.log1p(basins.steps.astype(float))
    reached = counted[basins.index >= 0]
    low, high = (reached.min(), reached.max()) if reached.size else (0.0, 1.0)
    depth = np.clip((counted - low) / max(high - low, 1e-9), 0, 1)
    shade = np.where(basins.index >= 0, 1.0 - 0.55 * depth, 1.0)[..., None]
    pixels = 1 - (1 - colours[place]) * 0.82  # lifted towards white, so that shades have room
    (x0, x1), (y0, y1) = basins.view
    longest = max(x1 - x0, y1 - y0) / min(x1 - x0, y1 - y0)
    ax.imshow(pixels * shade, origin="lower", extent=(x0, x1, y0, y1), interpolation="nearest",
              aspect="equal" if longest <= STRIP else "auto")  # fmt: skip
    for x, y in basins.minima:
        if x0 <= x <= x1 and y0 <= y <= y1:
            mark = ax.plot(x, y, "x", color="white", markersize=9, markeredgewidth=2.2)
            mark[0].set_path_effects([Stroke(linewidth=4, foreground="black"), Normal()])
    dress(ax, lang, say("plots.basins", lang, rate=float(basins.rate)), *letters(basins.f))
    ax.grid(False)
    ax.set_xlim(x0, x1)
    ax.set_ylim(y0, y1)
    ax.legend(handles=_keys(basins, order, lang), fontsize=9, frameon=False, loc="upper left",
              bbox_to_anchor=(1.0, 1.0), borderaxespad=0.2)  # fmt: skip
    return ax


def _keys(basins: Basins, order: np.ndarray, lang: str) -> list[Patch]:
    """The legend: each named minimum with its value and share, the rest, and none."""
    share = percent(lang)

    def form(part: float) -> str:
        return share(round(float(part), 3))

    keys = []
    for k, m in enumerate(order[:NAMED]):
        value = round(float(basins.values[m]), 12)
        label = say("plots.basin", lang, value=value, share=form(basins.shares[m]))
        keys.append(Patch(color=SERIES[k], label=label))
    if len(order) > NAMED:
        rest = form(basins.shares[order[NAMED:]].sum())
        keys.append(Patch(color=QUIET, label=say("plots.basin_rest", lang, share=rest,
                                                 n=len(order) - NAMED)))  # fmt: skip
    if (basins.index < 0).any():
        keys.append(Patch(facecolor=NOWHERE, edgecolor=QUIET,
                          label=say("plots.basin_none", lang,
                                    share=form(float(np.mean(basins.index < 0))))))  # fmt: skip
    return keys


def escape_curve(
    results: Escape | Sequence[Escape], ax: Axes | None = None, lang: str = "en"
) -> Axes:
    """Shares of starts by where they end, against η: global (with its 95 % band), local, unsettled.

    For one variable the bounds 2/f″ of the known minima are marked. Of several results the global
    share of each is drawn.

    Args:
        results: what `spusk.escape` found, one or several.
        ax: where to draw; else a figure of its own.
        lang: "en" or "ru".

    Returns:
        The axes.

    Source: lecture, row L5.
    """
    several = [results] if isinstance(results, Escape) else list(results)
    ax = axes(ax, 8.0, 4.6)
    for k, result in enumerate(several):
        rows = sorted(result.rows)
        rates = [row.rate for row in rows]
        name = getattr(getattr(result.f, "entry", None), "name", getattr(result.f, "text", ""))
        for j, key in enumerate(list(WORD)[: 4 if len(several) == 1 else 1]):
            c = SERIES[(k if len(several) > 1 else j) % len(SERIES)]
            label = say(WORD[key], lang) if len(several) == 1 else name
            ax.plot(rates, [getattr(row, key) for row in rows], STROKES[(j + k) % len(STROKES)],
                    color=c, linewidth=2, marker="o", markersize=3.5, label=label)  # fmt: skip
        ax.fill_between(rates, [row.low for row in rows], [row.high for row in rows],
                        color=SERIES[k % len(SERIES)], alpha=0.18, linewidth=0)  # fmt: skip
    every = [row.rate for result in several for row in result.rows]
    if min(every) > 0 and max(every) / min(every) > 10:
        ax.set_xscale("log")
    title = say("plots.escape", lang, n=several[0].starts)
    dress(ax, lang, title, say("plots.rate", lang), say("plots.share", lang))
    ax.set_ylim(-0.03, 1.03)
    ax.yaxis.set_major_formatter(percent(lang))
    if len(several) == 1:
        _bounds(ax, several[0], lang)
    ax.legend(fontsize=9, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


def _bounds(ax: Axes, result: Escape, lang: str) -> None:
    """Where one variable's minima stop being stable: η = 2/f″."""
    entry = getattr(result.f, "entry", None)
    if entry is None or result.f.n != 1:
        return
    low, high = ax.get_xlim()
    for minimum in entry.minima:
        bound = stable_rate(result.f, np.array(minimum.x, float))
        if bound is not None and low < bound < high:
            ax.axvline(bound, color=INK, linewidth=1, linestyle=":")
            ax.text(bound, 1.04, say(f"plots.bound_{minimum.kind}", lang, bound=bound), fontsize=9,
                    color=INK, ha="center", transform=ax.get_xaxis_transform())  # fmt: skip
    ax.set_title(ax.get_title("left"), fontsize=12, color=INK, loc="left", pad=22)
    ax.set_xlim(low, high)
