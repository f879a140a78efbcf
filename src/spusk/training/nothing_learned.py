"""Whether a training ended no better than a constant answer, and the likely cause, by measurement.

Each cause is looked for where it can be seen: the reach of the output, the size of the inputs, the
slopes of each layer, the order of the set, how far the steps went, and where the cost was going.
The first that is found is said.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, Self

import numpy as np

from spusk.data import Sample
from spusk.engines.blas_threads import limited
from spusk.i18n import say
from spusk.nn.losses import LOSSES
from spusk.nn.network import Network
from spusk.training.evaluate import evaluate
from spusk.training.events import Event, NothingLearnedWarning, TrainingOutcome
from spusk.training.health import (
    SMALL,
    Saturation,
    constant_cost,
    row_squares,
    steepness,
    total_square,
)
from spusk.training.plan import Plan

NO_BETTER = 0.97  # of a constant answer's cost: less than this is learned, or learned by heart
RARE = 0.9  # the share of a class from which on a constant answer is hard to beat
BETTER = 0.25  # of the way from the largest class to all right: such a network has learned
LARGE, TINY = 10.0, 0.1  # inputs beyond the first, or within the second, are of no healthy size
FLAT = 0.2  # of an activation's steepest slope; healthy layers have 0.7 and more
MOVED = 0.1  # of ‖θ‖, in all steps together: too little to learn anything
FEW = 3  # epochs: of fewer nobody can say where they were going
FALLING = 0.99  # of the cost a fifth of the epochs ago: it has not come to rest
FAR = 50.0  # an activation's ends are taken from z = ±FAR
REMEDIES = {  # how what helps is asked for, by the place where it is said
    "shell": {
        "by_output": " (--output identity)", "by_scaling": " (--scaling auto)",
        "by_rate": " (--rate)", "by_init": " (--init wide)",
    },
    "python": {
        "by_output": ' (output="identity")', "by_scaling": ' (scaling="auto")',
        "by_rate": " (rate=…)", "by_init": ' (init="wide")',
    },
    "page": dict.fromkeys(("by_output", "by_scaling", "by_rate", "by_init"), ""),
}  # fmt: skip

Costs = Sequence[float]


class Cause(NamedTuple):
    """Why nothing was learned.

    Attributes:
        key: of the sentence that says it, `training.nothing_…`.
        numbers: what was measured.
        rate: the rate to try instead, where that is the remedy.
        longer: whether more epochs may help.
        place: where it is said, which decides how a remedy is spelled.
    """

    key: str
    numbers: Mapping[str, float | str]
    rate: float | None = None
    longer: bool = False
    place: Literal["shell", "python", "page"] = "python"

    def said_in(self, place: Literal["shell", "python", "page"]) -> Self:
        """The same, its remedy spelled as one of such a place needs it.

        Args:
            place: "shell", "python" or "page".

        Returns:
            The cause.
        """
        return self._replace(place=place)

    def sentence(self, lang: str | None = None) -> str:
        """What it means, with its numbers and a remedy.

        Args:
            lang: "en" or "ru".

        Returns:
            The sentence.
        """
        return say(f"training.nothing_{self.key}", lang, **self.numbers, **REMEDIES[self.place])


def no_better(event: Event, net: Network, V: Sample, stop: Callable[[], bool] = bool) -> bool:
    """Whether a network ends where a constant answer is as good.

    A run that learned pays for a comparison alone, the others for one way forward.

    Args:
        event: the last one; its mean cost over the epoch is that of the network before each step.
        net: the network.
        V: the training sample.
        stop: asked between two lots of examples; True cuts the look short.

    Returns:
        Whether its cost is NO_BETTER of a constant answer's or more, and few classes are right;
        all of it by the weights of V, where it has some.
    """
    best = constant_cost(net, V)
    if event.cost < NO_BETTER * best or best < SMALL:
        return False
    score = evaluate(net, V, stop, weighted=True)
    if score is None or score.cost < NO_BETTER * best:
        return False
    _, largest = largest_class(V)
    return score.accuracy is None or score.accuracy < largest + BETTER * (1 - largest)


def learned_nothing(event: Event, net: Network, V: Sample, stop: Callable[[], bool] = bool) -> bool:
    """Whether that is a fault: where one class is nearly all of V, a constant is hard to beat."""
    _, largest = largest_class(V)
    return largest < RARE and no_better(event, net, V, stop)


def largest_class(V: Sample) -> tuple[int, float]:
    """The class that counts most, and its share; 0 and 0 where there are none."""
    if V.labels is None:
        return 0, 0.0
    counts = np.bincount(V.labels, V.scaled_weights)
    return int(counts.argmax()), float(counts.max()) / len(V)


def likely_cause(net: Network, V: Sample, plan: Plan, last: Event, costs: Costs) -> Cause:
    """Why a network that was trained has learned nothing, by what can be measured now.

    Args:
        net: the network, at its end.
        V: the training sample.
        plan: by which it was trained.
        last: the last event.
        costs: of each epoch.

    Returns:
        The first cause that is found.
    """
    found = Measured(net, V, plan, last, costs)
    looks = (found.reach, found.inputs, found.slopes, found.order, found.moved, found.falling,
             found.few, found.rate)  # fmt: skip
    return next((cause for look in looks if (cause := look())), Cause("plateau", {}, longer=True))


def root_cause(net: Network, V: Sample, plan: Plan, last: Event, costs: Costs) -> Cause | None:
    """What made a training fail besides its rate: targets out of reach, inputs of no healthy size.

    Args:
        net: the network, at its end.
        V: the training sample.
        plan: by which it was trained.
        last: the last event.
        costs: of each epoch.

    Returns:
        The cause, or None where it may well be the rate.
    """
    found = Measured(net, V, plan, last, costs)
    return found.reach() or found.inputs()


def with_warning(events: Iterator[Event], net: Network, V: Sample, plan: Plan) -> Iterator[Event]:
    """The events of a training in Python.

    A NothingLearnedWarning names inputs or targets that kept it from learning anything.
    """
    costs = []
    for event in events:
        if event.ends_epoch:
            costs.append(event.cost)
        if event.outcome is not None and event.outcome is not TrainingOutcome.FINISHED:
            why = root_cause(net, V, plan, event, costs)
            if why is not None:
                warnings.warn(NothingLearnedWarning.keyed("training.warned", why=why), stacklevel=3)
        yield event


class Measured:
    """A network on a few examples: inputs, targets, slopes and gradients; a look for each cause."""

    def __init__(self, net: Network, V: Sample, plan: Plan, last: Event, costs: Costs) -> None:
        self.net, self.V, self.plan, self.last, self.costs = net, V, plan, last, costs
        self.saturation = Saturation(V, plan, net)
        count = len(self.saturation.index)
        self.sizes, self.low, self.high = 0.0, np.inf, -np.inf
        steep, errors, squares = np.zeros(len(net.layers)), 1e-60, 0.0
        with limited(6.0 * net.Q * count), np.errstate(over="ignore", invalid="ignore"):
            for (_, y, _), trace in self.saturation.probes():
                self.sizes = max(self.sizes, float(np.abs(trace.a[0]).max()))
                self.low, self.high = min(self.low, float(y.min())), max(self.high, float(y.max()))
                steep += steepness(net, trace, y)
                errors += total_square(trace.a[-1] - y)
                squares += sum(
                    float(np.sum((1 + row_squares(below)) * row_squares(d)))
                    for below, d in zip(trace.a, trace.delta, strict=False)
                )
        among = count * np.array(net.sizes[1:], np.float64)
        among[-1] = errors
        with np.errstate(invalid="ignore"):  # of a network that diverged both may be infinite
            self.steep = np.sqrt(steep / among)
        self.square = squares / count

    def reach(self) -> Cause | None:
        """Targets that the output cannot give."""
        low, high = ends(self.net, -1)
        if self.V.labels is not None or (self.low >= low and self.high <= high):
            return None
        numbers: dict[str, float | str] = {"low": self.low, "high": self.high, "least": low}
        return Cause("reach", numbers | {"most": high, "output": self.net.output})

    def inputs(self) -> Cause | None:
        """Inputs far larger, or far smaller, than 1, that nobody has scaled."""
        preparation = self.net.preparation
        scaled = preparation is not None and preparation.scaling in ("standardise", "minmax")
        if scaled or TINY <= self.sizes <= LARGE:
            return None
        return Cause("large" if self.sizes > LARGE else "small", {"size": self.sizes})

    def slopes(self) -> Cause | None:
        """A layer whose neurons have no slope left."""
        count = len(self.steep) - bool(LOSSES[self.net.error].cancels)
        for number in range(count):
            slope, full = float(self.steep[number]), steepest(self.net, number)
            if slope < FLAT * full:
                rate = smaller(self.plan, self.last)
                numbers = {"layer": number + 1, "slope": slope, "full": full, "rate": rate}
                return Cause("flat", numbers, rate)
        return None

    def order(self) -> Cause | None:
        """A set that comes class by class."""
        return Cause("sorted", {}) if self.V.sorted_by_class else None

    def moved(self) -> Cause | None:
        """Steps too few, or too small, to get anywhere."""
        epochs = self.last.epoch
        far = self.saturation.reach(self.square, epochs) * epochs
        share = far / (float(np.linalg.norm(self.net.theta)) or 1.0)
        if share >= MOVED:
            return None
        numbers = {"steps": epochs * self.plan.steps(self.V), "share": share}
        return Cause("slow", numbers, longer=True)

    def falling(self) -> Cause | None:
        """A cost that has not come to rest."""
        costs = self.costs
        before = costs[-1 - max(1, len(costs) // 5)] if len(costs) > 1 else None
        if before is None or not costs[-1] < FALLING * before:
            return None
        return Cause("falling", {"before": before, "cost": costs[-1]}, longer=True)

    def few(self) -> Cause | None:
        """Too few epochs to see where the cost is going."""
        if self.last.epoch >= FEW:
            return None
        steps = self.last.epoch * self.plan.steps(self.V)
        return Cause("few", {"steps": steps}, longer=True)

    def rate(self) -> Cause | None:
        """A cost above a constant answer's, which no longer falls: steps too large to settle."""
        best, cost = constant_cost(self.net, self.V), self.last.cost
        if not cost > best / NO_BETTER:
            return None
        rate = smaller(self.plan, self.last)
        return Cause("rate", {"cost": cost, "constant": best, "rate": rate}, rate)


def smaller(plan: Plan, last: Event) -> float:
    """A smaller rate than that of the last step."""
    return min(last.rate_of(plan.rate) / 10, 3.0)


def ends(net: Network, layer: int) -> tuple[float, float]:
    """Between which numbers a layer's activation answers."""
    sigma = net.sigmas[layer]
    found = sigma.value(np.array([[-FAR, FAR]]))
    low, high = float(found.min()), float(found.max())
    return (-np.inf if low <= -FAR / 2 else low), (np.inf if high >= FAR / 2 else high)


def steepest(net: Network, layer: int) -> float:
    """An activation's steepest slope."""
    sigma, z = net.sigmas[layer], np.linspace(-4, 4, 81)[None]
    return float(np.abs(sigma.slope(z, sigma.value(z))).max())
