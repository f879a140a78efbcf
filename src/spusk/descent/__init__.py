"""Descent on functions: one loop that yields, its results, many starts, rates, escapes, basins."""

from typing import TYPE_CHECKING

from spusk._lazy import loader

MODULES = {  # public name -> the module it stands in
    "Basins": "spusk.descent.basin_maps",
    "Comparison": "spusk.descent.compare",
    "Descent": "spusk.descent.minimize",
    "End": "spusk.descent.loop",
    "Escape": "spusk.descent.escapes",
    "Explanation": "spusk.descent.explanation",
    "Many": "spusk.descent.batch",
    "DescentOutcome": "spusk.optim.stopping",
    "Step": "spusk.descent.loop",
    "Surface": "spusk.descent.loop",
    "basins": "spusk.descent.basin_maps",
    "compare_rates": "spusk.descent.compare",
    "descend": "spusk.descent.minimize",
    "descend_events": "spusk.descent.loop",
    "descend_many": "spusk.descent.batch",
    "escape": "spusk.descent.escapes",
    "scipy_method": "spusk.descent.scipy_bridge",
}

__all__ = list(MODULES)

if TYPE_CHECKING:
    from spusk.descent.basin_maps import Basins as Basins
    from spusk.descent.basin_maps import basins as basins
    from spusk.descent.batch import Many as Many
    from spusk.descent.batch import descend_many as descend_many
    from spusk.descent.compare import Comparison as Comparison
    from spusk.descent.compare import compare_rates as compare_rates
    from spusk.descent.escapes import Escape as Escape
    from spusk.descent.escapes import escape as escape
    from spusk.descent.explanation import Explanation as Explanation
    from spusk.descent.loop import End as End
    from spusk.descent.loop import Step as Step
    from spusk.descent.loop import Surface as Surface
    from spusk.descent.loop import descend_events as descend_events
    from spusk.descent.minimize import Descent as Descent
    from spusk.descent.minimize import descend as descend
    from spusk.descent.scipy_bridge import scipy_method as scipy_method
    from spusk.optim.stopping import DescentOutcome as DescentOutcome


__getattr__ = loader(__name__, MODULES)
