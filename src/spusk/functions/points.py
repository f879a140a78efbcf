"""What a point of a function can be."""

from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spusk.display import short_repr

Floats = NDArray[np.float64]


class PointKind(StrEnum):
    """What a point is."""

    MINIMUM = "minimum"  # f is higher all around
    VALLEY = "valley"  # one of a line or more of minima
    KINK = "kink"  # a minimum where ∇f jumps
    SADDLE = "saddle"
    MAXIMUM = "maximum"
    INFLECTION = "inflection"
    FLAT = "flat"  # f is the same all around
    SLOPE = "slope"  # no critical point: f falls on
    UNBOUNDED = "unbounded"  # f falls on without end
    ENDLESS = "endless"  # f falls on for ever, ever less: its infimum is not attained
    EDGE = "edge"  # f has no value beside it
    UNTOLD = "untold"


MINIMA = (PointKind.MINIMUM, PointKind.VALLEY, PointKind.KINK)


class Point(NamedTuple):
    """A point and what it is.

    Attributes:
        kind: what it is.
        x: where, (n,).
        eigenvalues: of the Hessian there, ascending, (n,), rounding made 0; None where there is no
            Hessian.
    """

    kind: PointKind
    x: Floats
    eigenvalues: Floats | None = None

    def __repr__(self) -> str:
        return short_repr(self)

    @property
    def is_minimum(self) -> bool:
        """Whether nothing around is lower."""
        return self.kind in MINIMA

    @property
    def curving(self) -> Floats:
        """The eigenvalues above 0, ascending: of the directions in which a descent moves."""
        lambdas = self.eigenvalues
        return np.empty(0) if lambdas is None else lambdas[lambdas > 0]


def spell(x: NDArray[np.floating[Any]], most: int = 4) -> str:
    """(5; 5), the first few components."""
    shown = [f"{float(c):.6g}" for c in x[:most]] + ["…"] * (len(x) > most)
    return f"({'; '.join(shown)})"
