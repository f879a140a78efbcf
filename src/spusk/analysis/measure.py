"""Numbers about a network that descent itself does not need: how noisy its gradient is.

Further measures (sharpness, rate-range test, landscape slices) join here.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spusk.analysis.metrics import confusion_counts
from spusk.data import Sample
from spusk.errors import InputError
from spusk.nn.network import Network


class GradientNoise(NamedTuple):
    """How far the gradients of single examples lie from their mean.

    Attributes:
        norm: ‖∇C‖ of the whole set.
        spread: √(1/K Σ ‖∇C_(x,y) − ∇C‖²).
        scale: spread²/norm², about the batch size at which noise and signal are equal.

    Source: lecture, row L10; McCandlish and others 2018 for the scale.
    """

    norm: float
    spread: float
    scale: float


def gradient_noise(net: Network, V: Sample) -> GradientNoise:
    """The spread of the gradients of single examples, without ever holding K of them.

    An example's gradient of W is the outer product a δᵀ with norm ‖a‖·‖δ‖, so Σ‖∇C_(x,y)‖² needs
    activations and errors only; the spread is √(E‖∇C_(x,y)‖² − ‖∇C‖²).

    Args:
        net: the network, at whose weights it is measured.
        V: the training sample, K examples.

    Returns:
        Norm, spread and scale of the noise.

    Raises:
        NetworkError: the net does not fit V.

    Source: lecture, row L10.
    """
    squares = 0.0
    for lot in net.chunks(V):
        _, a, delta = net.propagate(*lot)
        for below, d in zip(a, delta, strict=False):
            size = np.sum(d * d, axis=1, dtype=np.float64)  # ‖δ‖² (B,)
            squares += float(np.sum((1 + np.sum(below * below, axis=1)) * size))
    norm2 = float(np.sum(np.square(net.gradients(V).theta, dtype=np.float64)))
    spread2 = max(squares / len(V) - norm2, 0.0)
    scale = spread2 / norm2 if norm2 else float("inf")
    return GradientNoise(norm2**0.5, spread2**0.5, scale)


def confusion(net: Network, V: Sample) -> NDArray[np.int64]:
    """How often each class was taken for each.

    Args:
        net: the network.
        V: a sample with labels.

    Returns:
        Counts (m, m): class i (row) answered as class j (column).

    Raises:
        InputError: V has no labels.
    """
    if V.labels is None:
        raise InputError.keyed("network.no_classes", name=V.name)
    return confusion_counts(V.labels, net.predict(V), V.classes)
