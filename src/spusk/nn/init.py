"""Random starts: how the weights and biases of a network are drawn (L11, line 1).

`wide` is for networks with a very wide last hidden layer, where plain starts hardly learn: the
curvature of the last layer grows with Σa² over its neurons, so the stable rate falls as one over
their number, and most of that sum is the neurons' mean, which tells the classes apart least of
all. Here each neuron of the wide layer fires for few examples: the sum is small, the rate can be
large, and what is left of it tells examples apart.

`quiet` does the same without a look at any example: Glorot's start, four times as steep, as
sigmoids need it, and biases that keep the expected Σa² of the last hidden layer to what a hundred
neurons have around z = 0.
"""

from collections.abc import Callable, Sequence
from math import log
from typing import Any

import numpy as np
from numpy.random import Generator

from spusk.data.preprocessing import Prepared
from spusk.errors import NetworkError
from spusk.nn.activations import Activation
from spusk.nn.arrays import Floats, Layer

SEEN = 2000  # examples of V that `wide` looks at, evenly spread
NUMBERS = 1_000_000  # of one array in passing
CALM, KEEN = (1.0, 0.0), (4.0, 1.5)  # r and t of the hidden layers, and of the last of them
STEEP = 4.0  # how much steeper a sigmoid's start is than tanh's (Glorot and Bengio 2010)
SQUARES = 27.0  # Σa² of a hundred sigmoids at z ~ N(0, 1): 100·(0.25 + 0.04) less a little
NARROW, SHALLOW = 100, 2  # hidden neurons in a layer, and hidden layers, that `scaled` serves

Start = Callable[[Sequence[Layer], Generator, Sequence[float], Sequence[Activation], Any], None]


def scaled(layers: Sequence[Layer], rng: Generator, gains: Sequence[float], *_: object) -> None:
    """W ~ N(0, gain²/n), b ~ N(0, 1)."""
    for (W, b), gain in zip(layers, gains, strict=True):
        draw(W, rng, gain * len(W) ** -0.5)
        draw(b, rng, 1.0)


def he(layers: Sequence[Layer], rng: Generator, gains: Sequence[float], *_: object) -> None:
    """W ~ N(0, 2·gain²/n), b = 0: rectified neurons keep the size of what passes (He 2015)."""
    for (W, b), gain in zip(layers, gains, strict=True):
        draw(W, rng, gain * (2 / len(W)) ** 0.5)
        b[:] = 0


def glorot(layers: Sequence[Layer], rng: Generator, gains: Sequence[float], *_: object) -> None:
    """W ~ N(0, 2·gain²/(n + m)), b = 0 (Glorot and Bengio 2010)."""
    for (W, b), gain in zip(layers, gains, strict=True):
        draw(W, rng, gain * (2 / sum(W.shape)) ** 0.5)
        b[:] = 0


def quiet(layers: Sequence[Layer], rng: Generator, gains: Sequence[float], *_: object) -> None:
    """Glorot's start, four times as steep in the hidden layers; the last of them is kept quiet.

    Its biases are −t, so that Σa² ≤ 27 is expected over it where z ~ N(−t, 1). The output starts
    at W ~ N(0, gain²/n) and b = −ln(m − 1): every class at its share 1/m.
    """
    *hidden, last = layers
    glorot(hidden, rng, [STEEP * gain for gain in gains[:-1]])
    if hidden:
        hidden[-1].b[:] = -quieting(len(last.W))
    draw(last.W, rng, gains[-1] * len(last.W) ** -0.5)
    last.b[:] = -log(max(len(last.b) - 1, 1))


def quieting(neurons: int) -> float:
    """The least t ≥ 0 at which Σ E[σ(z)²] ≤ 27 over so many neurons with z ~ N(−t, 1)."""
    x = np.linspace(-9, 9, 181)  # the trapezoid's sum of a bell is exact to all digits
    bell = np.exp(-(x**2) / 2)

    def share(t: float) -> float:
        return float(np.sum(bell / (1 + np.exp(t - x)) ** 2) / bell.sum())

    low, high = 0.0, 40.0
    if neurons * share(low) <= SQUARES:
        return low
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if neurons * share(middle) <= SQUARES else (middle, high)
    return high


def normal(layers: Sequence[Layer], rng: Generator, gains: Sequence[float], *_: object) -> None:
    """W ~ N(0, gain²), b ~ N(0, 1): Nielsen's first start."""
    for (W, b), gain in zip(layers, gains, strict=True):
        draw(W, rng, gain)
        draw(b, rng, 1.0)


def wide(
    layers: Sequence[Layer], rng: Generator, gains: Sequence[float],
    sigmas: Sequence[Activation], V: Prepared | None,
) -> None:  # fmt: skip
    """Each weighted input of a hidden layer has the deviation r·gain over V, its mean is −t·r·gain.

    r = 1, t = 0; in the last hidden layer r = 4, t = 1.5, so that a neuron answers to one
    example in twelve or so. The output layer starts at W = 0 and b = −ln(m − 1): every class at
    its share 1/m. NetworkError: V is missing.
    """
    if V is None:
        raise NetworkError.keyed("network.wide")
    *hidden, last = layers
    widest = max(len(W) for W, _ in layers[:-1])
    count = min(len(V), SEEN, max(32, NUMBERS // widest))
    a = V.inputs(np.linspace(0, len(V) - 1, count).astype(np.intp), np.float64)  # (K, n)
    for k, (layer, sigma) in enumerate(zip(hidden, sigmas, strict=False)):
        final = k == len(hidden) - 1
        r, t = KEEN if final else CALM
        draw(layer.W, rng, 1.0)
        settle(layer, a, r * gains[k], t)
        if not final:
            a = sigma.value(a @ layer.W + layer.b)  # (K, n) @ (n, m) + (m,) -> (K, m)
    last.W[:] = 0
    last.b[:] = -log(max(len(last.b) - 1, 1))


def settle(layer: Layer, a: Floats, r: float, t: float) -> None:
    """Scales each column of W and sets b, so that z = a @ W + b has deviation r and mean −t·r."""
    W, b = layer
    block = max(1, NUMBERS // 2 // len(a))
    for first in range(0, W.shape[1], block):
        part = slice(first, first + block)
        z = a @ W[:, part]  # (K, n) @ (n, block) -> (K, block)
        deviation = z.std(axis=0)
        # rounded to float32 at once: how NumPy's product splits its sums must not show
        scale = np.divide(r, deviation, out=np.ones_like(deviation), where=deviation > 1e-12)
        rounded = scale.astype(np.float32).astype(W.dtype)
        W[:, part] *= rounded
        b[part] = -(z.mean(axis=0) * rounded + t * r).astype(np.float32)


def draw(room: Floats, rng: Generator, deviation: float) -> None:
    """Fills with N(0, deviation²) in C order, a part at a time."""
    flat = room.reshape(-1)
    for first in range(0, flat.size, NUMBERS // 2):
        part = flat[first : first + NUMBERS // 2]
        part[:] = rng.standard_normal(part.size) * deviation


INITS: dict[str, Start] = {
    "scaled": scaled, "normal": normal, "wide": wide, "he": he, "glorot": glorot, "quiet": quiet,
}  # fmt: skip


def by_shape(sizes: Sequence[int], activation: str, modern: bool = False) -> str:
    """The start that suits a network, by its hidden layers' sizes and σ.

    The lecture's own where hidden layers are few and narrow; else what keeps them learning. In
    `modern` networks rectified neurons have He's at every size.
    """
    hidden, kinds = sizes[1:-1], set(activation.split(","))
    rectified = kinds <= {"relu", "leaky-relu"}
    narrow = len(hidden) <= SHALLOW and max(hidden, default=0) <= NARROW
    if narrow and not (modern and rectified):
        return "scaled"
    if rectified:
        return "he"
    return "quiet" if kinds == {"sigmoid"} else "glorot"
