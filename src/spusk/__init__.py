"""spusk: gradient descent you can see, at full speed.

The public names, each loaded from its room on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

ROOM = {  # public name -> the room it stands in
    "GALLERY": "gallery",
    "Network": "network",
    "Parameters": "network",
    "Sample": "data",
    "basins": "descent",
    "compare_rates": "descent",
    "descend": "descent",
    "descend_events": "descent",
    "descend_many": "descent",
    "escape": "descent",
    "function": "functions",
    "resume": "store",
    "scipy_method": "descent",
    "train": "sgd",
    "train_events": "sgd",
}

ROOMS = ("data", "errors", "measure", "plots", "rules", "store")  # rooms that are public as a whole

__all__ = ["__version__", *ROOMS, *ROOM]  # noqa: PLE0604

if TYPE_CHECKING:
    from spusk import data as data
    from spusk import errors as errors
    from spusk import plots as plots
    from spusk.data import Sample as Sample
    from spusk.descent import basins as basins
    from spusk.descent import compare_rates as compare_rates
    from spusk.descent import descend as descend
    from spusk.descent import descend_events as descend_events
    from spusk.descent import descend_many as descend_many
    from spusk.descent import escape as escape
    from spusk.descent import scipy_method as scipy_method
    from spusk.functions import function as function
    from spusk.gallery import GALLERY as GALLERY
    from spusk.network import Network as Network
    from spusk.network import Parameters as Parameters
    from spusk.sgd import train as train
    from spusk.sgd import train_events as train_events
    from spusk.store import resume as resume


def __getattr__(name: str) -> object:
    if name in ROOM:
        value = getattr(import_module(f"spusk.{ROOM[name]}"), name)
    elif name in ROOMS:
        value = import_module(f"spusk.{name}")
    else:
        raise AttributeError(f"module 'spusk' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
