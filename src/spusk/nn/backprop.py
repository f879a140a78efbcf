"""The lecture's formulas, to the letter: forward, cost, back-propagation (rows L9 and L12).

Pure functions over NumPy arrays; rows of a batch are precedents. Everything faster is tested
against this room, and this room is tested against finite differences and another's automatic
differentiation.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


class Layer(NamedTuple):
    """One layer: W of shape (n, m) and b of shape (m,)."""

    W: Floats
    b: Floats


class Activation(NamedTuple):
    """σ(z) and its slope σ′ written by the output a = σ(z), element by element."""

    value: Callable[[Floats], Floats]  # z (B, m) -> a (B, m)
    slope: Callable[[Floats], Floats]  # a (B, m) -> σ′(z) (B, m)


class Cost(NamedTuple):
    """C_(x,y) for each precedent, and δ = ∂C/∂z at the last layer."""

    value: Callable[[Floats, Floats], Floats]  # a, y (B, m) -> (B,)
    delta: Callable[[Floats, Floats, Activation], Floats]  # a, y (B, m) -> (B, m)


def sigmoid(z: Floats) -> Floats:
    """σ(z) = 1/(1 + e⁻ᶻ) = (1 + tanh(z/2))/2: this form never overflows."""
    a: Floats = 0.5 * (1 + np.tanh(0.5 * z))
    return a


def cross_entropy(a: Floats, y: Floats) -> Floats:
    """C = −Σ (y ln a + (1−y) ln(1−a)), with 0·ln 0 = 0; (B, m) -> (B,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        hit = np.where(y == 0, 0, y * np.log(a))
        miss = np.where(y == 1, 0, (1 - y) * np.log1p(-a))
    cost: Floats = -np.sum(hit + miss, axis=1)
    return cost


ACTIVATIONS = {
    "sigmoid": Activation(sigmoid, lambda a: a * (1 - a)),
    "tanh": Activation(np.tanh, lambda a: 1 - a * a),
    "relu": Activation(lambda z: np.maximum(z, 0), lambda a: (a > 0).astype(a.dtype)),
    "identity": Activation(lambda z: z, np.ones_like),
}
COSTS = {
    "squared": Cost(
        lambda a, y: np.sum((a - y) ** 2, axis=1) / 2,
        lambda a, y, sigma: (a - y) * sigma.slope(a),
    ),
    # over sigmoid outputs σ′ cancels: δ = a − y (Nielsen, chapter 3)
    "cross-entropy": Cost(cross_entropy, lambda a, y, sigma: a - y),
}


def forward(layers: Sequence[Layer], sigmas: Sequence[Activation], x: Floats) -> list[Floats]:
    """All activations a⁽⁰⁾ = x, a⁽¹⁾, …, a⁽ᴸ⁾ = α(x) of a batch (L9)."""
    a = [x]
    for (W, b), sigma in zip(layers, sigmas, strict=True):
        z = a[-1] @ W + b  # (B, n) @ (n, m) + (m,) -> (B, m)
        a.append(sigma.value(z))
    return a


def backward(
    layers: Sequence[Layer],
    sigmas: Sequence[Activation],
    cost: Cost,
    a: Sequence[Floats],
    y: Floats,
) -> list[Floats]:
    """The errors δ⁽¹⁾ … δ⁽ᴸ⁾ with δ⁽ˡ⁾ = ∂C_(x,y)/∂z⁽ˡ⁾ of each precedent (L12).

    δ⁽ᴸ⁾ = ∇ₐC ⊙ σ′(z⁽ᴸ⁾),  δ⁽ˡ⁾ = W⁽ˡ⁺¹⁾ δ⁽ˡ⁺¹⁾ ⊙ σ′(z⁽ˡ⁾)
    """
    delta = [cost.delta(a[-1], y, sigmas[-1])]  # (B, m)
    for (W, _), sigma, below in zip(layers[:0:-1], sigmas[-2::-1], a[-2:0:-1], strict=True):
        delta.insert(0, (delta[0] @ W.T) * sigma.slope(below))  # (B, m) @ (m, n) -> (B, n)
    return delta


def mean_gradient(a: Sequence[Floats], delta: Sequence[Floats], into: Sequence[Layer]) -> None:
    """Writes ∇C = 1/|V| Σ ∇C_(x,y) of a batch into `into` (L10)."""
    count = len(a[0])
    for below, d, layer in zip(a, delta, into, strict=False):
        np.matmul(below.T, d / count, out=layer.W)  # (n, B) @ (B, m) -> (n, m)
        np.mean(d, axis=0, out=layer.b)  # (B, m) -> (m,)


def each_gradient(a: Sequence[Floats], delta: Sequence[Floats]) -> list[Layer]:
    """∇C_(x,y) of every precedent of a batch: W of shape (B, n, m) and b of shape (B, m) (L10)."""
    return [
        Layer(below[:, :, None] * d[:, None, :], d)  # (B, n, 1) * (B, 1, m) -> (B, n, m)
        for below, d in zip(a, delta, strict=False)
    ]
