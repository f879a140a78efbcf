"""Descent in motion: a GIF, or one self-contained HTML page with play, pause, step and scrub."""

import base64
import html
import io
import json
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
from spusk.plots.paths import Results, listed, path
from spusk.plots.style import ACCENT, SERIES, of
from spusk.runs import write

FRAMES = 120  # at most; longer paths skip, but the last iterate is always shown
DPI = 80
PAGE_DPI = 110
PAGE = Path(__file__).parent / "player.html"
WORDS = ("play", "pause", "back", "forward", "scrub")
SUFFIXES = (".gif", ".html")


def save_animation(
    results: Results, file: Path | str, lang: str = "en", seconds: float = 6
) -> Path:
    """Writes the walk down as a moving picture.

    Args:
        results: one descent, or several side by side.
        file: where; .gif, or .html: one page with play, pause, step and scrub, without a network.
        lang: "en" or "ru".
        seconds: how long it lasts.

    Returns:
        The path, its ~ written out.

    Raises:
        InputError: another suffix, or a function of more than 2 variables.
    """
    file = home(file)
    several = listed(results)
    if file.suffix.lower() not in SUFFIXES:
        raise InputError(
            f"{file}: expected a name that ends in {', '.join(SUFFIXES)}, found {file.suffix!r}"
        )
    numbers = frame_numbers(max(len(result.iterates) for result in several))
    pause = int(np.clip(1000 * seconds / len(numbers), 30, 500))
    if file.suffix.lower() == ".gif":
        write(file, gif(list(frames(several, numbers, lang)), pause))
    else:
        write(file, page(several, numbers, pause, lang).encode())
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


def page(several: list[Descent], numbers: list[int], pause: int, lang: str) -> str:
    """One HTML file: the background as a picture, the paths as points that a canvas draws.

    It needs no network and no other file.
    """
    stage = Stage(several, lang, PAGE_DPI)
    content = io.BytesIO()
    stage.background.save(content, "PNG", optimize=True)
    height = stage.background.height
    box = stage.ax.get_window_extent()
    scene = {
        "picture": "data:image/png;base64," + base64.b64encode(content.getvalue()).decode(),
        "box": [round(v) for v in (box.x0, height - box.y1, box.width, box.height)],
        "paths": [walk(stage, several, k, lang) for k in range(len(several))],
        "numbers": numbers, "pause": pause,
        "words": {key: say(f"plots.{key}", lang) for key in WORDS},
        "frame": say("plots.frame", lang, n="%"),
    }  # fmt: skip
    text = PAGE.read_text(encoding="utf-8")
    fill = {
        "lang": lang, "width": str(stage.background.width), "height": str(height),
        "title": html.escape(getattr(several[0].f, "text", "") or "f"),
        "alt": html.escape(" ".join(result.sentence(lang) for result in several)),
        # "<" could end the script element
        "scene": json.dumps(scene, ensure_ascii=False).replace("<", "\\u003c"),
    } | {key: html.escape(say(f"plots.{key}", lang)) for key in WORDS}  # fmt: skip
    for key, value in fill.items():
        text = text.replace("{{" + key + "}}", value)
    return text


def walk(stage: Stage, several: list[Descent], k: int, lang: str) -> dict[str, object]:
    """One path in pixels of the page's picture, from the top left."""
    result = several[k]
    points = np.asarray(result.iterates, float)
    if stage.graph:
        points = np.column_stack([points[:, 0], np.asarray(result.f.value(points), float)])
    far = 20.0 * stage.background.width  # canvases draw nothing beyond about 32,000 pixels
    pixels = stage.ax.transData.transform(np.nan_to_num(points, nan=0, posinf=1e9, neginf=-1e9))
    pixels = np.clip(pixels, -far, far)
    pixels[:, 1] = stage.background.height - pixels[:, 1]
    colour = SERIES[k % len(SERIES)] if len(several) > 1 else ACCENT if stage.graph else "#ffffff"
    return {"colour": colour, "points": np.round(pixels, 1).tolist()}
