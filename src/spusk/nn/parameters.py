"""The parameters: all weights and biases in one flat array of numbers.

θ = (w, b); every matrix W and vector b of a layer is a view of it, so that the lecture's w ∈ R^Q
and b ∈ R^P and its W⁽ˡ⁾, b⁽ˡ⁾ are the same memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from spusk.errors import NetworkError
from spusk.nn.arrays import Floats, Layer

LARGEST = 2_000_000_000  # numbers in θ; past this a slip of the finger is likelier than a network
LINE = 64  # bytes of a cache line
VIEWS = ("w", "b", "layers")  # of θ


class Parameters:
    """Weights and biases of a network, or anything of their shape (a gradient), all zero.

    θ has Q + P numbers; w (Q,) and b (P,) and every layer's W (n, m) and b (m,) are views of it:
    writing to one writes to all.

    Args:
        sizes: neurons per layer (n₀, n₁, …, n_L), two layers at least.
        dtype: float32 or float64.

    Raises:
        NetworkError: sizes that make no network.

    Source: lecture, row L7.
    """

    def __init__(self, sizes: Sequence[int], dtype: DTypeLike = np.float32) -> None:
        self.sizes = checked_sizes(sizes)
        pairs = list(pairwise(self.sizes))
        self.Q = sum(n * m for n, m in pairs)
        self.P = sum(self.sizes[1:])
        self.theta: Floats = lined(self.Q + self.P, np.dtype(dtype))
        self.w, self.b = self.theta[: self.Q], self.theta[self.Q :]
        W_ends = np.cumsum([n * m for n, m in pairs])[:-1]
        b_ends = np.cumsum(self.sizes[1:])[:-1]
        self.layers = tuple(
            Layer(W.reshape(n, m), b)
            for (n, m), W, b in zip(
                pairs, np.split(self.w, W_ends), np.split(self.b, b_ends), strict=True
            )
        )

    def __getstate__(self) -> dict[str, Any]:
        """What a copy or a pickle keeps: θ once, and nothing that is a view of it."""
        return {name: value for name, value in self.__dict__.items() if name not in VIEWS}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """A whole network again: θ in memory of its own, and w, b and the layers views of it."""
        Parameters.__init__(self, state["sizes"], state["theta"].dtype)
        self.__dict__.update((name, value) for name, value in state.items() if name != "theta")
        self.theta[:] = state["theta"]

    @property
    def dtype(self) -> np.dtype[Any]:
        """float32 or float64."""
        return self.theta.dtype


def lined(count: int, dtype: np.dtype[Any]) -> Floats:
    """Zeros (count,) from the start of a cache line on.

    Vectors of a row then cross no line: up to a tenth faster (docs/engine.md).
    """
    room = np.zeros(count * dtype.itemsize + LINE, np.uint8)
    first = -room.ctypes.data % LINE
    return room[first : first + count * dtype.itemsize].view(dtype)


def checked_sizes(sizes: Sequence[int]) -> tuple[int, ...]:
    """Layer sizes as a tuple. Raises NetworkError when they make no network."""
    try:
        whole = tuple(int(size) for size in sizes)
    except (TypeError, ValueError):
        whole = ()
    if len(whole) < 2 or min(whole) < 1 or any(a != b for a, b in zip(whole, sizes, strict=True)):
        raise NetworkError.keyed("network.layers", found=sizes)
    count = sum((n + 1) * m for n, m in pairwise(whole))
    if count > LARGEST:
        layers = "-".join(map(str, whole))
        raise NetworkError.keyed("network.large", layers=layers, count=count, limit=LARGEST)
    return whole
