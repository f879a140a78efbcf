"""Results show themselves: the picture that a notebook draws for each kind of result."""

import io

from matplotlib.axes import Axes

from spusk.descent import Basins, Comparison, Descent, Escape, Many
from spusk.display import register
from spusk.errors import InputError
from spusk.plots.basin_maps import basin_map, escape_curve
from spusk.plots.convergence import progress
from spusk.plots.paths import path, rates_panel
from spusk.plots.style import of


def drawn(result: object) -> Axes | list[Axes]:
    """The picture that says most about a result. Raises InputError for what has none."""
    match result:
        case Descent():
            return path(result) if result.f.n <= 2 else progress(result)
        case Comparison():
            several = list(result)
            return rates_panel(several) if several[0].f.n <= 2 else progress(several)
        case Escape():
            return escape_curve(result)
        case Basins():
            return basin_map(result)
        case _:
            raise InputError.keyed("plots.no_picture", name=type(result).__name__)


def png(result: Descent | Comparison | Escape | Basins | Many) -> bytes:
    """The picture of a result as a notebook shows it.

    Args:
        result: what a descent, a comparison, an escape or basins left.

    Returns:
        A PNG.

    Raises:
        InputError: a result that has no picture of its own.
    """
    content = io.BytesIO()
    of(drawn(result)).savefig(content, format="png", dpi=96, facecolor="white")
    return content.getvalue()


for kind in (Basins, Comparison, Descent, Escape):
    register(kind, png)
