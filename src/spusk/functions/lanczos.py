"""The extreme eigenvalues of a Hessian too large to write out, by Lanczos' method."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LARGEST = 20_000  # variables; beyond, the vectors kept cost more than a look is worth
ACCURACY = 2.5e-3  # of the largest |λ|
PRODUCTS = 200  # at most
BY_STEPS = 45  # where each costs up to 2n calls of f


def extremes(f: Any, x: NDArray[Any]) -> tuple[float, float] | None:  # noqa: ANN401
    """The least and the largest eigenvalue of the Hessian at a point, from products H v alone.

    H v is the difference of ∇f along v. Of all vectors in the space of v, Hv, H²v, … the least and
    the largest vᵀHv are told: the true ones are beyond them, by their residuals at most.

    Args:
        f: a function with `gradient`.
        x: the point, (n,).

    Returns:
        Both, to ACCURACY of the larger, the largest not too small; the least only so far that it is
        seen to be negative. None where n is above LARGEST, or the products do not suffice.

    Source: Lanczos 1950; the bounds: Parlett, The Symmetric Eigenvalue Problem, 1980.
    """
    x = np.asarray(x, np.float64)
    program = getattr(f, "program", None)
    most = BY_STEPS if program is not None and program.stepped else PRODUCTS
    if x.size > LARGEST:
        return None
    with np.errstate(all="ignore"):
        return _Lanczos(f, x).run(min(most, x.size))


class _Lanczos:
    """The space of v, Hv, H²v, …: an orthonormal basis, in which H is tridiagonal."""

    def __init__(self, f: Any, x: Floats) -> None:  # noqa: ANN401
        self.f, self.x = f, x
        self.step = np.finfo(np.float64).eps ** (1 / 3) * (1 + float(np.linalg.norm(x)))
        self.here = np.asarray(f.gradient(x), np.float64)
        first = np.random.default_rng(0).standard_normal(x.size)
        self.basis = [first / np.linalg.norm(first)]
        self.diagonal: list[float] = []
        self.beside: list[float] = []

    def product(self, v: Floats) -> Floats:
        """H v of a unit vector (n,)."""
        return (np.asarray(self.f.gradient(self.x + self.step * v)) - self.here) / self.step

    def run(self, most: int) -> tuple[float, float] | None:
        """Both ends, by so many products at most."""
        for _ in range(most):
            v = self.basis[-1]
            w = self.product(v)
            if not np.isfinite(w).all():
                return None
            self.diagonal.append(float(v @ w))
            kept = np.stack(self.basis)  # (k, n)
            for _again in range(2):  # once more: rounding leaves some of it
                w = w - kept.T @ (kept @ w)
            self.beside.append(float(np.linalg.norm(w)))
            ends = self.ends()
            if ends is not None:
                return ends
            self.basis.append(w / self.beside[-1])
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
