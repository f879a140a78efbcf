"""Critical points: where they are, and how f curves there."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

HESSIAN_UP_TO = 200  # variables; beyond, eigenvalues cost more than the descent
NEWTON_STEPS = 50
ARRIVED = 1e-10  # of 1 + |x|: a Newton step this short moves nothing but rounding
CURVED = 1e-12  # of the largest |λ|, or of 1: along what is flatter ∇f/|λ| would go anywhere
FLAT = 1e-6  # of the largest eigenvalue: less negative ones are rounding
SADDLE = 1e-4  # the same where a descent, not Newton's method, came to a point


def newton(f: Any, x: NDArray[Any]) -> NDArray[Any] | None:  # noqa: ANN401
    """A minimum by Newton's method: x ← x − |H|⁻¹∇f, with |λ| in place of each eigenvalue λ of H.

    Args:
        f: a function with `gradient` and `hessian`.
        x: where to begin, (n,).

    Returns:
        A point (n,) with ∇f = 0 and a Hessian without negative curvature; None where the steps
        leave f's domain or lead to none.
    """
    with np.errstate(all="ignore"):
        for _ in range(NEWTON_STEPS):
            gradient, hessian = np.asarray(f.gradient(x)), np.asarray(f.hessian(x))
            if not (np.isfinite(gradient).all() and np.isfinite(hessian).all()):
                return None
            # |λ| in place of λ: downhill also where f curves down, never towards a saddle
            values, vectors = np.linalg.eigh(hessian)
            scale = np.maximum(np.abs(values), CURVED * max(1.0, float(np.abs(values).max())))
            step = vectors @ ((vectors.T @ gradient) / scale)
            size, reach = float(np.linalg.norm(step)), float(1 + np.linalg.norm(x))
            x = x - step * (reach / size if size > reach else 1.0)
            if size <= ARRIVED * (1 + np.linalg.norm(x)):
                return x if curves_up(values) else None
    return None


def eigenvalues(f: Any, x: NDArray[Any]) -> NDArray[Any] | None:  # noqa: ANN401
    """The eigenvalues of the Hessian at x (n,), ascending (n,); None where it is not finite."""
    with np.errstate(all="ignore"):
        hessian = np.asarray(f.hessian(x))
    return np.linalg.eigvalsh(hessian) if np.isfinite(hessian).all() else None


def curves_up(lambdas: NDArray[Any]) -> bool:
    """Whether eigenvalues, ascending, are those of a minimum: one above zero and none below."""
    return bool(lambdas[-1] > 0 and lambdas[0] >= -FLAT * lambdas[-1])


def is_no_saddle(f: Any, x: NDArray[Any]) -> bool:  # noqa: ANN401
    """Whether nothing curves down at an end of a descent, as far as f's Hessian tells."""
    lambdas = eigenvalues(f, x) if hasattr(f, "hessian") else None
    return lambdas is None or bool(lambdas[0] >= -SADDLE * abs(lambdas[-1]))


def stable_rate(f: Any, x: NDArray[Any]) -> float | None:  # noqa: ANN401
    """2/λmax at x: the largest stable rate of plain descent; None where nothing curves up."""
    lambdas = eigenvalues(f, x)
    return 2 / float(lambdas[-1]) if lambdas is not None and lambdas[-1] > 0 else None


def known_minima(f: Any) -> list[NDArray[np.float64]]:  # noqa: ANN401
    """The minima (n,) that the gallery knows of f; none for any other function."""
    entry = getattr(f, "entry", None)
    return [np.asarray(m.x, np.float64) for m in entry.minima] if entry is not None else []


def is_nonsmooth(f: Any, x: NDArray[Any]) -> bool:  # noqa: ANN401
    """Whether x is the point at which f has no gradient."""
    point = getattr(f, "nonsmooth", None)
    return point is not None and bool((x == point).all())
