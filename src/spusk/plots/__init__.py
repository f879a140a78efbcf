"""Pictures: they take results, never compute the mathematics, and return the Axes they drew on.

matplotlib is used without pyplot's global state, so pictures can be made in any thread and leave
nothing behind.
"""

from importlib import import_module
from typing import TYPE_CHECKING

DRAWER = {  # public name -> the module that draws it
    "basin_map": "landing",
    "confusion": "training",
    "curves": "training",
    "escape_curve": "landing",
    "first_layer": "training",
    "path": "path",
    "png": "notebook",
    "progress": "progress",
    "rates_panel": "path",
    "save": "style",
    "save_animation": "animation",
    "surface": "surface",
    "why_stochastic": "training",
    "wrong_digits": "training",
}

__all__ = list(DRAWER)

if TYPE_CHECKING:
    from spusk.plots.animation import save_animation as save_animation
    from spusk.plots.landing import basin_map as basin_map
    from spusk.plots.landing import escape_curve as escape_curve
    from spusk.plots.notebook import png as png
    from spusk.plots.path import path as path
    from spusk.plots.path import rates_panel as rates_panel
    from spusk.plots.progress import progress as progress
    from spusk.plots.style import save as save
    from spusk.plots.surface import surface as surface
    from spusk.plots.training import confusion as confusion
    from spusk.plots.training import curves as curves
    from spusk.plots.training import first_layer as first_layer
    from spusk.plots.training import why_stochastic as why_stochastic
    from spusk.plots.training import wrong_digits as wrong_digits


def __getattr__(name: str) -> object:
    if name not in DRAWER:
        raise AttributeError(f"module 'spusk.plots' has no attribute {name!r}")
    value = getattr(import_module(f"spusk.plots.{DRAWER[name]}"), name)
    globals()[name] = value
    return value
