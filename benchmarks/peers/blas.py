"""NumPy by hand, but W changes inside BLAS: SciPy's sgemm with β = 1 keeps no gradient."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import sgemm

from benchmarks.peers.numpy_hand import Hand
from benchmarks.task import Task


class InPlace(Hand):
    """The same step with one pass over W less, or two."""

    def __init__(self, task: Task, threads: int) -> None:
        super().__init__(task, threads)
        self.G = [np.empty(0, np.float32)] * len(self.layers)

    def change(self, at: int, W: NDArray[np.float32]) -> None:
        """Wᵀ := Wᵀ − δᵀa; a C-order W is a Fortran-order Wᵀ, so nothing is copied."""
        sgemm(-1.0, self.d[at].T, self.a[at].T, 1.0, W.T, trans_b=True, overwrite_c=True)


def prepare(task: Task, threads: int, option: str = "") -> InPlace:
    """SciPy, its BLAS limited by the environment to so many threads."""
    return InPlace(task, threads)
