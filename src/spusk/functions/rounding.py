"""What rounding makes of the slopes and the curvature of a callable told by differences."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spusk.functions.differences import step

Floats = NDArray[np.float64]


def uncertainty(f: Any, x: Floats) -> float:  # noqa: ANN401
    """How wrong f's values near x (n,) may be, where differences of them are its slopes; else 0."""
    program = getattr(f, "program", None)
    if program is None or not program.is_rough:
        return 0.0
    return max(float(np.finfo(np.float64).eps), float(program.grain)) * abs(float(f.value(x)))


def slope_rounding(f: Any, x: Floats) -> float:  # noqa: ANN401
    """What of |∇f| near x (n,) the rounding of f may be, where differences of f are its slopes."""
    return 2 * float(np.sqrt(f.n)) * uncertainty(f, x) / float(step(x).max())


def hessian_rounding(f: Any, x: Floats) -> float:  # noqa: ANN401
    """What of the eigenvalues at x (n,) the rounding of f may be, where differences tell them."""
    h = float(step(x).min()) * (1 + abs(float(f.value(x)))) ** (1 / 4)
    return float(8 * uncertainty(f, x) / h**2)
