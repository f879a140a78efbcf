"""A plan: what decides a training besides its network and set, each number looked at."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spusk import engines
from spusk.data import Data, Sample, prepare
from spusk.data.arrays import as_array
from spusk.data.labels import are_whole
from spusk.data.weights import ClassWeight
from spusk.engines.base import PLAIN
from spusk.errors import DataError, InputError, RateError
from spusk.nn.network import Network
from spusk.optim.rules import RULES, NamedRule, Rule, make
from spusk.optim.schedules import Rate, Schedule, Unsaved, checked
from spusk.training.best import KEEPS
from spusk.training.events import SortedSetWarning, UnsavedRateWarning

USUAL = 3.0  # the rate to try where one can't work: Nielsen's, for plain descent


@dataclass(frozen=True)
class Plan:
    """What decides a training besides its network and set.

    Args:
        rate: the learning rate η > 0, or a schedule; `rule` always goes at it.
        batch: examples in a sub-sample V_i, or "all".
        epochs: passes through V.
        seed: of the shuffles.
        rule: the step rule.
        keep: whose weights stay in the end: "last", or "best", of the best epoch on the validation
            part, where there is none on the test set.
        patience: epochs without a better one there after which it ends; None: all.

    Raises:
        RateError: a rate that is neither a positive number nor a schedule.
    """

    rate: float | Schedule
    batch: int | Literal["all"] = 10
    epochs: int = 10
    seed: int = 0
    rule: NamedRule = PLAIN
    keep: Literal["last", "best"] = "last"
    patience: int | None = None

    def __post_init__(self) -> None:
        rate = one_rate(self.rate)
        object.__setattr__(self, "rate", rate)
        object.__setattr__(self, "rule", self.rule.at(rate))

    def size(self, V: Sample) -> int:
        """How many examples a sub-sample V_i has.

        Args:
            V: the training sample.

        Returns:
            The number.
        """
        return len(V) if self.batch == "all" else min(self.batch, len(V))

    def steps(self, V: Sample) -> int:
        """How many sub-samples V_1 … V_M an epoch has; the last may be smaller.

        Args:
            V: the training sample.

        Returns:
            M.
        """
        return -(-len(V) // self.size(V))

    def rates(self, first: int, last: int) -> NDArray[np.float64]:
        """The rate of each of a row of steps, counted from 0 over the whole training.

        Args:
            first: of these steps.
            last: the one after them.

        Returns:
            η, (last − first,).
        """
        if isinstance(self.rate, Schedule):
            return np.array([self.rate(n) for n in range(first, last)], np.float64)
        return np.full(last - first, self.rate)

    def checked(self, net: Network, sets: Data) -> Data:
        """The sets, once every number of this plan has been looked at.

        Args:
            net: the network to train.
            sets: the training sample, and what is watched and tested.

        Returns:
            The sets themselves.

        Raises:
            InputError: a batch, epochs or patience that are no whole number from 1 up; a best epoch
                without a part to find it on.
            NetworkError: a set that does not fit the network.
            DataError: a number too large for the network's dtype, or weights that are all 0.
            RateError: a rate whose function was not kept, or is no positive number.
        """
        if self.batch != "all" and not whole(self.batch):
            raise InputError.keyed("training.batch", found=self.batch)
        if not whole(self.epochs):
            raise InputError.keyed("training.epochs", found=self.epochs)
        if self.keep not in KEEPS:
            raise InputError.keyed("training.keep", found=self.keep)
        if self.patience is not None and not whole(self.patience):
            raise InputError.keyed("training.patience", found=self.patience)
        if sets.watched is None and (self.patience is not None or self.keep == "best"):
            raise InputError.keyed("training.no_test")
        V = sets.train
        if V.weights is not None and not V.weights.any():  # of a part of a set
            raise DataError.keyed("data.no_weight", name=V.name)
        for each in (V, sets.validation, sets.test):
            if each is not None:
                engines.fits(net, each)
        if V.sorted_by_class and self.size(V) < len(V):
            warnings.warn(SortedSetWarning.keyed("training.sorted", name=V.name), stacklevel=4)
        if isinstance(self.rate, Unsaved):
            self.rate(0)  # RateError where the function was not kept, or makes no sense
            warnings.warn(UnsavedRateWarning.keyed("training.unsaved_rate"), stacklevel=4)
        return sets


def whole(number: object) -> bool:
    """Whether something is a whole number from 1 up.

    Args:
        number: anything.

    Returns:
        Whether it is.
    """
    return isinstance(number, int) and not isinstance(number, bool) and number >= 1


def one_rate(rate: Rate) -> float | Schedule:
    """The rate that a training goes at.

    Args:
        rate: a number, a schedule, or any function of the step.

    Returns:
        A number or a schedule.

    Raises:
        RateError: an array, or a number that is not positive and finite.
    """
    one = checked(rate, USUAL)
    if isinstance(one, float | Schedule):
        return one
    raise RateError.keyed("training.rates", found=np.shape(np.asarray(one)))


def named_rule(rule: str | Rule | Callable[[Rate], Rule], rate: Rate | None) -> NamedRule:
    """The rule of RULES that is meant, at its rate. Raises InputError, RateError."""
    made = make(rule, rate, USUAL)
    if not isinstance(made, NamedRule) or type(made) is not RULES.get(made.name):
        names = ", ".join(RULES)
        raise InputError.keyed("training.rule", found=type(made).__name__, names=names)
    return made


def give_scaling(net: Network, V: Sample, scaling: str | None) -> None:
    """Gives a network the preparation that was asked for, learned from V; None: as it is.

    It keeps one that it has. Raises DataError for no such scaling, InputError for another one.
    """
    if scaling is None:
        return
    wanted = prepare(V, scaling, targets=net.output == "identity")
    if net.preparation is None:
        net.preparation = wanted
    elif scaling not in ("auto", net.preparation.scaling):
        own = net.preparation.scaling
        raise InputError.keyed("training.scaled", found=own, asked=scaling)


def sample_of(
    V: Sample | ArrayLike,
    y: ArrayLike | None,
    net: Network,
    sample_weight: ArrayLike | None = None,
) -> Sample:
    """The training sample: a Sample or X with y, with these weights where they are given.

    Raises InputError, DataError.
    """
    found = sample_with(V, y, net)
    return found if sample_weight is None else found.with_weights(sample_weight)


def sample_with(V: Sample | ArrayLike, y: ArrayLike | None, net: Network) -> Sample:
    """The training sample: a Sample as it is, or X with y.

    Whole numbers y (K,) from 0 to m−1 are the classes of a network with m outputs, m ≥ 2; of others
    y means what it means to a Sample. Raises InputError, DataError.
    """
    if y is None:
        if isinstance(V, Sample):
            return V
        raise InputError.keyed("training.no_answers", found=type(V).__name__)
    answers = as_array(y, "y")
    if answers.ndim == 0:
        raise InputError.keyed("training.lone_answer", found=y)
    if isinstance(V, Sample):
        raise InputError.keyed("training.two_answers", name=V.name)
    m = net.sizes[-1]
    plain = answers.ndim == 1 and answers.size > 0 and answers.dtype.kind in "buif"
    if plain and m == 1:
        return Sample(V, answers[:, None])
    if plain and are_whole(answers) and 0 <= answers.min() <= answers.max() < m:
        return Sample(V, labels=answers, classes=m)
    return Sample(V, y)


def in_parts(
    V: Sample,
    validation: Sample | float | None,
    test: Sample | None,
    class_weight: ClassWeight | None = None,
) -> Data:
    """What is trained on, watched and tested: a validation part that is a share is split off V.

    Classes are weighed where they are trained on. Raises InputError, DataError.
    """
    sets = divided(V, validation, test)
    if class_weight is None:
        return sets
    return sets._replace(train=sets.train.weighted(class_weight))


def divided(V: Sample, validation: Sample | float | None, test: Sample | None) -> Data:
    """These parts with the weights that they have. Raises InputError, DataError."""
    if validation is None or isinstance(validation, Sample):
        return Data(V, test, V.name, validation=validation)
    if isinstance(validation, bool) or not isinstance(validation, Real):
        raise InputError.keyed("training.validation", found=type(validation).__name__)
    if not 0 < validation < 1:
        raise InputError.keyed("training.validation", found=validation)
    return Data(V, test, V.name).with_validation(float(validation))
