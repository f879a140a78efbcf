"""Two measurements that answer the lecture's two questions: why stochastic, why back-propagation.

`work_curves` sets the cost against the work done, for full batch and mini-batches (rows L6, L11);
`gradient_times` sets back-propagation beside finite differences, which need a forward pass for
every one of the Q + P numbers (row L12).
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from time import perf_counter
from typing import Literal, NamedTuple

import numpy as np

from spusk import engines
from spusk.data import Data, Sample
from spusk.nn.arrays import Floats
from spusk.nn.network import Network
from spusk.optim import Schedule
from spusk.training import Plan, order


class WorkCurve(NamedTuple):
    """The cost C over all of V by the work done, for one batch size and its rate.

    Attributes:
        batch: examples per step.
        rate: the learning rate η.
        seen: examples processed at each point of the curve, (points,).
        cost: C there, (points,).
    """

    batch: int
    rate: float | Schedule
    seen: list[int]
    cost: list[float]


class GradientTime(NamedTuple):
    """What one full gradient costs in two ways, and how far the two differ.

    Attributes:
        sizes: neurons per layer.
        passes: forward passes that finite differences need, Q + P.
        differences: seconds by finite differences.
        backprop: seconds by back-propagation, a median of five.
        disagreement: ‖difference of the two gradients‖ / ‖∇C‖.
    """

    sizes: tuple[int, ...]
    passes: int  # Q + P
    differences: float
    backprop: float
    disagreement: float


def work_curves(
    net: Network,
    V: Sample,
    batches: Sequence[int | Literal["all"]] = ("all", 1000, 100, 10),
    rates: Sequence[float] = (0.3, 1.0, 3.0, 10.0),
    passes: int = 20,
    seed: int = 0,
) -> Iterator[WorkCurve]:
    """Cost against work for several batch sizes, each at the best of the rates.

    Args:
        net: the start; it stays as it is.
        V: the training sample.
        batches: examples per step, or "all".
        rates: learning rates η to try; nobody is held back by another's.
        passes: how often each example is processed.
        seed: of the order of the examples.

    Yields:
        For each batch size the curve that ends lowest.

    Raises:
        InputError: batch, rates or passes that make no training.
        NetworkError: the net does not fit V.

    Source: lecture, rows L6 and L11.
    """
    for batch in batches:
        curves = [work_curve(net, V, Plan(rate, batch, passes, seed)) for rate in rates]
        yield min(curves, key=lambda curve: curve.cost[-1])


def work_curve(net: Network, V: Sample, plan: Plan, points: int = 24) -> WorkCurve:
    """Trains a copy of the network and measures C at about `points` log-spaced amounts of work."""
    net = net.copy()
    size = plan.size(plan.checked(net, Data(V, None, V.name)).train)
    session = engines.engine("auto", net, plan.rule).open(net, V, size, rule=plan.rule)
    steps = plan.steps(V)
    marks = set(np.geomspace(1, plan.epochs * steps, points).round().astype(int).tolist())
    curve = WorkCurve(size, plan.rate, [0], [net.cost(V)])
    for epoch in range(plan.epochs):
        rows = order(len(V), plan.seed, epoch)
        done = 0
        for mark in sorted(m - epoch * steps for m in marks if 0 < m - epoch * steps <= steps):
            session.steps(rows, done, mark, plan.rates(epoch * steps + done, epoch * steps + mark))
            done = mark
            curve.seen.append(epoch * len(V) + min(mark * size, len(V)))
            curve.cost.append(net.cost(V))
        session.steps(rows, done, steps, plan.rates(epoch * steps + done, (epoch + 1) * steps))
    return curve


def gradient_times(
    V: Sample, shapes: Sequence[Sequence[int]], seed: int = 0
) -> Iterator[GradientTime]:
    """Times both ways to ∇C: finite differences, with Q + P forward passes, and back-propagation.

    Args:
        V: the training sample.
        shapes: layer sizes of the networks to time.
        seed: of their random starts.

    Yields:
        The times of one network after the other, in float64 so that differences mean something.

    Raises:
        NetworkError: sizes that make no network, or do not fit V.

    Source: lecture, row L12.
    """
    for sizes in shapes:
        net = Network(sizes, seed, dtype=np.float64)
        fast, slow = net.gradients(V).theta, differences(net, V)
        gap = float(np.linalg.norm(slow - fast) / np.linalg.norm(fast))
        passes = seconds(partial(differences, net, V), 1)
        yield GradientTime(net.sizes, len(slow), passes, seconds(partial(net.gradients, V), 5), gap)


def seconds(work: Callable[[], object], times: int) -> float:
    """The median time of the work."""
    took = []
    for _ in range(times):
        began = perf_counter()
        work()
        took.append(perf_counter() - began)
    return float(np.median(took))


def differences(net: Network, V: Sample, h: float = 1e-5) -> Floats:
    """∂C/∂θᵢ ≈ (C(θ + h eᵢ) − C(θ)) / h: one more forward pass for each of the Q + P numbers."""
    probe, here = net.copy(), net.cost(V)
    slopes = np.empty_like(probe.theta)
    for i in range(len(slopes)):
        kept = probe.theta[i]
        probe.theta[i] = kept + h
        slopes[i] = (probe.cost(V) - here) / h
        probe.theta[i] = kept
    return slopes
