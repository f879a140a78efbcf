"""Descent on functions: one loop that yields, its results, many starts, rates, escapes, basins."""

from importlib import import_module
from typing import TYPE_CHECKING

MODULE = {  # public name -> the module it stands in
    "Basins": "landing",
    "Comparison": "compare",
    "Descent": "result",
    "End": "loop",
    "Escape": "escapes",
    "Explanation": "explain",
    "Many": "many",
    "Outcome": "outcome",
    "Step": "loop",
    "Surface": "loop",
    "basins": "landing",
    "compare_rates": "compare",
    "descend": "result",
    "descend_events": "loop",
    "descend_many": "many",
    "escape": "escapes",
    "scipy_method": "adapter",
}

__all__ = list(MODULE)

if TYPE_CHECKING:
    from spusk.descent.adapter import scipy_method as scipy_method
    from spusk.descent.compare import Comparison as Comparison
    from spusk.descent.compare import compare_rates as compare_rates
    from spusk.descent.escapes import Escape as Escape
    from spusk.descent.escapes import escape as escape
    from spusk.descent.explain import Explanation as Explanation
    from spusk.descent.landing import Basins as Basins
    from spusk.descent.landing import basins as basins
    from spusk.descent.loop import End as End
    from spusk.descent.loop import Step as Step
    from spusk.descent.loop import Surface as Surface
    from spusk.descent.loop import descend_events as descend_events
    from spusk.descent.many import Many as Many
    from spusk.descent.many import descend_many as descend_many
    from spusk.descent.outcome import Outcome as Outcome
    from spusk.descent.result import Descent as Descent
    from spusk.descent.result import descend as descend


def __getattr__(name: str) -> object:
    if name not in MODULE:
        raise AttributeError(f"module 'spusk.descent' has no attribute {name!r}")
    value = getattr(import_module(f"spusk.descent.{MODULE[name]}"), name)
    globals()[name] = value
    return value
