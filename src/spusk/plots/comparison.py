"""Many trainings in one picture."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from spusk.i18n import say
from spusk.plots.style import SERIES, STROKES, dress, figure, percent

UNEVEN = 8  # times as many epochs
Row = Mapping[str, float | None]  # of history.csv, in Keras's words


def histories(
    runs: Mapping[str, Sequence[Row]], ax: Sequence[Axes] | None = None, lang: str = "en"
) -> list[Axes]:
    """Cost and accuracy of many runs by epoch, on their test sets where they have any.

    Where none has classes the costs stand alone; epochs are on a log axis where some runs are far
    longer than others.

    Args:
        runs: a name for each, and its rows (`Run.history`).
        ax: two axes to draw on; else a figure of their own.
        lang: "en" or "ru".

    Returns:
        The axes.
    """
    lengths = [len(rows) for rows in runs.values() if rows]
    uneven = len(lengths) > 1 and max(lengths) >= UNEVEN * min(lengths)
    count = 2 if any(row["accuracy"] is not None for rows in runs.values() for row in rows) else 1
    panels = list(
        figure(5.5 * count, 4.6).subplots(1, count, squeeze=False)[0] if ax is None else ax
    )
    kinds = ("val_loss", "loss", "plots.cost"), ("val_accuracy", "accuracy", "plots.accuracy")
    for panel, (tested, met, title) in zip(panels, kinds, strict=False):
        for number, (name, rows) in enumerate(runs.items()):
            column = tested if any(row[tested] is not None for row in rows) else met
            pairs = [(row["epoch"], row[column]) for row in rows if row[column] is not None]
            if pairs:
                colour, stroke = SERIES[number % len(SERIES)], number // len(SERIES)
                panel.plot(*zip(*pairs, strict=True), color=colour, linewidth=1.8, marker="o",
                           markersize=4, markevery=[-1], linestyle=STROKES[stroke % len(STROKES)],
                           label=name)  # fmt: skip
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        if uneven:
            panel.set_xscale("log")
            panel.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        dress(panel, lang, say(title, lang), say("plots.epoch", lang))
    panels[0].set_ylim(bottom=0)
    for panel in panels[1:]:
        panel.yaxis.set_major_formatter(percent(lang))
    if panels[0].get_legend_handles_labels()[0]:
        panels[0].legend(frameon=False, fontsize=9)
    return panels
