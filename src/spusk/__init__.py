"""spusk: gradient descent you can see, at full speed.

The public names, each loaded from its room on first use.
"""

from typing import TYPE_CHECKING

from spusk import display
from spusk._lazy import loader
from spusk._version import __version__
from spusk.nn import saved

MODULES = {  # public name -> the room or module it stands in
    "analysis": "spusk.analysis",
    "data": "spusk.data",
    "errors": "spusk.errors",
    "optim": "spusk.optim",
    "plots": "spusk.plots",
    "runs": "spusk.runs",
    "GALLERY": "spusk.functions.gallery",
    "Network": "spusk.nn.network",
    "Parameters": "spusk.nn.parameters",
    "Sample": "spusk.data",
    "basins": "spusk.descent",
    "compare_rates": "spusk.descent",
    "descend": "spusk.descent",
    "descend_events": "spusk.descent",
    "descend_many": "spusk.descent",
    "escape": "spusk.descent",
    "function": "spusk.functions",
    "load": "spusk.runs",
    "resume": "spusk.runs",
    "scipy_method": "spusk.descent",
    "train": "spusk.training",
    "train_events": "spusk.training",
    "train_seeds": "spusk.analysis",
}

__all__ = ["__version__", *MODULES]  # noqa: PLE0604

if TYPE_CHECKING:
    from spusk import analysis as analysis
    from spusk import data as data
    from spusk import errors as errors
    from spusk import optim as optim
    from spusk import plots as plots
    from spusk import runs as runs
    from spusk.analysis import train_seeds as train_seeds
    from spusk.data import Sample as Sample
    from spusk.descent import basins as basins
    from spusk.descent import compare_rates as compare_rates
    from spusk.descent import descend as descend
    from spusk.descent import descend_events as descend_events
    from spusk.descent import descend_many as descend_many
    from spusk.descent import escape as escape
    from spusk.descent import scipy_method as scipy_method
    from spusk.functions import function as function
    from spusk.functions.gallery import GALLERY as GALLERY
    from spusk.nn.network import Network as Network
    from spusk.nn.parameters import Parameters as Parameters
    from spusk.runs import load as load
    from spusk.runs import resume as resume
    from spusk.training import train as train
    from spusk.training import train_events as train_events

__getattr__ = loader(__name__, MODULES)


def _bring_pictures() -> None:
    """Loads what draws results, when a notebook asks the first of them for its picture."""
    import spusk.plots.notebook  # noqa: F401


display.BRINGERS.append(_bring_pictures)


def _bring_files() -> saved.Files:
    """Loads what writes and reads networks, when the first is saved or loaded."""
    from spusk.runs.models import FILES

    return FILES


saved.BRINGERS.append(_bring_files)


def __dir__() -> list[str]:
    return sorted(__all__)
