"""The peers: each one file with `prepare(task, threads) -> Runnable`, in its best known form."""

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Layers = list[tuple[NDArray[np.float32], NDArray[np.float32]]]


class Runnable(Protocol):
    """A training that is ready to run; compiled, data in place, one epoch at a time."""

    compiled: float  # seconds spent compiling
    threads: int

    def epoch(self, number: int) -> None:
        """Runs one epoch (from 0), its shuffle and its gathering of rows included."""
        ...

    def steps(self, rows: NDArray[np.int64]) -> None:
        """Runs the steps of rows (steps, B): what the check of its weights needs."""
        ...

    def weights(self) -> Layers:
        """W (n, m) and b (m,) of each layer."""
        ...


class Peer(NamedTuple):
    """A way to train: its label, its module, what it needs, and which threads are tried."""

    label: str
    module: str
    needs: str
    threads: tuple[int, ...]  # 0: its own choice
    option: str = ""
    checked: bool = True  # whether it does the same arithmetic, so that its weights must agree


def peers(cores: int) -> dict[str, Peer]:
    """All of them; each is tried on one core and on all."""
    tried = tuple(sorted({1, cores}))
    here = "benchmarks.peers."
    return {
        "native": Peer("spusk, native", here + "ours", "spusk", (0,), "native"),
        "reference": Peer("spusk, reference", here + "ours", "spusk", tried, "reference"),
        "numpy": Peer("NumPy by hand", here + "numpy_hand", "numpy", tried),
        "blas": Peer("NumPy and SciPy's BLAS, in place", here + "blas", "scipy", tried),
        "jax": Peer("JAX jit+scan", here + "jax_scan", "jax", tried),
        "inplace": Peer("PyTorch by hand, in place", here + "torch_hand", "torch", tried),
        "eager": Peer("PyTorch eager, fused SGD", here + "torch_eager", "torch", tried),
        "compile": Peer("torch.compile", here + "torch_compiled", "torch", tried),
        "sklearn": Peer(
            "scikit-learn (another cost: log-loss of a softmax)",
            here + "sklearn_mlp",
            "sklearn",
            tried,
            checked=False,
        ),
    }


OURS = ("native", "reference")
