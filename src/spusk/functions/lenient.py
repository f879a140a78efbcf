"""A callable that has no value where it raises: for looks beyond the way that a descent went."""

from __future__ import annotations

from collections.abc import Callable
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
        return or_nan(lambda x: super(Lenient, self).asked(x, kind), points, ())

    def pairs(self, points: Floats) -> tuple[Floats, Floats]:
        """f (…) and ∇f (…, n)."""
        both = or_nan(lambda x: joined(*super(Lenient, self).pairs(x)), points, (1 + self.n,))
        return both[..., 0], both[..., 1:]

    def given(self, points: Floats) -> Floats:
        """∇f, (…, n) -> (…, n)."""
        return or_nan(super().given, points, (self.n,))


def or_nan(ask: Callable[[Floats], Floats], points: Floats, shape: tuple[int, ...]) -> Floats:
    """An answer at points, (…, n) -> (…, *shape), NaN at those at which it raises."""
    try:
        return ask(points)
    except SpuskError:
        if points.ndim == 1:
            return np.full(shape, np.nan)
        return np.array([or_nan(ask, row, shape) for row in points])


def joined(value: Floats, slopes: Floats) -> Floats:
    """f (…) and ∇f (…, n) as one, (…, 1 + n)."""
    return np.concatenate([value[..., None], slopes], axis=-1)


def lenient(f: Any) -> Any:  # noqa: ANN401
    """f with NaN where its callable raises; f itself where there is none."""
    program = f.program if isinstance(f, Function) else None
    if program is None or isinstance(program, Lenient):
        return f
    calm = copy(f)
    calm.program = Lenient(**{part.name: getattr(program, part.name) for part in fields(program)})
    return calm
