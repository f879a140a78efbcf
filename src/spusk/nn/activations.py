"""Activations: each function σ beside its slope σ′; a new one is one line of the table."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from spusk.nn.arrays import Floats


class Activation(NamedTuple):
    """σ(z) and its slope σ′(z), element by element.

    Most slopes are written by the output a = σ(z) alone; where one needs the weighted input,
    `needs_z` keeps it from the way forward to the way back.
    """

    value: Callable[[Floats], Floats]  # z (B, m) -> a (B, m)
    slope: Callable[[Floats | None, Floats], Floats]  # z or None, a (B, m) -> σ′(z) (B, m)
    needs_z: bool = False


def sigmoid(z: Floats) -> Floats:
    """σ(z) = 1/(1 + e⁻ᶻ) = (1 + tanh(z/2))/2: this form never overflows."""
    a: Floats = 0.5 * (1 + np.tanh(0.5 * z))
    return a


ACTIVATIONS = {
    "sigmoid": Activation(sigmoid, lambda z, a: a * (1 - a)),
    "tanh": Activation(np.tanh, lambda z, a: 1 - a * a),
    "relu": Activation(lambda z: np.maximum(z, 0), lambda z, a: (a > 0).astype(a.dtype)),
    "identity": Activation(lambda z: z, lambda z, a: np.ones_like(a)),
}
