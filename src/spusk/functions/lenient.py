"""A callable that has no value where it raises: for looks beyond the way that a descent went."""

from __future__ import annotations

from copy import copy
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spusk.errors import SpuskError
from spusk.functions.definition import Floats, Function
from spusk.functions.program import Program


class Lenient(Program):
    """A program whose f and ∇f are NaN where its callable raises, or answers with no number."""

    def asked(self, points: NDArray[Any], kind: Any) -> NDArray[Any]:  # noqa: ANN401
        """f of points (…, n): (…)."""
        if np.iscomplexobj(points):  # whether it takes complex numbers is told by what it raises
            return super().asked(points, kind)
        try:
            return super().asked(points, kind)
        except SpuskError:
            if points.ndim == 1:
                return np.full((), np.nan)
            return np.array([self.asked(row, kind) for row in points])

    def pairs(self, points: Floats) -> tuple[Floats, Floats]:
        """f (…) and ∇f (…, n)."""
        try:
            return super().pairs(points)
        except SpuskError:
            if points.ndim == 1:
                return np.full((), np.nan), np.full(points.shape, np.nan)
            found = [self.pairs(row) for row in points]
            return np.array([f for f, _ in found]), np.array([slope for _, slope in found])

    def given(self, points: Floats) -> Floats:
        """∇f, (…, n) -> (…, n)."""
        try:
            return super().given(points)
        except SpuskError:
            if points.ndim == 1:
                return np.full(points.shape, np.nan)
            return np.array([self.given(row) for row in points])


def lenient(f: Any) -> Any:  # noqa: ANN401
    """f with NaN where its callable raises; f itself where there is none."""
    program = f.program if isinstance(f, Function) else None
    if program is None or isinstance(program, Lenient):
        return f
    calm = copy(f)
    calm.program = Lenient(**{part.name: getattr(program, part.name) for part in fields(program)})
    return calm
