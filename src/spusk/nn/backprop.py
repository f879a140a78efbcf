"""The lecture's formulas, to the letter: forward, cost, back-propagation (rows L9 and L12).

Pure functions over NumPy arrays; rows of a batch are examples. Everything faster is tested
against this room, and this room is tested against finite differences and another's automatic
differentiation.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from spusk.nn.activations import Activation
from spusk.nn.arrays import Floats, Layer
from spusk.nn.losses import Loss


class Propagation(NamedTuple):
    """A batch forward and back: z⁽ˡ⁾ (None where no slope needs it), a⁽⁰⁾…a⁽ᴸ⁾, δ⁽¹⁾…δ⁽ᴸ⁾."""

    z: list[Floats | None]
    a: list[Floats]
    delta: list[Floats]


def forward(
    layers: Sequence[Layer], sigmas: Sequence[Activation], x: Floats
) -> tuple[list[Floats | None], list[Floats]]:
    """All weighted inputs and activations a⁽⁰⁾ = x, a⁽¹⁾, …, a⁽ᴸ⁾ = α(x) of a batch (L9).

    z⁽ˡ⁾ is kept only where the slope of σ needs it, else None stands in its place.
    """
    z: list[Floats | None] = []
    a = [x]
    for (W, b), sigma in zip(layers, sigmas, strict=True):
        weighted = a[-1] @ W + b  # (B, n) @ (n, m) + (m,) -> (B, m)
        z.append(weighted if sigma.needs_z else None)
        a.append(sigma.value(weighted))
    return z, a


def backward(
    layers: Sequence[Layer],
    sigmas: Sequence[Activation],
    loss: Loss,
    z: Sequence[Floats | None],
    a: Sequence[Floats],
    y: Floats,
    w: Floats | None = None,
) -> list[Floats]:
    """The errors δ⁽¹⁾ … δ⁽ᴸ⁾ with δ⁽ˡ⁾ = ∂C_(x,y)/∂z⁽ˡ⁾ of each example (L12), times its weight.

    δ⁽ᴸ⁾ = w ∇ₐC ⊙ σ′(z⁽ᴸ⁾),  δ⁽ˡ⁾ = W⁽ˡ⁺¹⁾ δ⁽ˡ⁺¹⁾ ⊙ σ′(z⁽ˡ⁾);  w (B,), None: all are 1
    """
    delta = [loss.delta(z[-1], a[-1], y, sigmas[-1])]  # (B, m)
    if w is not None:
        delta[0] = delta[0] * w[:, None]  # (B, m) * (B, 1) -> (B, m)
    for l in range(len(layers) - 1, 0, -1):  # noqa: E741 - the lecture's letter
        slope = sigmas[l - 1].slope(z[l - 1], a[l])
        delta.insert(0, (delta[0] @ layers[l].W.T) * slope)  # (B, m) @ (m, n) -> (B, n)
    return delta


def mean_gradient(a: Sequence[Floats], delta: Sequence[Floats], into: Sequence[Layer]) -> None:
    """Writes ∇C = 1/|V| Σ ∇C_(x,y) of a batch into `into` (L10)."""
    count = len(a[0])
    for below, d, layer in zip(a, delta, into, strict=False):
        np.matmul(below.T, d / count, out=layer.W)  # (n, B) @ (B, m) -> (n, m)
        np.mean(d, axis=0, out=layer.b)  # (B, m) -> (m,)


def each_gradient(a: Sequence[Floats], delta: Sequence[Floats]) -> list[Layer]:
    """∇C_(x,y) of every example of a batch: W of shape (B, n, m) and b of shape (B, m) (L10)."""
    return [
        Layer(below[:, :, None] * d[:, None, :], d)  # (B, n, 1) * (B, 1, m) -> (B, n, m)
        for below, d in zip(a, delta, strict=False)
    ]
