"""Networks: activations, losses, back-propagation by the lecture, layers over one flat array."""

from typing import TYPE_CHECKING

from spusk._lazy import loader

MODULES = {  # public name -> the module it stands in
    "ACTIVATIONS": "spusk.nn.activations",
    "INITS": "spusk.nn.init",
    "LOSSES": "spusk.nn.losses",
    "CostSurface": "spusk.nn.cost_surface",
    "Layer": "spusk.nn.arrays",
    "Network": "spusk.nn.network",
    "Parameters": "spusk.nn.parameters",
}

__all__ = list(MODULES)

if TYPE_CHECKING:
    from spusk.nn.activations import ACTIVATIONS as ACTIVATIONS
    from spusk.nn.arrays import Layer as Layer
    from spusk.nn.cost_surface import CostSurface as CostSurface
    from spusk.nn.init import INITS as INITS
    from spusk.nn.losses import LOSSES as LOSSES
    from spusk.nn.network import Network as Network
    from spusk.nn.parameters import Parameters as Parameters


__getattr__ = loader(__name__, MODULES)
