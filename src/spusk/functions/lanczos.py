"""The extreme eigenvalues of a Hessian too large to write out: Lanczos' method, by SciPy."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGEST = 20_000  # variables; beyond, the vectors kept cost more than a look is worth
ACCURACY = 1e-3  # of an eigenvalue
TURNS = 60  # restarts of the method before it is given up


def extremes(f: Any, x: NDArray[Any]) -> tuple[float, float] | None:  # noqa: ANN401
    """The least and the largest eigenvalue of the Hessian at a point, from products H v alone.

    H v is the central difference of ∇f along v.

    Args:
        f: a function with `gradient`.
        x: the point, (n,).

    Returns:
        Both, to about a thousandth of the larger; None where SciPy is not installed, n is above
        LARGEST, or the method does not settle.

    Source: Lanczos 1950; ARPACK's implementation.
    """
    try:
        from scipy.sparse.linalg import ArpackError, ArpackNoConvergence, LinearOperator, eigsh
    except ImportError:
        return None
    x = np.asarray(x, np.float64)
    n = x.size
    if n > LARGEST:
        return None
    step = np.finfo(np.float64).eps ** (1 / 3) * (1 + float(np.linalg.norm(x)))

    def product(v: NDArray[Any]) -> NDArray[Any]:
        length = float(np.linalg.norm(v)) or 1.0
        shift = step / length * v.ravel()
        rise = np.asarray(f.gradient(x + shift)) - np.asarray(f.gradient(x - shift))
        return np.asarray(rise * (length / (2 * step)))

    operator = LinearOperator((n, n), matvec=product, dtype=np.float64)
    first = np.random.default_rng(0).standard_normal(n)
    try:
        with np.errstate(all="ignore"):
            both = eigsh(operator, k=2, which="BE", v0=first, tol=ACCURACY, maxiter=TURNS * n,
                         return_eigenvectors=False)  # fmt: skip
    except (ArpackError, ArpackNoConvergence, ValueError):
        return None
    return (float(both.min()), float(both.max())) if np.isfinite(both).all() else None
