"""Pictures of a training: curves, first-layer weights, confusion matrix, wrong digits, and why."""

from collections.abc import Sequence
from math import isqrt
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from spusk.analysis.experiments import WorkCurve
from spusk.i18n import say
from spusk.nn.arrays import Floats, strongest
from spusk.plots.style import (
    ACCENT,
    INK,
    QUIET,
    SERIES,
    STROKES,
    axes,
    dress,
    figure,
    percent,
)
from spusk.training import Event

TITLES = ("plots.cost", "plots.accuracy")
LARGEST_GRID = 100  # neurons shown at most
WRONG_SHOWN = 40  # wrong digits shown at most
FEW = 40  # epochs, each of which has its mark
LONGEST = 16  # characters of a class's name
DARK = 0.6  # of the colours' range: text on what is beyond is white


def curves(
    history: Sequence[Event], ax: Sequence[Axes] | None = None, lang: str = "en"
) -> list[Axes]:
    """Cost and accuracy by epoch, on the training set and what was watched, in two panels.

    Where there are no classes the cost stands alone.

    Args:
        history: events at the ends of epochs (`Training.history`, `Run.history`).
        ax: two axes to draw on; else a figure of their own.
        lang: "en" or "ru".

    Returns:
        The axes.
    """
    count = 2 if any(event.accuracy is not None for event in history) else 1
    panels = list(figure(5 * count, 4.2).subplots(1, count, squeeze=False)[0] if ax is None else ax)
    epochs = [event.epoch for event in history]
    validation = any(event.validation_cost is not None for event in history)
    watched = "plots.validation" if validation else "plots.test"
    for panel, met, title in zip(panels, ("cost", "accuracy"), TITLES, strict=False):
        for name, colour, mark, label in (
            (met, SERIES[0], "o", "plots.train"),
            (f"watched_{met}", SERIES[1], "s", watched),
        ):
            pairs = [(e, y) for e, h in zip(epochs, history, strict=True)
                     if (y := getattr(h, name)) is not None]  # fmt: skip
            if pairs:
                panel.plot(*zip(*pairs, strict=True), color=colour, linewidth=1.8, marker=mark,
                           markersize=4 if len(pairs) <= FEW else 0,
                           label=say(label, lang))  # fmt: skip
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        dress(panel, lang, say(title, lang), say("plots.epoch", lang))
        if panel.get_legend_handles_labels()[0]:
            panel.legend(frameon=False, fontsize=10)
    panels[0].set_ylim(bottom=0)
    for panel in panels[1:]:
        panel.yaxis.set_major_formatter(percent(lang))
    return panels


def first_layer(
    W: Floats, shape: tuple[int, ...] = (28, 28), ax: Axes | None = None, lang: str = "en"
) -> Axes:
    """The weights into each neuron of the first layer as a picture; zero is white.

    Args:
        W: (n, m), n = height·width; of more than 100 neurons those with the largest ‖W‖ are shown.
        shape: (height, width) of an input.
        ax: where to draw; else a figure of its own.
        lang: "en" or "ru".

    Returns:
        The axes.
    """
    height, width = shape
    shown = W[:, strongest(W, LARGEST_GRID)].T.reshape(-1, height, width)  # (m, height, width)
    side = isqrt(max(len(shown) - 1, 0)) + 1
    rows = -(-len(shown) // side)
    sheet = np.full((rows * (height + 2) + 2, side * (width + 2) + 2), np.nan)
    for k, picture in enumerate(shown):
        top, left = (k // side) * (height + 2) + 2, (k % side) * (width + 2) + 2
        sheet[top : top + height, left : left + width] = picture
    ax = axes(ax, 8, 0.9 + 7.4 * rows / side)
    bound = float(np.quantile(np.abs(shown), 0.995)) or 1.0
    image = ax.imshow(sheet, cmap="RdBu_r", vmin=-bound, vmax=bound, interpolation="nearest")
    ax.set_axis_off()
    ax.set_title(
        say("plots.first_layer", lang, n=len(shown), m=W.shape[1]),
        fontsize=12,
        color=INK,
        loc="left",
    )
    ax.figure.colorbar(image, ax=ax, shrink=0.6, label=say("plots.weight", lang))
    return ax


def confusion(
    counts: NDArray[np.int64],
    ax: Axes | None = None,
    lang: str = "en",
    names: Sequence[str] | None = None,
) -> Axes:
    """Right class (rows) against the network's answer (columns); colour shows the errors.

    Args:
        counts: (m, m), as `spusk.analysis.confusion` counts.
        ax: where to draw; else a figure of its own.
        lang: "en" or "ru".
        names: of the classes (m,); else their numbers.

    Returns:
        The axes.
    """
    classes = len(counts)
    side = min(6.2, 2.6 + 0.4 * classes)
    ax = axes(ax, side + 1, side)
    errors = np.where(np.eye(classes, dtype=bool) | (counts == 0), np.nan, counts.astype(float))
    top = max(float(np.nanmax(errors, initial=2.0)), 2.0)
    norm = LogNorm(0.7, top * 1.6)
    if np.isfinite(errors).any():
        ax.imshow(errors, cmap="Oranges", norm=norm, aspect="equal")
    else:
        ax.imshow(np.zeros_like(errors), cmap="Greys", vmin=0, vmax=1, aspect="equal")
    size = 10 if classes <= 12 else 6
    for i, j in np.ndindex(classes, classes):
        if counts[i, j]:
            dark = i != j and norm(counts[i, j]) > DARK
            ax.text(j, i, f"{counts[i, j]}", ha="center", va="center", fontsize=size,
                    color="white" if dark else INK,
                    fontweight="bold" if i == j else "normal")  # fmt: skip
    totals = counts.sum(axis=1)
    share = np.divide(np.diag(counts), totals, out=np.zeros(classes), where=totals > 0)
    dress(ax, "en", say("plots.confusion", lang, errors=int(totals.sum() - np.trace(counts)),
          count=int(totals.sum())), say("plots.said", lang), say("plots.right", lang))  # fmt: skip
    ax.grid(False)
    label_classes(ax, names or tuple(map(str, range(classes))))
    form = percent(lang)
    ax.text(classes - 0.3, -0.55, say("train.class_recall", lang), va="bottom", fontsize=9,
            color=QUIET)  # fmt: skip
    for i in range(classes):
        ax.text(classes - 0.3, i, form(round(float(share[i]), 3)), va="center", fontsize=9,
                color=QUIET)  # fmt: skip
    return ax


def label_classes(ax: Axes, names: Sequence[str]) -> None:
    """Writes the classes' names along both axes, those that are long aslant."""
    shown = [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in names]
    long = max(map(len, shown)) > max(3, 40 // len(names))
    ax.set_xticks(range(len(names)), shown, rotation=40 if long else 0,
                  ha="right" if long else "center", rotation_mode="anchor")  # fmt: skip
    ax.set_yticks(range(len(names)), shown)


def wrong_digits(
    images: NDArray[Any],
    labels: NDArray[np.integer[Any]],
    answers: Floats,
    ax: Axes | None = None,
    lang: str = "en",
) -> Axes:
    """The pictures a network got wrong, the surest first: right class → its answer.

    Args:
        images: (K, height, width), bytes, white on black.
        labels: right classes (K,).
        answers: α(x), (K, m).
        ax: where to draw; else a figure of its own.
        lang: "en" or "ru".

    Returns:
        The axes.
    """
    total = len(images)
    sure = np.argsort(-answers.max(axis=1), kind="stable")[:WRONG_SHOWN]
    columns = 8
    rows = max(1, -(-len(sure) // columns))
    ax = axes(ax, 8.4, 0.7 + 1.25 * rows)
    ax.set_axis_off()
    ax.set_title(say("plots.wrong_digits", lang, n=total, shown=len(sure)), fontsize=12, color=INK,
                 loc="left")  # fmt: skip
    ax.set_xlim(0, columns)
    ax.set_ylim(rows, 0)
    for place, k in enumerate(sure):
        row, column = divmod(place, columns)
        ax.imshow(255 - images[k].astype(float), cmap="gray", aspect="auto", vmin=0, vmax=255,
                  extent=(column + 0.1, column + 0.9, row + 0.78, row + 0.04))  # fmt: skip
        ax.text(column + 0.5, row + 0.89, f"{labels[k]} → {np.argmax(answers[k])}", ha="center",
                va="center", fontsize=10, color=ACCENT)  # fmt: skip
    return ax


def why_stochastic(runs: Sequence[WorkCurve], ax: Axes | None = None, lang: str = "en") -> Axes:
    """Cost against work done (examples seen), full batch beside mini-batches, on log axes.

    Args:
        runs: the curves that `spusk.analysis.work_curves` yields.
        ax: where to draw; else a figure of its own.
        lang: "en" or "ru".

    Returns:
        The axes.

    Source: lecture, rows L6 and L11.
    """
    ax = axes(ax, 7.4, 4.8)
    whole = max(run.batch for run in runs)
    for k, run in enumerate(runs):
        key = "plots.run_all" if run.batch == whole else "plots.run_batch"
        label = say(key, lang, batch=run.batch, rate=run.rate)
        colour, stroke = SERIES[k % len(SERIES)], STROKES[k % len(STROKES)]
        ax.plot(run.seen[1:], run.cost[1:], stroke, color=colour, linewidth=2, marker="o",
                markersize=3, label=label)  # fmt: skip
    ax.set_xscale("log")
    ax.set_yscale("log")
    dress(
        ax,
        lang,
        say("plots.why_stochastic", lang),
        say("plots.seen", lang),
        say("plots.cost", lang),
    )
    ax.legend(frameon=False, fontsize=10)
    return ax
