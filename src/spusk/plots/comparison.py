"""Many trainings in one picture."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from spusk.i18n import say
from spusk.plots.style import SERIES, STROKES, dress, figure, percent

Row = Mapping[str, float | None]  # of history.csv, in Keras's words


def histories(
    runs: Mapping[str, Sequence[Row]], ax: Sequence[Axes] | None = None, lang: str = "en"
) -> list[Axes]:
    """Cost and accuracy of many runs by epoch, on their test sets where they have any.

    Args:
        runs: a name for each, and its rows (`Run.history`).
        ax: two axes to draw on; else a figure of their own.
        lang: "en" or "ru".

    Returns:
        The two axes.
    """
    panels = list(ax) if ax is not None else list(figure(11, 4.6).subplots(1, 2))
    for panel, tested, met, title in (
        (panels[0], "val_loss", "loss", "plots.cost"),
        (panels[1], "val_accuracy", "accuracy", "plots.accuracy"),
    ):
        for number, (name, rows) in enumerate(runs.items()):
            column = tested if any(row[tested] is not None for row in rows) else met
            pairs = [(row["epoch"], row[column]) for row in rows if row[column] is not None]
            if pairs:
                colour, stroke = SERIES[number % len(SERIES)], number // len(SERIES)
                panel.plot(*zip(*pairs, strict=True), color=colour, linewidth=1.8,
                           linestyle=STROKES[stroke % len(STROKES)], label=name)  # fmt: skip
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        dress(panel, lang, say(title, lang), say("plots.epoch", lang))
    panels[0].set_ylim(bottom=0)
    panels[1].yaxis.set_major_formatter(percent(lang))
    if panels[0].get_legend_handles_labels()[0]:
        panels[0].legend(frameon=False, fontsize=9)
    return panels
