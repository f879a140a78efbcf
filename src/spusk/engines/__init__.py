"""Engines: ways to carry out the steps of descent on a network's own memory.

An engine opens a session for a network, a set and a batch size; the session takes chunks of
steps, changes θ in place and tells what it met. `reference` is NumPy and the lecture's formulas,
`native` is C++ and fast; both do the same arithmetic up to rounding.
"""

import warnings
from functools import cache

import numpy as np

from spusk.engines import native
from spusk.engines.base import Engine, Session, StepTotals, fits
from spusk.engines.reference import Reference
from spusk.errors import EngineError
from spusk.nn.network import Network

__all__ = ["ENGINES", "Engine", "NativeMissingWarning", "Session", "StepTotals", "engine", "fits"]

ENGINES = ("auto", "reference", "native")


class NativeMissingWarning(UserWarning):
    """The native engine is not built here, so the reference engine does the work."""


def engine(name: str = "auto", net: Network | None = None) -> Engine:
    """The engine of that name; `auto`: native where it is built and can train this network.

    Raises EngineError naming what there is.
    """
    if name not in ENGINES:
        raise EngineError(f"engine: expected one of {', '.join(ENGINES)}, found {name!r}")
    if name == "reference":
        return Reference()
    if name == "native":
        return native.Native()
    if not native.available():
        say_missing(native.reason())
        return Reference()
    return native.Native() if net is None or net.dtype == np.float32 else Reference()


@cache
def say_missing(reason: str) -> None:
    """Says once in a process that the native engine is missing."""
    warnings.warn(
        f"the native engine is not built ({reason}); the reference engine does the work, several "
        "times slower; install a C++ compiler and install spusk again",
        NativeMissingWarning,
        stacklevel=4,
    )
