"""The extreme eigenvalues of a Hessian too large to write out, by Lanczos' method."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MEMORY = 2**23  # numbers in the vectors kept: 64 MB, 83 of them for 100,000 variables
ACCURACY = 2.5e-3  # of the largest |λ|
PRODUCTS = 200  # at most, or as many as gradients were spent on the way there
BY_STEPS = 45  # … where each costs up to 2n calls of f
MOST = 1000
SOON = 50  # products: beyond, the ends are looked at after each further tenth of them


def extremes(f: Any, x: NDArray[Any], spent: int = 0) -> tuple[float, float] | None:  # noqa: ANN401
    """The least and the largest eigenvalue of the Hessian at a point, from products H v alone.

    H v is the difference of ∇f along v. Of all vectors in the space of v, Hv, H²v, … the least and
    the largest vᵀHv are told: the true ones are beyond them, by their residuals at most.

    Args:
        f: a function with `gradient`.
        x: the point, (n,).
        spent: gradients that the way to the point cost: so many products may be made, too.

    Returns:
        Both, to ACCURACY of the larger, the largest not too small; the least only so far that it is
        seen to be negative. None where the products do not suffice, or the memory for them.

    Source: Lanczos 1950; the bounds: Parlett, The Symmetric Eigenvalue Problem, 1980.
    """
    x = np.asarray(x, np.float64)
    program = getattr(f, "program", None)
    least = BY_STEPS if program is not None and program.stepped else PRODUCTS
    most = min(max(least, spent), MOST, x.size, MEMORY // x.size)
    with np.errstate(all="ignore"):
        return _Lanczos(f, x).run(most)


class _Lanczos:
    """The space of v, Hv, H²v, …: an orthonormal basis, in which H is tridiagonal."""

    def __init__(self, f: Any, x: Floats) -> None:  # noqa: ANN401
        self.f, self.x = f, x
        self.step = np.finfo(np.float64).eps ** (1 / 3) * (1 + float(np.linalg.norm(x)))
        self.here = np.asarray(f.gradient(x), np.float64)
        first = np.random.default_rng(0).standard_normal(x.size)
        self.first = first / np.linalg.norm(first)
        self.diagonal: list[float] = []
        self.beside: list[float] = []

    def product(self, v: Floats) -> Floats:
        """H v of a unit vector (n,)."""
        return (np.asarray(self.f.gradient(self.x + self.step * v)) - self.here) / self.step

    def run(self, most: int) -> tuple[float, float] | None:
        """Both ends, by so many products at most."""
        due, basis = 1, np.empty((most, self.x.size))
        v = self.first
        for k in range(1, most + 1):
            basis[k - 1] = v
            w = self.product(v)
            if not np.isfinite(w).all():
                return None
            self.diagonal.append(float(v @ w))
            kept = basis[:k]  # (k, n)
            for _again in range(2):  # once more: rounding leaves some of it
                w = w - kept.T @ (kept @ w)
            self.beside.append(float(np.linalg.norm(w)))
            if k in (due, most):
                due = k + max(1, k // 10 if k > SOON else 1)
                ends = self.ends()
                if ends is not None:
                    return ends
            v = w / self.beside[-1]
        return None

    def ends(self) -> tuple[float, float] | None:
        """The least and the largest, where they are accurate enough."""
        k = len(self.diagonal)
        beside = np.diag(self.beside[:-1], 1)
        values, vectors = np.linalg.eigh(np.diag(self.diagonal) + beside + beside.T)
        residuals = self.beside[-1] * np.abs(vectors[-1])  # (k,)
        allowed = ACCURACY * float(np.abs(values[[0, -1]]).max())
        if k == self.x.size:
            return float(values[0]), float(values[-1])
        known = residuals[0] <= allowed or values[0] < -allowed
        if residuals[-1] > allowed or not known:
            return None
        return float(values[0]), float(values[-1] + residuals[-1])
