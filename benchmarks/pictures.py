"""The pictures of a run: the roofline, and growth with weights and precedents."""

from pathlib import Path

import numpy as np
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from benchmarks.limits import Limits
from benchmarks.race import Result
from benchmarks.scaling import Scaling
from spusk.plots.style import ACCENT, INK, QUIET, SERIES, dress, figure, save

PLACES = (("in L2", 1 << 18), ("in L3", 1 << 23), ("in memory", 1 << 28))


def roofline(results: list[Result], limits: Limits, path: Path) -> Path:
    """GF/s against FLOPs per byte of weights moved; ours and the best peer on each task."""
    picture = figure(8.6, 5.4)
    ax = picture.add_subplot()
    reach = np.geomspace(1, 100, 200)
    for at, (name, size) in enumerate(PLACES):
        roof = np.minimum(limits.product, reach * limits.bandwidth(size)) / 1e9
        ax.plot(reach, roof, "-", color=SERIES[at * 2], lw=1.5, label=f"roof, weights {name}")
    for at, result in enumerate(results):
        task = result.row.task
        x = task.flops / (3 * 4 * task.Q)
        for entry, color, mark in ((result.best_peer, QUIET, "s"), (result.ours, ACCENT, "o")):
            if entry is not None:
                y = task.flops * task.steps / entry.seconds / 1e9
                ax.plot(x, y, mark, color=color, ms=7, zorder=3)
                ax.annotate(
                    str(at + 1), (x, y), (7, -3), textcoords="offset points", fontsize=9, color=INK
                )
    ax.plot([], [], "o", color=ACCENT, label="spusk")
    ax.plot([], [], "s", color=QUIET, label="best peer of the same run")
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.yaxis.set_major_locator(LogLocator(10, (1, 2, 5)))
    ax.yaxis.set_minor_formatter(NullFormatter())
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(StrMethodFormatter("{x:g}"))
    dress(ax, "en", "Roofline", "FLOPs per byte of weights moved", "GF/s")
    ax.legend(fontsize=9, loc="lower right", frameon=False)
    names = "\n".join(f"{at + 1}  {each.row.task.name}" for at, each in enumerate(results))
    ax.text(1.02, 0.98, names, transform=ax.transAxes, fontsize=9, color=INK, va="top")
    return save(picture, path)


def growth(points: Scaling, path: Path) -> Path:
    """Two panels in log-log: measured points, and a line of slope one through the last."""
    picture = figure(9.0, 4.2)
    panels = picture.subplots(1, 2)
    for ax, measured, title, x, y in (
        (panels[0], points.weights, "Weights", "Q", "seconds per 1,000 precedents"),
        (panels[1], points.precedents, "Precedents", "precedents", "seconds per epoch"),
    ):
        across, up = np.array(measured).T
        ax.loglog(across, up[-1] * across / across[-1], "--", color=QUIET, label="linear")
        ax.loglog(across, up, "o-", color=ACCENT, label="spusk")
        dress(ax, "en", title, x, y)
        ax.legend(fontsize=9, frameon=False)
    return save(picture, path)
