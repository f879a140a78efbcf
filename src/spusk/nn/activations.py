"""Activations: each function σ beside its slope σ′; a new one is one line of the table."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from spusk.nn.arrays import Floats


class Activation(NamedTuple):
    """σ(z) and its slope σ′(z), element by element.

    Most slopes are written by the output a = σ(z) alone; where one needs the weighted input,
    `needs_z` keeps it from the way forward to the way back. Outputs that are `coupled` lean on all
    z of their example: their slope is ∂aᵢ/∂zᵢ alone, and such a σ is for the last layer only.
    """

    value: Callable[[Floats], Floats]  # z (B, m) -> a (B, m)
    slope: Callable[[Floats | None, Floats], Floats]  # z or None, a (B, m) -> σ′(z) (B, m)
    needs_z: bool = False
    coupled: bool = False

    def back(self, z: Floats | None, a: Floats, g: Floats) -> Floats:
        """∂C/∂z from g = ∂C/∂a, all (B, m): g ⊙ σ′(z), for a softmax a ⊙ (g − Σaⱼgⱼ)."""
        if self.coupled:
            shared: Floats = np.sum(a * g, axis=1, keepdims=True)
            return a * (g - shared)
        return g * self.slope(z, a)


def sigmoid(z: Floats) -> Floats:
    """σ(z) = 1/(1 + e⁻ᶻ) = (1 + tanh(z/2))/2: this form never overflows."""
    a: Floats = 0.5 * (1 + np.tanh(0.5 * z))
    return a


def softmax(z: Floats) -> Floats:
    """aᵢ = e^zᵢ / Σⱼ e^zⱼ; less the largest z of a row, no exponential overflows."""
    with np.errstate(invalid="ignore"):  # ∞ − ∞: the cost will tell
        e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    a: Floats = e / np.sum(e, axis=-1, keepdims=True)
    return a


LEAK = 0.01  # Maas, Hannun and Ng 2013

ACTIVATIONS = {
    "sigmoid": Activation(sigmoid, lambda z, a: a * (1 - a)),
    "tanh": Activation(np.tanh, lambda z, a: 1 - a * a),
    "relu": Activation(lambda z: np.maximum(z, 0), lambda z, a: (a > 0).astype(a.dtype)),
    "leaky-relu": Activation(
        lambda z: np.where(z < 0, LEAK * z, z).astype(z.dtype),
        lambda z, a: np.where(a > 0, 1, LEAK).astype(a.dtype),
    ),
    "identity": Activation(lambda z: z, lambda z, a: np.ones_like(a)),
    "softmax": Activation(softmax, lambda z, a: a * (1 - a), coupled=True),
}
