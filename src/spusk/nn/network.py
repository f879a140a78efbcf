"""The network: layers of neurons over one flat array of numbers.

All weights and biases stand in one array θ = (w, b); every matrix W and vector b of a layer is
a view of it, so that the lecture's w ∈ R^Q and b ∈ R^P and its W⁽ˡ⁾, b⁽ˡ⁾ are the same memory.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from spusk.data import Sample
from spusk.errors import InputError, NetworkError
from spusk.nn.backprop import (
    ACTIVATIONS,
    COSTS,
    Floats,
    Layer,
    backward,
    each_gradient,
    forward,
    mean_gradient,
)
from spusk.nn.init import INITS

LARGEST = 2_000_000_000  # numbers in θ; past this a slip of the finger is likelier than a network
LINE = 64  # bytes of a cache line
CHUNK = 1_000_000  # numbers of one activation matrix when a whole set is answered


class Parameters:
    """Weights and biases of a network, or anything of their shape (a gradient).

    sizes (n₀, n₁, …, n_L); θ has Q + P numbers; w (Q,) and b (P,) and every layer's W (n, m) and
    b (m,) are views of it: writing to one writes to all. Row L7.
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


def named(table: dict[str, Any], name: str, what: str) -> str:
    """The name, if the table has it. Raises NetworkError naming what there is."""
    if name not in table:
        raise NetworkError.keyed("network.name", what=what, names=", ".join(table), found=name)
    return name


class Network(Parameters):
    """A dense network α: R^n₀ → R^n_L with a random start.

    a⁽ˡ⁾ = σ(W⁽ˡ⁾ᵀ a⁽ˡ⁻¹⁾ + b⁽ˡ⁾). Starts: `scaled` W ~ N(0, 1/n), b ~ N(0, 1); `normal` both
    N(0, 1) (Nielsen's); `wide` for a very wide last hidden layer, set by the precedents of V (see
    starts.py); `gain` multiplies the weights, one number or one per layer. The same seed gives the
    same start. Raises NetworkError. Rows L7, L9; L11 line 1.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        seed: int = 0,
        init: str = "scaled",
        gain: float | Sequence[float] = 1.0,
        dtype: DTypeLike = np.float32,
        activation: str = "sigmoid",
        output: str = "sigmoid",
        error: str = "squared",
        V: Sample | None = None,
    ) -> None:
        if np.dtype(dtype) not in (np.float32, np.float64):
            raise NetworkError.keyed("network.dtype", found=np.dtype(dtype))
        super().__init__(sizes, dtype)
        self.activation = named(ACTIVATIONS, activation, "activation")
        self.output = named(ACTIVATIONS, output, "output")
        self.error = named(COSTS, error, "error")
        if error == "cross-entropy" and output != "sigmoid":
            raise NetworkError.keyed("network.cross_entropy", found=output)
        self.seed, self.init = seed, named(INITS, init, "init")
        self.randomise(seed, gain, V)

    def randomise(self, seed: int, gain: float | Sequence[float], V: Sample | None) -> None:
        """Draws w and b anew, layer by layer, weights before biases."""
        gains = np.broadcast_to(gain, len(self.layers)) if np.isscalar(gain) else np.asarray(gain)
        if gains.shape != (len(self.layers),) or not np.isfinite(gains).all():
            raise NetworkError.keyed("network.gain", count=len(self.layers), found=gain)
        if V is not None:
            self.fits(V)
        rng = np.random.default_rng(seed)
        INITS[self.init](self.layers, rng, gains.tolist(), self.sigmas, V)

    @property
    def sigmas(self) -> list[Any]:
        """The activation of each layer."""
        hidden, last = ACTIVATIONS[self.activation], ACTIVATIONS[self.output]
        return [hidden] * (len(self.layers) - 1) + [last]

    def copy(self) -> Self:
        """The same network in memory of its own."""
        twin = type(self).__new__(type(self))
        twin.__dict__.update(self.__dict__)
        Parameters.__init__(twin, self.sizes, self.dtype)
        twin.theta[:] = self.theta
        return twin

    def answer(self, x: ArrayLike | Sample) -> Floats:
        """α(x) of one input (n,) -> (m,), or of many (K, n) -> (K, m); uint8 means x/255."""
        if isinstance(x, Sample):
            return np.concatenate([self._answer(rows) for rows, _ in self.chunks(x)])
        rows, single = inputs(x, self.sizes[0], self.dtype)
        parts = np.array_split(rows, 1 + len(rows) * max(self.sizes) // CHUNK)
        answers = np.concatenate([self._answer(part) for part in parts])
        return answers[0] if single else answers

    def _answer(self, rows: Floats) -> Floats:
        return forward(self.layers, self.sigmas, rows)[-1]

    def predict(self, x: ArrayLike | Sample) -> NDArray[np.intp]:
        """The class: the place of the largest number of α(x); (n,) -> (), (K, n) -> (K,)."""
        return np.asarray(np.argmax(self.answer(x), axis=-1))

    def cost(self, V: Sample) -> float:
        """C = 1/|V| Σ C_(x,y) over the whole set; the mean squared error has ‖α(x) − y‖²/2."""
        total = 0.0
        for x, y in self.chunks(V):
            total += float(np.sum(COSTS[self.error].value(self._answer(x), y), dtype=np.float64))
        return total / len(V)

    def accuracy(self, V: Sample) -> float:
        """The share of right classes, 0…1. Raises InputError for a set without labels."""
        if V.labels is None:
            raise InputError.keyed("network.no_labels", name=V.name)
        return float(np.mean(self.predict(V) == V.labels))

    def gradients(self, V: Sample) -> Parameters:
        """∇C over the whole set, as w (Q,), b (P,) and per layer (L10, L12)."""
        total, part = Parameters(self.sizes, self.dtype), Parameters(self.sizes, self.dtype)
        for x, y in self.chunks(V):
            a, delta = self.propagate(x, y)
            mean_gradient(a, delta, part.layers)
            part.theta *= len(x) / len(V)
            total.theta += part.theta
        return total

    def each_gradient(self, V: Sample) -> list[Layer]:
        """∇C_(x,y) of every precedent: per layer W (K, n, m) and b (K, m). K·Q numbers (L10)."""
        everything = np.arange(len(V))
        return each_gradient(*self.propagate(*self.pair(V, everything)))

    def propagate(self, x: Floats, y: Floats) -> tuple[list[Floats], list[Floats]]:
        """Forward and back: all activations a⁽⁰⁾…a⁽ᴸ⁾ and errors δ⁽¹⁾…δ⁽ᴸ⁾ of a batch."""
        a = forward(self.layers, self.sigmas, x)
        return a, backward(self.layers, self.sigmas, COSTS[self.error], a, y)

    def pair(self, V: Sample, index: NDArray[np.integer[Any]]) -> tuple[Floats, Floats]:
        """x (B, n₀) and y (B, n_L) of some precedents, in the network's own dtype."""
        return V.inputs(index, self.dtype), V.targets(index, self.dtype)

    def chunks(self, V: Sample, numbers: int = CHUNK) -> Iterator[tuple[Floats, Floats]]:
        """The whole set in parts whose widest activation has at most `numbers` numbers."""
        self.fits(V)
        size = max(1, numbers // max(self.sizes))
        for first in range(0, len(V), size):
            yield self.pair(V, np.arange(first, min(first + size, len(V))))

    def fits(self, V: Sample) -> None:
        """Raises NetworkError where first or last layer are not the set's sizes."""
        ends = {"first": (self.sizes[0], V.x.shape[1]), "last": (self.sizes[-1], V.classes)}
        for end, (size, wanted) in ends.items():
            if size != wanted:
                raise NetworkError.keyed(f"network.{end}", name=V.name, size=size, wanted=wanted)

    def surface(self, V: Sample) -> "CostSurface":
        """The cost as a function of θ = (w, b) ∈ R^(Q+P), for `descend` (L6)."""
        return CostSurface(self, V)

    def __repr__(self) -> str:
        layers = "-".join(map(str, self.sizes))
        return f"Network({layers}, Q={self.Q:,}, P={self.P:,}, {self.activation}, {self.error})"


class CostSurface:
    """C(θ) of one network over one set: what `descend` needs of a function (L6)."""

    def __init__(self, net: Network, V: Sample) -> None:
        self.net, self.V, self.n = net.copy(), V, net.Q + net.P
        self.start = net.theta.copy()

    def value(self, theta: Floats) -> Floats:
        """C(θ): (…, n) -> (…)."""
        return self._each(theta, lambda: np.asarray(self.net.cost(self.V)), ())

    def gradient(self, theta: Floats) -> Floats:
        """∇C(θ): (…, n) -> (…, n)."""
        return self._each(theta, lambda: self.net.gradients(self.V).theta, (self.n,))

    def _each(self, theta: Floats, ask: Callable[[], Floats], shape: tuple[int, ...]) -> Floats:
        points = np.asarray(theta)
        results = np.empty((*points.shape[:-1], *shape), self.net.dtype)
        for place in np.ndindex(*points.shape[:-1]):
            self.net.theta[:] = points[place]
            results[place] = ask()
        return results


def inputs(x: ArrayLike, n: int, dtype: DTypeLike) -> tuple[Floats, bool]:
    """Rows (K, n) from one input or many, and whether it was one; uint8 pixels become x/255."""
    array = np.asarray(x)
    many = array.ndim > 1 and np.prod(array.shape[1:]) == n
    if array.dtype.kind not in "uifb" or len(array.shape) == 0 or not (many or array.size == n):
        raise InputError.keyed("network.inputs", n=n, kind=array.dtype, shape=array.shape)
    rows = array.reshape(-1, n).astype(dtype)
    return (rows / rows.dtype.type(255) if array.dtype == np.uint8 else rows), not many
