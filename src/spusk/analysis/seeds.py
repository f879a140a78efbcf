"""The same training from several seeds: how much of its score is luck."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import isfinite, nan
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from spusk.analysis.metrics import r_squared
from spusk.data import Sample
from spusk.errors import InputError
from spusk.nn.network import Network
from spusk.training import Training, TrainingOutcome, train
from spusk.training.plan import in_parts, sample_of, whole


class Spread(NamedTuple):
    """The middle of some scores and how far they lie apart.

    Attributes:
        scored: how many scores are numbers.
        median: of these; nan where there are none.
        low: the least.
        high: the greatest.
    """

    scored: int
    median: float
    low: float
    high: float


def spread(scores: Iterable[float]) -> Spread:
    """Median and range of the scores that are numbers."""
    known = [score for score in scores if isfinite(score)]
    return Spread(len(known), median(known), min(known), max(known)) if known else NO_SCORE


NO_SCORE = Spread(0, nan, nan, nan)


def measure(V: Sample) -> str:
    """What a network is scored by: "accuracy" of classes, "r2" of targets."""
    return "r2" if V.labels is None else "accuracy"


def score(net: Network, V: Sample, outcome: TrainingOutcome | None) -> float:
    """The accuracy on a set, or R² of its targets; nan of a training that went wrong."""
    if outcome is not None and outcome.failed:
        return nan
    if V.labels is not None:
        return net.accuracy(V)
    assert V.y is not None
    return r_squared(net.answer(V), V.y)


@dataclass(frozen=True, repr=False)
class SeedTrainings:
    """The same training from several seeds.

    Attributes:
        seeds: of the starts and the shuffles.
        trainings: one for each.
        scores: of each, on the test set, without one on the validation part, else on V; nan where
            it went wrong.
        measure: what the scores are: "accuracy" (0…1), or "r2" for targets.
        validated: the same on the validation part; () where there is none.
    """

    seeds: tuple[int, ...]
    trainings: tuple[Training, ...] = field(compare=False)
    scores: tuple[float, ...]
    measure: str
    validated: tuple[float, ...] = ()

    @property
    def spread(self) -> Spread:
        """Median and range of the scores that are numbers."""
        return spread(self.scores)

    @property
    def median(self) -> float:
        """The middle score; nan where every training went wrong."""
        return self.spread.median

    @property
    def range(self) -> tuple[float, float]:
        """The least score and the greatest."""
        return self.spread.low, self.spread.high

    @property
    def best(self) -> Training:
        """The training that did best on the validation part.

        Where there is none it is chosen by its score, which then promises too much.
        """
        ranks = [score if isfinite(score) else -np.inf for score in self.validated or self.scores]
        return self.trainings[int(np.argmax(ranks))]

    @property
    def failed(self) -> tuple[int, ...]:
        """The seeds whose training went wrong or learned nothing."""
        wrong = TrainingOutcome.LEARNED_NOTHING
        return tuple(
            seed for seed, one in zip(self.seeds, self.trainings, strict=True)
            if one.outcome.failed or one.outcome is wrong
        )  # fmt: skip

    def __repr__(self) -> str:
        low, high = self.range
        failed = f", {len(self.failed)} failed" if self.failed else ""
        return (
            f"SeedTrainings({len(self.seeds)} seeds: median {self.measure} {self.median:.4g}, "
            f"range {low:.4g}…{high:.4g}{failed})"
        )


def train_seeds(
    make: Callable[[int], Network],
    V: Sample | ArrayLike,
    y: ArrayLike | None = None,
    *,
    seeds: int | Sequence[int] = 5,
    **more: Any,  # noqa: ANN401 - as `train` takes it
) -> SeedTrainings:
    """Trains the same network from several seeds, one after another: how much of it is luck.

    A seed is that of the start, as `make` uses it, and of the shuffles; the sets stay the same.

    Args:
        make: seed → the network at its start: `lambda seed: Network([784, 30, 10], seed)`.
        V: the training sample; or inputs X (K, n), with their answers in `y`.
        y: answers to X, as in `train`.
        seeds: how many, from 0 up; or which.
        **more: what `train` takes besides: rate, rule, batch, epochs, test, keep, …

    Returns:
        The trainings, their scores, and the median and the range of these.

    Raises:
        InputError: seeds that are no number from 1 up and no different seeds from 0 up; a `make`
            that makes no network, or the same one twice; and as `train`.
        RateError: as `train`.
        DataError: as `train`.
        NetworkError: as `train`.
        EngineError: as `train`.
    """
    chosen = each_seed(seeds)
    trainings: list[Training] = []
    for seed in chosen:
        net = made(make, seed)
        if any(net is one.net for one in trainings):
            raise InputError.keyed("training.made_again", seed=seed)
        V, y = sample_of(V, y, net), None
        trainings.append(train(net, V, seed=seed, **more))
    assert isinstance(V, Sample)
    sets = in_parts(V, more.get("validation"), more.get("test"))
    part = next(each for each in (sets.test, sets.validation, V) if each is not None)
    scores, validated = (
        tuple(score(one.net, each, one.outcome) for one in trainings) if each is not None else ()
        for each in (part, sets.validation)
    )
    return SeedTrainings(chosen, tuple(trainings), scores, measure(part), validated)


def made(make: Callable[[int], Network], seed: int) -> Network:
    """The network of a seed. Raises InputError where it makes none."""
    function = callable(make) and not isinstance(make, Network)  # a network can be called as well
    net = make(seed) if function else make
    if function and isinstance(net, Network):
        return net
    raise InputError.keyed("training.make", found=type(net).__name__)


def each_seed(seeds: int | Sequence[int]) -> tuple[int, ...]:
    """The seeds that are meant. Raises InputError."""
    chosen = range(seeds) if isinstance(seeds, int) and whole(seeds) else seeds
    if isinstance(chosen, Sequence | np.ndarray) and not isinstance(chosen, str):
        several = tuple(chosen)
        fits = all(isinstance(seed, int | np.integer) and seed >= 0 for seed in several)
        if several and fits and len(set(several)) == len(several):
            return tuple(int(seed) for seed in several)
    raise InputError.keyed("training.seeds", found=seeds)
