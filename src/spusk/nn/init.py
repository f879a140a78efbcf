"""Random starts: how the weights and biases of a network are drawn (L11, line 1).

`wide` is for networks with a very wide last hidden layer, where plain starts hardly learn: the
curvature of the last layer grows with Σa² over its neurons, so the stable rate falls as one over
their number, and most of that sum is the neurons' mean, which tells the classes apart least of
all. Here each neuron of the wide layer fires for few examples: the sum is small, the rate can be
large, and what is left of it tells examples apart.
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

Start = Callable[[Sequence[Layer], Generator, Sequence[float], Sequence[Activation], Any], None]


def scaled(layers: Sequence[Layer], rng: Generator, gains: Sequence[float], *_: object) -> None:
    """W ~ N(0, gain²/n), b ~ N(0, 1)."""
    for (W, b), gain in zip(layers, gains, strict=True):
        draw(W, rng, gain * len(W) ** -0.5)
        draw(b, rng, 1.0)


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


INITS: dict[str, Start] = {"scaled": scaled, "normal": normal, "wide": wide}
