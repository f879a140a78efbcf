"""spusk: gradient descent you can see, at full speed.

The public names, each loaded from its room on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

ROOM = {  # public name -> the room it stands in
    "Network": "network",
    "Parameters": "network",
    "Sample": "data",
    "train": "sgd",
    "train_events": "sgd",
}

ROOMS = ("data", "errors", "measure", "plots", "store")  # rooms that are public as a whole

__all__ = ["__version__", *ROOMS, *ROOM]  # noqa: PLE0604

if TYPE_CHECKING:
    from spusk import data as data
    from spusk import errors as errors
    from spusk import plots as plots
    from spusk.data import Sample as Sample
    from spusk.network import Network as Network
    from spusk.network import Parameters as Parameters
    from spusk.sgd import train as train
    from spusk.sgd import train_events as train_events


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
