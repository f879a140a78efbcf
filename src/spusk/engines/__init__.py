"""Engines: ways to carry out the steps of descent on a network's own memory.

An engine opens a session for a network, a set and a batch size; the session takes chunks of
steps, changes θ in place and tells what it met. `reference` is NumPy and the lecture's formulas,
`native` is C++ and fast; both do the same arithmetic up to rounding.
"""

import warnings
from functools import cache

import numpy as np

from spusk.engines import native
from spusk.engines.base import PLAIN, Engine, Session, StepTotals, fits
from spusk.engines.reference import Reference
from spusk.errors import EngineError, SpuskWarning
from spusk.nn.network import Network
from spusk.optim.rules import NamedRule

__all__ = ["ENGINES", "Engine", "FallbackWarning", "Session", "StepTotals", "engine", "fits"]

ENGINES = ("auto", "reference", "native")


class FallbackWarning(SpuskWarning):
    """The native engine is not built here or can't do it, so the reference engine does the work."""


def engine(name: str = "auto", net: Network | None = None, rule: NamedRule = PLAIN) -> Engine:
    """The engine of that name; `auto`: native where it can train this network by this rule.

    Raises EngineError naming what there is. Where `auto` must take the reference engine instead, a
    FallbackWarning tells the reason, each reason once.
    """
    if name not in ENGINES:
        raise EngineError.keyed("engine.name", names=", ".join(ENGINES), found=name)
    precise = net is not None and net.dtype == np.float64  # whoever asks for it, asks for this one
    if name == "reference" or (name == "auto" and precise):
        return Reference()
    reason = native.refusal(net, rule)
    if name == "auto" and reason is not None:
        say_fallback(reason.words, tuple(reason.values.items()))
        return Reference()
    return native.Native()


@cache
def say_fallback(words: str, values: tuple[tuple[str, object], ...]) -> None:
    """Says once in a process why the reference engine does the work."""
    reason = EngineError.keyed(words, **dict(values))
    warnings.warn(FallbackWarning.keyed("engine.fallback", why=reason), stacklevel=5)
