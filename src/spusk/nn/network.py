"""The network: dense layers of neurons, α: R^n₀ → R^n_L, over one flat array of parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from spusk.data import Sample
from spusk.data.preprocessing import Preparation, Prepared, prepared
from spusk.errors import InputError, NetworkError
from spusk.nn.activations import ACTIVATIONS, Activation
from spusk.nn.arrays import Floats, Layer, Lot
from spusk.nn.backprop import Propagation, backward, each_gradient, forward, mean_gradient
from spusk.nn.cost_surface import CostSurface
from spusk.nn.init import INITS, by_shape
from spusk.nn.losses import LOSSES, total
from spusk.nn.names import checked_activations, checked_output, named
from spusk.nn.parameters import Parameters
from spusk.nn.saved import Saved

CHUNK = 1_000_000  # numbers of one activation matrix when a whole set is answered


class Network(Parameters, Saved):
    """A dense network α: R^n₀ → R^n_L with a random start: a⁽ˡ⁾ = σ(W⁽ˡ⁾ᵀ a⁽ˡ⁻¹⁾ + b⁽ˡ⁾).

    Its weights and biases are one array θ (Q + P,); w (Q,), b (P,) and every layer's W (n, m) and
    b (m,) are views of it. The same seed gives the same start.

    Args:
        sizes: neurons per layer (n₀, n₁, …, n_L), two layers at least.
        seed: of the random start.
        init: "scaled" W ~ N(0, 1/n), b ~ N(0, 1); "normal" both N(0, 1); "he" W ~ N(0, 2/n) and
            "glorot" W ~ N(0, 2/(n + m)), both b = 0; "quiet" for wide or many layers of sigmoids;
            "wide" for a very wide last hidden layer, set by the examples of V. None: by the
            shape, "scaled" for one or two hidden layers of up to 100 neurons, else "quiet", "he"
            or "glorot" as σ needs it; `init` says which.
        gain: multiplies the start's weights: one number, or one per layer.
        dtype: float32 or float64.
        activation: σ of the hidden layers, such as "sigmoid", "tanh" or "relu", or one for each
            of them; all are in `nn.activations.ACTIVATIONS`.
        output: σ of the last layer, likewise; "softmax" is for it alone.
        error: the cost of one example: "squared", ‖α(x) − y‖²/2; "cross-entropy", over an output
            of sigmoids; "categorical-cross-entropy", over a softmax. All are in
            `nn.losses.LOSSES`.
        V: the training sample, for `init="wide"`; its sizes are checked.
        preparation: how raw inputs become x and what outputs mean, as `data.prepare` learns it;
            None: pixels v stand for v/255, all else for itself.

    Raises:
        NetworkError: sizes, names or a gain that make no network, or one that does not fit V.

    Source: lecture, rows L7, L9 and L11 (line 1); Nielsen 2015 for "normal".
    """

    def __init__(
        self,
        sizes: Sequence[int],
        seed: int = 0,
        init: str | None = None,
        gain: float | Sequence[float] = 1.0,
        dtype: DTypeLike = np.float32,
        activation: str | Sequence[str] = "sigmoid",
        output: str = "sigmoid",
        error: str = "squared",
        V: Sample | None = None,
        preparation: Preparation | None = None,
    ) -> None:
        if np.dtype(dtype) not in (np.float32, np.float64):
            raise NetworkError.keyed("network.dtype", found=np.dtype(dtype))
        super().__init__(sizes, dtype)
        self.activation = checked_activations(activation, len(self.layers) - 1)
        self.output = named(ACTIVATIONS, output, "output")
        self.error = named(LOSSES, error, "error")
        checked_output(error, output)
        start = by_shape(self.sizes, self.activation) if init is None else init
        self.seed, self.init = seed, named(INITS, start, "init")
        self.preparation = preparation
        self.randomise(seed, gain, V)

    def randomise(self, seed: int, gain: float | Sequence[float], V: Sample | None) -> None:
        """Draws w and b anew, layer by layer, weights before biases.

        Args:
            seed: of the random start.
            gain: multiplies the weights: one number, or one per layer.
            V: the training sample, which `init="wide"` needs.

        Raises:
            NetworkError: a gain that fits no layers, a V that is missing or does not fit.
        """
        gains = np.broadcast_to(gain, len(self.layers)) if np.isscalar(gain) else np.asarray(gain)
        if gains.shape != (len(self.layers),) or not np.isfinite(gains).all():
            raise NetworkError.keyed("network.gain", count=len(self.layers), found=gain)
        if V is not None:
            self.fits(V)
        rng = np.random.default_rng(seed)
        seen = None if V is None else Prepared(V, self.preparation)
        INITS[self.init](self.layers, rng, gains.tolist(), self.sigmas, seen)

    @property
    def sigmas(self) -> list[Activation]:
        """The activation of each layer."""
        return [ACTIVATIONS[name] for name in self.activations]

    @property
    def activations(self) -> list[str]:
        """The name of each layer's activation."""
        hidden, count = self.activation.split(","), len(self.layers) - 1
        return (hidden if len(hidden) == count else hidden * count) + [self.output]

    def copy(self) -> Self:
        """The same network in memory of its own."""
        return copy(self)

    def answer(self, x: ArrayLike | Sample) -> Floats:
        """The network's answer α(x).

        Args:
            x: one input (n₀,), many (K, n₀), or a sample: raw numbers of any type, as the network
                was trained on; without a preparation whole ones in 0…255, one above 16, are pixels.

        Returns:
            (n_L,) for one input, else (K, n_L); in the units of the targets.

        Raises:
            InputError: x has another size, or is not numbers.
        """
        if isinstance(x, Sample):
            return self.meant([self._answer(lot.x) for lot in self.chunks(x)])
        raw, single = raw_inputs(x, self.sizes[0])
        rows = prepared(raw, self.preparation, self.dtype)
        parts = np.array_split(rows, 1 + len(rows) * max(self.sizes) // CHUNK)
        answers = self.meant([self._answer(part) for part in parts])
        return answers[0] if single else answers

    def meant(self, answers: list[Floats]) -> Floats:
        """The answers of all parts (K, n_L), in the units of the targets."""
        whole = np.concatenate(answers)
        return whole if self.preparation is None else self.preparation.answers(whole)

    def _answer(self, rows: Floats) -> Floats:
        return forward(self.layers, self.sigmas, rows)[1][-1]

    def predict(self, x: ArrayLike | Sample) -> NDArray[np.intp]:
        """The class: the place of the largest number of α(x).

        Args:
            x: one input (n₀,), many (K, n₀), or a sample.

        Returns:
            () for one input, else (K,).

        Raises:
            InputError: x has another size, or is not numbers.
        """
        return np.asarray(np.argmax(self.answer(x), axis=-1))

    def cost(self, V: Sample) -> float:
        """The mean cost C = 1/|V| Σ C_(x,y); the squared error has C_(x,y) = ‖α(x) − y‖²/2.

        Args:
            V: the sample it is taken over; with weights it is the weighted mean, Σ w C / Σ w.

        Returns:
            C.

        Raises:
            NetworkError: V is of other sizes.

        Source: lecture, row L6.
        """
        lots = self.chunks(V)
        return sum(total(LOSSES[self.error], self._answer(x), y, w) for x, y, w in lots) / len(V)

    def accuracy(self, V: Sample) -> float:
        """The share of right classes.

        Args:
            V: a sample with labels; an example is one, whatever its weight.

        Returns:
            0…1.

        Raises:
            InputError: V has no labels.
        """
        if V.labels is None:
            raise InputError.keyed("network.no_labels", name=V.name)
        return float(np.mean(self.predict(V) == V.labels))

    def gradients(self, V: Sample) -> Parameters:
        """The gradient ∇C of the mean cost, by back-propagation.

        Args:
            V: the sample it is taken over; with weights it is ∇ of the weighted mean.

        Returns:
            ∇C as theta (Q + P,), w (Q,), b (P,) and per layer W (n, m), b (m,).

        Raises:
            NetworkError: V is of other sizes.

        Source: lecture, rows L10 and L12.
        """
        gradient = Parameters(self.sizes, self.dtype)
        for _ in self.add_gradients(self.chunks(V), len(V), gradient):
            pass
        return gradient

    def add_gradients(
        self, lots: Iterable[Lot], count: int, gradient: Parameters
    ) -> Iterator[tuple[Floats, Lot]]:
        """Adds 1/count Σ w ∇C_(x,y) of some lots to `gradient`, and yields α(x) of each, and it."""
        part = Parameters(self.sizes, self.dtype)
        for lot in lots:
            _, a, delta = self.propagate(*lot)
            mean_gradient(a, delta, part.layers)
            part.theta *= len(lot.x) / count
            gradient.theta += part.theta
            yield a[-1], lot

    def each_gradient(self, V: Sample) -> list[Layer]:
        """The gradient w ∇C_(x,y) of every example, whose mean is ∇C: K·Q numbers.

        Args:
            V: the sample, K examples.

        Returns:
            Per layer W (K, n, m) and b (K, m).

        Source: lecture, row L10.
        """
        _, a, delta = self.propagate(*next(self.chunks(V, len(V) * max(self.sizes))))
        return each_gradient(a, delta)

    def propagate(self, x: Floats, y: Floats, w: Floats | None = None) -> Propagation:
        """Forward and back through a batch.

        Args:
            x: inputs (B, n₀), floating point.
            y: targets (B, n_L).
            w: how much each example counts, (B,); None: 1.

        Returns:
            All weighted inputs and activations a⁽⁰⁾…a⁽ᴸ⁾ (B, nₗ), and the errors δ⁽¹⁾…δ⁽ᴸ⁾ (B, nₗ).

        Source: lecture, rows L9 and L12.
        """
        z, a = forward(self.layers, self.sigmas, x)
        delta = backward(self.layers, self.sigmas, LOSSES[self.error], z, a, y, w)
        return Propagation(z, a, delta)

    def pair(self, V: Sample, index: NDArray[np.integer[Any]]) -> tuple[Floats, Floats]:
        """The examples of V at index (B,), prepared: x (B, n₀) and y (B, n_L) in our own dtype."""
        x = Prepared(V, self.preparation).inputs(index, self.dtype)
        if self.preparation is None or V.y is None:
            return x, V.targets(index, self.dtype)
        return x, self.preparation.targets(V.y[index], self.dtype)

    def chunks(
        self, V: Sample, numbers: int = CHUNK, index: NDArray[np.integer[Any]] | None = None
    ) -> Iterator[Lot]:
        """The whole set V, or its examples at `index`, in lots, so that memory stays bounded.

        The widest activation of a lot has at most `numbers` numbers; weights are those of V, with
        mean 1 over it.

        Raises:
            NetworkError: V is of other sizes.
        """
        self.fits(V)
        rows = np.arange(len(V)) if index is None else index
        size, weights = max(1, numbers // max(self.sizes)), V.scaled_weights
        for first in range(0, len(rows), size):
            lot = rows[first : first + size]
            w = None if weights is None else weights[lot].astype(self.dtype)
            yield Lot(*self.pair(V, lot), w)

    def fits(self, V: Sample) -> None:
        """Checks that the first and last layer have a set's sizes.

        Args:
            V: the sample.

        Raises:
            NetworkError: V is of other sizes; its name, found and wanted.
        """
        ends = {"first": (self.sizes[0], V.x.shape[1]), "last": (self.sizes[-1], V.classes)}
        for end, (size, wanted) in ends.items():
            if size != wanted:
                raise NetworkError.keyed(f"network.{end}", name=V.name, size=size, wanted=wanted)

    def surface(self, V: Sample) -> CostSurface:
        """The cost C over V as a function of θ = (w, b) ∈ R^(Q+P), for `descend`.

        Source: lecture, row L6.
        """
        return CostSurface(self, V)

    def __repr__(self) -> str:
        layers = "-".join(map(str, self.sizes))
        return f"Network({layers}, Q={self.Q:,}, P={self.P:,}, {self.activation}, {self.error})"


def raw_inputs(x: ArrayLike, n: int) -> tuple[NDArray[np.generic], bool]:
    """Rows (K, n) from one input or many, of their own type, and whether it was one."""
    array = np.asarray(x)
    many = array.ndim > 1 and np.prod(array.shape[1:]) == n
    if array.dtype.kind not in "uifb" or len(array.shape) == 0 or not (many or array.size == n):
        raise InputError.keyed("network.inputs", n=n, kind=array.dtype, shape=array.shape)
    return array.reshape(-1, n), not many
