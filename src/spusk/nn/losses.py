"""Losses: the cost of one example beside its error δ; a new one is one line of the table."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from spusk.nn.activations import Activation
from spusk.nn.arrays import Floats

SMALLEST = np.float32(2.0**-126)

Delta = Callable[[Floats | None, Floats, Floats, Activation], Floats]


class Loss(NamedTuple):
    """C_(x,y) of each example, δ = ∂C/∂z at the last layer, and the cost of a constant answer.

    `cancels`: the activations of the last layer whose slope cancels in δ; the loss goes with these
    only. None named: δ carries the slope, and any output will do.
    """

    value: Callable[[Floats, Floats], Floats]  # a, y (B, m) -> (B,)
    delta: Delta  # z or None, a, y (B, m), the last σ -> (B, m)
    constant: Callable[[Floats, Floats], float]  # mean, variance of y (m,) -> least cost
    cancels: tuple[str, ...] = ()


def cross_entropy(a: Floats, y: Floats) -> Floats:
    """C = −Σ (y ln a + (1−y) ln(1−a)), with 0·ln 0 = 0; (B, m) -> (B,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        hit = np.where(y == 0, 0, y * np.log(a))
        miss = np.where(y == 1, 0, (1 - y) * np.log1p(-a))
    cost: Floats = -np.sum(hit + miss, axis=1)
    return cost


def categorical(a: Floats, y: Floats) -> Floats:
    """C = −Σ y ln a, with 0·ln 0 = 0; (B, m) -> (B,).

    An output that is 0 after rounding is not impossible: it counts as float32's smallest usual
    number, so that the cost stays finite.
    """
    cost: Floats = -np.sum(y * np.log(np.maximum(a, SMALLEST)), axis=1)
    return cost


def entropy(mean: Floats) -> float:
    """The cross-entropy of the constant answer ȳ: −Σ (ȳ ln ȳ + (1−ȳ) ln(1−ȳ)); (m,) -> ()."""
    inner = np.clip(mean, 1e-12, 1 - 1e-12)
    return -float(np.sum(mean * np.log(inner) + (1 - mean) * np.log1p(-inner)))


def information(mean: Floats) -> float:
    """The same where the outputs are one choice: −Σ ȳ ln ȳ; (m,) -> ()."""
    return -float(np.sum(mean * np.log(np.clip(mean, 1e-12, 1))))


def total(loss: Loss, a: Floats, y: Floats, w: Floats | None = None) -> float:
    """Σ w C_(x,y) of a batch, in float64; w (B,), None: all are 1."""
    each = loss.value(a, y)  # (B, m), (B, m) -> (B,)
    return float(np.sum(each if w is None else w * each, dtype=np.float64))


LOSSES = {
    "squared": Loss(
        lambda a, y: np.sum((a - y) ** 2, axis=1) / 2,
        lambda z, a, y, sigma: sigma.back(z, a, a - y),
        lambda mean, variance: float(np.sum(variance)) / 2,
    ),
    # over sigmoid outputs σ′ cancels: δ = a − y (Nielsen, chapter 3)
    "cross-entropy": Loss(
        cross_entropy,
        lambda z, a, y, sigma: a - y,
        lambda mean, variance: entropy(mean),
        cancels=("sigmoid",),
    ),
    # over a softmax δ = a·Σy − y, which is a − y for a y that sums to 1 (Bishop 2006, 4.3.4)
    "categorical-cross-entropy": Loss(
        categorical,
        lambda z, a, y, sigma: a * np.sum(y, axis=1, keepdims=True) - y,
        lambda mean, variance: information(mean),
        cancels=("softmax",),
    ),
}
