"""Whether a training is still one: finite, bounded, and able to learn.

A cost that grows without bound is called divergence at an epoch's end: FAR times as large as it
was at the start, and as that of the best constant answer. It may rise on the way and come back
(of full-batch runs that ended well some had risen ten thousandfold), so only where no epoch is
left LOST times is enough.

A mean squared error under sigmoids is bounded, so a rate far too large shows no NaN: the neurons
saturate, σ′ ≈ 0, and descent stands still at the cost of a constant answer. Said only when three
things hold at once at an epoch's end, since each alone befalls healthy runs too:

1. the epoch's cost is no better than that of the best constant answer;
2. in some layer the slopes σ′ have collapsed: their root mean square on a fixed part of V is below
   SLOPE (a network still at its first plateau has healthy slopes);
3. an epoch's gradients could not move it: Ση·r(√(mean ‖∇C_(x,y)‖²)) < MOVE·‖θ‖, with the rates of
   its M steps, and r the reach of the rule: for plain descent the norm itself.

A run that learns pays for the first comparison only. A run that does not is looked at every
`period` epochs, a function of |V| and not of time, so that a resumed run ends where the
uninterrupted one does.
"""

from collections.abc import Callable, Iterator

import numpy as np

from spusk.data import Sample
from spusk.engines.blas_threads import limited
from spusk.nn.arrays import Floats, Lot
from spusk.nn.backprop import Propagation
from spusk.nn.losses import LOSSES, total
from spusk.nn.network import Network
from spusk.training.events import Event
from spusk.training.plan import Plan

FAR = 1e6  # times the start's cost: no run came back from there
LOST = 1e3  # times the start's cost: too much to end with
PROBE = 128  # examples looked at
NUMBERS = 200_000  # of one activation matrix in passing
ROWS = 8  # examples at a time, however wide the layer: weights pass through memory for each lot
SHARE = 800  # examples trained for one looked at: the check stays below 1 %
LEARNED = 0.9  # of a constant answer's cost; below it something was learned
SMALL = 1e-3  # a cost that is small enough to be no one's complaint
SLOPE = 1e-2  # σ's steepest slope is 0.25, at a first plateau 0.09
MOVE = 1e-3  # of ‖θ‖ in an epoch; runs that came back had moved by 5e-3


def finite(net: Network) -> bool:
    """Whether every weight and bias is a number: one pass, as Σθ² passes NaN and infinity on."""
    with limited(2.0 * net.theta.size), np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(net.theta @ net.theta)) or bool(np.isfinite(net.theta).all())


def diverged(event: Event, net: Network, V: Sample, last: bool) -> bool:
    """Whether the cost has grown out of all bounds at the end of an epoch, or of the `last` one."""
    bounds = event.cost / (LOST if last else FAR)
    return bounds > max(event.cursor.first, SMALL) and bounds > constant_cost(net, V)


class Saturation:
    """Says whether a network has stopped being able to learn V by a plan.

    `stop` is asked between two lots of examples: a look that is cut short says no.
    """

    def __init__(
        self, V: Sample, plan: Plan, net: Network, stop: Callable[[], bool] = bool
    ) -> None:
        self.V, self.plan, self.net, self.stop = V, plan, net, stop
        counted = np.arange(len(V)) if V.weights is None else np.flatnonzero(V.weights)
        count = min(PROBE, max(16, len(V) // 200), len(counted))
        self.period = -(-SHARE * count // len(V))
        self.index = counted[np.linspace(0, len(counted) - 1, count).astype(np.int64)]
        self.share = len(counted) / len(V)  # of the examples that count at all: others are not met
        self.bar: float | None = None

    def __call__(self, epoch: int, cost: float, last: bool = False) -> bool:
        """At the end of an epoch (from 1) whose mean cost was this."""
        if not (self.looks_at(epoch) or last):
            return False
        if self.bar is None:
            self.bar = max(LEARNED * constant_cost(self.net, self.V), SMALL)
        with np.errstate(over="ignore", invalid="ignore"):  # weights that large are no surprise
            if cost < self.bar:
                return False
            with limited(6.0 * self.net.Q * len(self.index)):
                return self.stands_still(self.bar, epoch)

    def looks_at(self, epoch: int) -> bool:
        """Whether this is an epoch whose end is looked at (the last one always is)."""
        return epoch == 1 or epoch % self.period == 0

    def stands_still(self, bar: float, epoch: int = 1) -> bool:
        """All three points, on the fixed examples: an epoch's cost is also that of its start."""
        net, count = self.net, len(self.index)
        cost, weight, squares = 0.0, 0.0, 0.0  # Σ w C, Σ w, Σ ‖w ∇C_(x,y)‖²
        steep = np.zeros(len(net.layers))  # Σσ′² of each layer
        errors = 1e-60  # Σ(a − y)² of the last layer
        for lot, trace in self.probes():
            if self.stop():
                return False
            a, delta, y = trace.a, trace.delta, lot.y
            cost += total(LOSSES[net.error], a[-1], y, lot.w)
            weight += len(y) if lot.w is None else float(lot.w.sum())
            squares += sum(
                float(np.sum((1 + row_squares(below)) * row_squares(d)))
                for below, d in zip(a, delta, strict=False)
            )
            steep += steepness(net, trace, y)
            errors += total_square(a[-1] - y)
            del lot, trace, a, delta, y  # before the next: two of them would be twice the memory
        still = self.reach(squares / count, epoch) < MOVE * np.linalg.norm(net.theta)
        return bool(not cost / weight < bar and still and self.collapsed(steep, errors))

    def reach(self, square: float, epoch: int) -> float:
        """How far the steps of an epoch could go by gradients of this mean ‖w ∇C_(x,y)‖² here."""
        norm = (square * self.share) ** 0.5
        steps = self.plan.steps(self.V)
        rates = self.plan.rates((epoch - 1) * steps, epoch * steps)
        return float(rates.sum()) * self.plan.rule.reach(norm, self.net.theta.size)

    def collapsed(self, steep: Floats, errors: float) -> bool:
        """Whether the slopes of some layer have; the last one's are weighted by its errors."""
        among = len(self.index) * np.array(self.net.sizes[1:], np.float64)
        among[-1] = errors
        if LOSSES[self.net.error].cancels:
            steep, among = steep[:-1], among[:-1]  # such a loss has no slope there
        return bool(np.any(np.sqrt(steep / among) < SLOPE))

    def probes(self) -> Iterator[tuple[Lot, Propagation]]:
        """The examples looked at, some at a time, and their way forward and back."""
        numbers = max(NUMBERS, ROWS * max(self.net.sizes))
        for lot in self.net.chunks(self.V, numbers, self.index):
            yield lot, self.net.propagate(*lot)


def steepness(net: Network, trace: Propagation, y: Floats) -> list[float]:
    """Σσ′² of each layer, over examples and neurons; in the last σ′ is weighted by a − y."""
    slopes = [
        sigma.slope(z, a) for sigma, z, a in zip(net.sigmas, trace.z, trace.a[1:], strict=True)
    ]
    slopes[-1] = (trace.a[-1] - y) * slopes[-1]
    return [total_square(slope) for slope in slopes]


def row_squares(values: Floats) -> Floats:
    """Σv² of each row."""
    return np.asarray(np.einsum("ij,ij->i", values, values))


def total_square(values: Floats) -> float:
    """Σv²."""
    return float(np.vdot(values, values))


def constant_cost(net: Network, V: Sample) -> float:
    """The cost of the best answer that is the same for every x: the mean of y, weighted as V is."""
    w = V.scaled_weights
    if V.labels is not None:
        mean = np.bincount(V.labels, w, minlength=V.classes) / len(V)  # of the one-hot rows
        variance = mean * (1 - mean)
    else:
        assert V.y is not None  # a set has labels or answers
        y = V.y if net.preparation is None else net.preparation.targets(V.y, np.float64)
        if w is None:
            mean = y.mean(axis=0, dtype=np.float64)
            variance = y.var(axis=0, dtype=np.float64)
        else:
            mean = w @ y / len(V)  # (K,) @ (K, m) -> (m,)
            variance = w @ np.square(y - mean) / len(V)
    return LOSSES[net.error].constant(mean, variance)
