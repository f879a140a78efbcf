"""The house style of every picture: colours, sizes, ticks in the reader's language, files."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import Formatter, FuncFormatter, ScalarFormatter

from spusk.errors import InputError
from spusk.io.paths import home
from spusk.runs import write

ACCENT = "#d1495b"  # what the reader should look at
INK = "#22303c"
QUIET = "#8a97a3"
GRID = "#e3e8ec"
# Okabe and Ito's colours, told apart by every kind of colour vision
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#000000")
STROKES = ("-", "--", "-.", ":")
SURFACE = "cividis"
FACTS = {  # without the date, the same picture is the same bytes
    ".png": {"Software": "spusk"},  # by which a run folder knows its own
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}
DPI = 144


def figure(width: float, height: float) -> Figure:
    """A figure in inches, with a canvas of its own and no global state."""
    made = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(made)
    return made


def axes(ax: Axes | None, width: float = 6.4, height: float = 4.8) -> Axes:
    """The axes given, or new ones."""
    return ax if ax is not None else figure(width, height).add_subplot()


def dress(ax: Axes, lang: str, title: str = "", x: str = "", y: str = "") -> None:
    """Title, labels, a quiet grid, and ticks with the language's decimal mark."""
    ax.set_title(title, fontsize=12, color=INK, loc="left")
    ax.set_xlabel(x, fontsize=11, color=INK)
    ax.set_ylabel(y, fontsize=11, color=INK)
    ax.tick_params(labelsize=10, colors=INK)
    ax.grid(True, color=GRID, linewidth=0.8)
    ax.set_axisbelow(True)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(QUIET)
    speak(ax, lang)


def speak(ax: Axes, lang: str) -> None:
    """Linear ticks get a decimal comma in Russian; percent and log ticks keep their own form."""
    for axis in (ax.xaxis, ax.yaxis):
        if lang == "ru" and type(axis.get_major_formatter()) is ScalarFormatter:
            axis.set_major_formatter(CommaFormatter())


class CommaFormatter(ScalarFormatter):
    """Ticks as matplotlib writes them, with a decimal comma."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The text of the tick at x."""
        return super().__call__(x, pos).replace(".", ",")


def percent(lang: str) -> Formatter:
    """0.915 as 91.5%, and 91,5 % in Russian; whole percents without a decimal."""

    def text(x: float, _: int | None = None) -> str:
        plain = f"{100 * x:.4g}"
        return plain.replace(".", ",") + "\N{NO-BREAK SPACE}%" if lang == "ru" else plain + "%"

    return FuncFormatter(text)


def save(picture: Axes | Sequence[Axes] | np.ndarray | Figure, path: Path | str) -> Path:
    """Writes a picture as a file, whole or not at all.

    Args:
        picture: what any function of this room returned, or a Matplotlib figure.
        path: where; its suffix .png, .svg or .pdf says what.

    Returns:
        The path, its ~ written out.

    Raises:
        InputError: another suffix.
    """
    path = home(path)
    kind = path.suffix.lower()
    if kind not in FACTS:
        raise InputError.keyed("plots.suffix", path=path, names=", ".join(FACTS), found=path.suffix)
    content = io.BytesIO()
    of(picture).savefig(content, format=kind[1:], dpi=DPI, facecolor="white", metadata=FACTS[kind])
    write(path, content.getvalue())
    return path


def of(picture: Axes | Sequence[Axes] | np.ndarray | Figure) -> Figure:
    """The figure that a picture stands on."""
    if isinstance(picture, Figure):
        return picture
    first = picture if isinstance(picture, Axes) else np.ravel(np.asarray(picture))[0]
    found = first.get_figure(root=True)
    if found is None:
        raise InputError.keyed("plots.no_figure")
    return found
