"""Descent in motion: a GIF, or the lab's page as one file that opens at the descent and plays."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from spusk.descent import Descent
from spusk.errors import InputError
from spusk.i18n import say
from spusk.io.paths import home
from spusk.lab.formulas.moving import moving_page
from spusk.plots.paths import Results, listed, path
from spusk.plots.style import of
from spusk.runs import write

FRAMES = 120  # at most; longer paths skip, but the last iterate is always shown
DPI = 80
SUFFIXES = (".gif", ".html")


def save_animation(
    results: Results, file: Path | str, lang: str = "en", seconds: float = 6
) -> Path:
    """Writes the walk down as a moving picture.

    Args:
        results: one descent, or several side by side.
        file: where; .gif, or .html: the lab's page as one file, without a network, in which the
            first of them moves, rate and start can be changed, and everything else is there too.
        lang: "en" or "ru".
        seconds: how long a .gif lasts.

    Returns:
        The path, its ~ written out.

    Raises:
        InputError: another suffix, a function of more than 2 variables, or, for .html, a descent
            that the page cannot make again: of a callable that could not be read, by a rate that
            is a function of the user's, of more than 10,000 steps.
    """
    file = home(file)
    several = listed(results)
    if file.suffix.lower() not in SUFFIXES:
        raise InputError.keyed(
            "plots.suffix", path=file, names=", ".join(SUFFIXES), found=file.suffix
        )
    if file.suffix.lower() == ".html":
        write(file, moving_page(several, lang).encode())
        return file
    numbers = frame_numbers(max(len(result.iterates) for result in several))
    pause = int(np.clip(1000 * seconds / len(numbers), 30, 500))
    write(file, gif(list(frames(several, numbers, lang)), pause))
    return file


def frame_numbers(count: int) -> list[int]:
    """Which recorded iterates get a frame: all, or FRAMES of them, dense at the beginning."""
    if count <= FRAMES:
        return list(range(count))
    spaced = np.concatenate(
        [np.arange(FRAMES // 2), np.geomspace(FRAMES // 2, count - 1, FRAMES // 2)]
    )
    return sorted(set(spaced.round().astype(int).tolist()))


class Stage:
    """The scene without its paths, drawn once, and the paths in pixels of it."""

    def __init__(self, several: list[Descent], lang: str, dpi: int) -> None:
        ax = path(several, lang=lang)
        self.figure = of(ax)
        self.figure.set_dpi(dpi)
        self.graph = several[0].f.n == 1
        self.moving = [
            line for line in ax.lines[self.graph :] if len(np.asarray(line.get_xdata())) > 1
        ]
        for line in self.moving:
            line.set_animated(True)
        self.canvas = cast(FigureCanvasAgg, self.figure.canvas)
        self.canvas.draw()
        self.figure.set_layout_engine("none")
        self.ax = ax
        self.background = self.pixels()

    def pixels(self) -> Image.Image:
        """What the canvas shows now."""
        return Image.fromarray(np.asarray(self.canvas.buffer_rgba())).convert("RGB")


def frames(several: list[Descent], numbers: list[int], lang: str) -> Iterator[Image.Image]:
    """One picture per frame: the background is kept, only paths and the step's number change."""
    stage = Stage(several, lang, DPI)
    canvas, ax = stage.canvas, stage.ax
    kept = canvas.copy_from_bbox(stage.figure.bbox)
    whole = [(line, np.asarray(line.get_xdata()), np.asarray(line.get_ydata()))
             for line in stage.moving]  # fmt: skip
    caption = ax.text(0.01, 0.99, "", transform=ax.transAxes, va="top", fontsize=11, zorder=9,
                      animated=True,
                      bbox={"facecolor": "white", "alpha": 0.85, "edgecolor": "none"})  # fmt: skip
    longest = max(several, key=lambda result: len(result.iterates))
    for k in numbers:
        canvas.restore_region(kept)
        for line, x, y in whole:
            # dots on a map begin with the first step, lines with the start
            shown = k if line.get_linestyle() == "None" and not stage.graph else k + 1
            line.set_data(x[:shown], y[:shown])
            ax.draw_artist(line)
        caption.set_text(say("plots.frame", lang, n=int(longest.steps[k])))
        ax.draw_artist(caption)
        yield stage.pixels()


def gif(pictures: list[Image.Image], pause: int) -> bytes:
    """An endless GIF that rests on its last frame."""
    content = io.BytesIO()
    palette = pictures[0].quantize(255)
    small = [p.quantize(palette=palette, dither=Image.Dither.NONE) for p in pictures]
    pauses = [pause] * (len(small) - 1) + [1500]
    small[0].save(content, "GIF", save_all=True, append_images=small[1:], duration=pauses, loop=0)
    return content.getvalue()
