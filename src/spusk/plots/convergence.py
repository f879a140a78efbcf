"""f and ‖∇f‖ against the step, on log axes."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from spusk.i18n import say
from spusk.plots.paths import Results, label, listed
from spusk.plots.style import SERIES, STROKES, dress, figure


def progress(results: Results, ax: Sequence[Axes] | None = None, lang: str = "en") -> list[Axes]:
    """How a descent converges: f − f_min and ‖∇f‖ by step, on log axes where they are positive.

    f_min is the least value known: of the gallery's minima and of all the descents shown.

    Args:
        results: one descent, or several on the same axes with a legend.
        ax: two axes to draw on; else a figure of their own.
        lang: "en" or "ru".

    Returns:
        The two axes.
    """
    several = listed(results)
    panels = list(ax) if ax is not None else list(figure(10, 4.2).subplots(1, 2))
    entry = getattr(several[0].f, "entry", None)
    known = [m.value for m in entry.minima] if entry is not None else []
    least = min([*known, *(float(r.best.value) for r in several)])
    for k, result in enumerate(several):
        style = {"color": SERIES[k % len(SERIES)], "linestyle": STROKES[k % len(STROKES)]}
        name = label(result, lang, len(several) > 1)
        for panel, numbers in ((panels[0], result.values - least), (panels[1], result.norms)):
            shown = np.where(np.isfinite(numbers) & (numbers > 0), numbers, np.nan)
            panel.plot(result.steps, shown, linewidth=1.8, label=name, **style)  # type: ignore[arg-type]
    for panel, key in ((panels[0], "plots.gap"), (panels[1], "plots.norm")):
        if any(np.isfinite(line.get_ydata()).any() for line in panel.lines):
            panel.set_yscale("log")
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        dress(panel, lang, say(key, lang), say("plots.step", lang))
    if len(several) > 1:
        panels[0].legend(frameon=False, fontsize=10)
    return panels
