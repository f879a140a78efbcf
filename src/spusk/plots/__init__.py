"""Pictures: they take results, never compute the mathematics, and return the Axes they drew on.

matplotlib is used without pyplot's global state, so pictures can be made in any thread and leave
nothing behind.
"""

from typing import TYPE_CHECKING

from spusk._lazy import loader

MODULES = {  # public name -> the module that draws it
    "basin_map": "spusk.plots.basin_maps",
    "confusion": "spusk.plots.training",
    "curves": "spusk.plots.training",
    "escape_curve": "spusk.plots.basin_maps",
    "first_layer": "spusk.plots.training",
    "histories": "spusk.plots.comparison",
    "path": "spusk.plots.paths",
    "png": "spusk.plots.notebook",
    "progress": "spusk.plots.convergence",
    "rates_panel": "spusk.plots.paths",
    "save": "spusk.plots.style",
    "save_animation": "spusk.plots.animation",
    "surface": "spusk.plots.surfaces",
    "why_stochastic": "spusk.plots.training",
    "wrong_digits": "spusk.plots.training",
}

__all__ = list(MODULES)

if TYPE_CHECKING:
    from spusk.plots.animation import save_animation as save_animation
    from spusk.plots.basin_maps import basin_map as basin_map
    from spusk.plots.basin_maps import escape_curve as escape_curve
    from spusk.plots.comparison import histories as histories
    from spusk.plots.convergence import progress as progress
    from spusk.plots.notebook import png as png
    from spusk.plots.paths import path as path
    from spusk.plots.paths import rates_panel as rates_panel
    from spusk.plots.style import save as save
    from spusk.plots.surfaces import surface as surface
    from spusk.plots.training import confusion as confusion
    from spusk.plots.training import curves as curves
    from spusk.plots.training import first_layer as first_layer
    from spusk.plots.training import why_stochastic as why_stochastic
    from spusk.plots.training import wrong_digits as wrong_digits


__getattr__ = loader(__name__, MODULES)
