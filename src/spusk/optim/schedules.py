"""Learning rates: a number, an array of them, or a schedule: η as a function of the step.

A schedule is a frozen record that is called like a function, `inverse(3.0, half=1000)(n)`. Its name
and numbers say all there is to it, so that a run keeps them and goes on from any step.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spusk.errors import RateError
from spusk.optim.records import parameters, positive, record_of, share, whole

Array = NDArray[Any]
Rate = float | Array | Callable[[int], float]


class Schedule:
    """η(n) at step n, with a name and numbers that a file can keep."""

    def __call__(self, n: int) -> float:
        """η at step n (0, 1, 2, …)."""
        raise NotImplementedError

    def data(self) -> dict[str, Any]:
        """Its name and numbers, as JSON keeps them; `rate_of` reads them back."""
        numbers = {name: getattr(self, name) for name in parameters(self)}
        return {"name": type(self).__name__, **numbers}

    def __format__(self, spec: str) -> str:
        name, *rest = self.data().items()
        shown = [f"{rest[0][1]:{spec}}", *(f"{key}={value:g}" for key, value in rest[1:])]
        return f"{name[1]}({', '.join(shown)})"


@dataclass(frozen=True)
class constant(Schedule):  # noqa: N801 - a schedule is called like the function it is
    """A rate that stays: η(n) = η.

    Args:
        rate: η > 0.

    Raises:
        RateError: a number that is not positive and finite.
    """

    rate: float

    def __post_init__(self) -> None:
        positive(self, "rate", 0.1)

    def __call__(self, n: int) -> float:
        """η at step n."""
        return self.rate


@dataclass(frozen=True)
class inverse(Schedule):  # noqa: N801
    """A rate that falls as 1/n: η(n) = η / (1 + n/half).

    Args:
        rate: η > 0, at step 0.
        half: steps after which it is half of that.

    Raises:
        RateError: a number that is not positive and finite.

    Source: Robbins and Monro 1951.
    """

    rate: float
    half: float = 1.0

    def __post_init__(self) -> None:
        positive(self, "rate", 0.1)
        positive(self, "half", 1)

    def __call__(self, n: int) -> float:
        """η at step n."""
        return self.rate / (1 + n / self.half)


@dataclass(frozen=True)
class staircase(Schedule):  # noqa: N801
    """A rate that falls in stairs: η(n) = η · factor^⌊n/every⌋.

    Args:
        rate: η > 0, at step 0.
        every: steps of a stair.
        factor: what a stair multiplies it by.

    Raises:
        RateError: a number that is not positive and finite.
    """

    rate: float
    every: int
    factor: float = 0.5

    def __post_init__(self) -> None:
        positive(self, "rate", 0.1)
        whole(self, "every", 1000)
        positive(self, "factor", 0.5)

    def __call__(self, n: int) -> float:
        """η at step n."""
        return self.rate * self.factor ** (n // self.every)


@dataclass(frozen=True)
class cosine(Schedule):  # noqa: N801
    """A rate that falls half a cosine wave: η(n) = η·(last + (1 − last)·(1 + cos(πn/steps))/2).

    Args:
        rate: η > 0, at step 0.
        steps: after so many it stays at last·η.
        last: the share of η that is left.

    Raises:
        RateError: a number that is not positive and finite.

    Source: Loshchilov and Hutter 2017.
    """

    rate: float
    steps: int
    last: float = 0.01

    def __post_init__(self) -> None:
        positive(self, "rate", 0.1)
        whole(self, "steps", 1000)
        positive(self, "last", 0.01)

    def __call__(self, n: int) -> float:
        """η at step n."""
        wave = (1 + cos(pi * min(n / self.steps, 1.0))) / 2
        return self.rate * (self.last + (1 - self.last) * wave)


@dataclass(frozen=True)
class linear(Schedule):  # noqa: N801
    """A rate that falls along a line: η(n) = η·(1 − (1 − last)·n/steps).

    Args:
        rate: η > 0, at step 0.
        steps: after so many it stays at last·η.
        last: the share of η that is left.

    Raises:
        RateError: a number that is not positive and finite.
    """

    rate: float
    steps: int
    last: float = 0.01

    def __post_init__(self) -> None:
        positive(self, "rate", 0.1)
        whole(self, "steps", 1000)
        positive(self, "last", 0.01)

    def __call__(self, n: int) -> float:
        """η at step n."""
        return self.rate * (1 - (1 - self.last) * min(n / self.steps, 1.0))


@dataclass(frozen=True)
class warmup(Schedule):  # noqa: N801
    """A rate that rises along a line and stays: η(n) = η·min((n + 1)/steps, 1).

    Args:
        rate: η > 0, once it is reached.
        steps: that it takes to reach it.

    Raises:
        RateError: a number that is not positive and finite.

    Source: Goyal and others 2017.
    """

    rate: float
    steps: int

    def __post_init__(self) -> None:
        positive(self, "rate", 0.1)
        whole(self, "steps", 100)

    def __call__(self, n: int) -> float:
        """η at step n."""
        return self.rate * min((n + 1) / self.steps, 1.0)


@dataclass(frozen=True)
class onecycle(Schedule):  # noqa: N801
    """A rate that rises to η and falls to almost nothing, each along half a cosine wave.

    η(n) goes from first·η to η over the first rise·steps steps, and to last·η over the others.

    Args:
        rate: η > 0, at the top.
        steps: of the whole cycle; after them it stays at last·η.
        rise: the share of the steps in which it rises, 0 < rise < 1.
        first: the share of η at step 0.
        last: the share of η that is left.

    Raises:
        RateError: a number that is not positive and finite, or a rise that is no share.

    Source: Smith and Topin 2018.
    """

    rate: float
    steps: int
    rise: float = 0.3
    first: float = 0.04
    last: float = 0.0001

    def __post_init__(self) -> None:
        positive(self, "rate", 0.1)
        whole(self, "steps", 1000)
        positive(self, "rise", 0.3)
        share(self, "rise", 0.3)
        positive(self, "first", 0.04)
        positive(self, "last", 0.0001)

    def __call__(self, n: int) -> float:
        """η at step n."""
        top = self.rise * self.steps
        if n < top:
            return self.rate * wave(self.first, 1.0, n / top)
        return self.rate * wave(1.0, self.last, min((n - top) / (self.steps - top), 1.0))


def wave(begin: float, end: float, part: float) -> float:
    """From one number to another along half a cosine wave; part 0…1."""
    return end + (begin - end) * (1 + cos(pi * part)) / 2


SCHEDULES: dict[str, type[Schedule]] = {
    kind.__name__: kind for kind in (constant, inverse, staircase, cosine, linear, warmup, onecycle)
}


@dataclass(frozen=True)
class Unsaved(Schedule):
    """A rate that is a function of the user's: it trains, but no file can keep it.

    Read back from a file there is its `text` alone, and no function.
    """

    text: str
    function: Callable[[int], float] | None = None

    def __call__(self, n: int) -> float:
        """η at step n. RateError: where it is no positive number, or the function was not kept."""
        if self.function is None:
            raise RateError.keyed("optim.rate_lost", text=self.text)
        return checked_number(self.function(n), n=n)

    def data(self) -> dict[str, Any]:
        """What can be said of it."""
        return {"name": "function", "text": self.text}

    def __format__(self, spec: str) -> str:
        return self.text


def rate_at(rate: Rate, n: int) -> float | Array:
    """η at step n."""
    return rate(n) if callable(rate) else rate


def rate_data(rate: Rate) -> Any:  # noqa: ANN401 - a number, or an object of JSON
    """A rate as JSON keeps it: a number, or a schedule's name and numbers."""
    return rate.data() if isinstance(rate, Schedule) else rate


def rate_of(found: object) -> float | Schedule:
    """The rate that a file means. InputError: neither a number > 0 nor a schedule."""
    if isinstance(found, dict) and found.get("name") == "function":
        return Unsaved(str(found.get("text", "?")))
    if isinstance(found, dict):
        return record_of(SCHEDULES, found)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise RateError.keyed("optim.rate_number", found=found, remedy=0.1)
    checked_number(found)
    return found


def checked(rate: Any, remedy: float = 0.1) -> Rate:  # noqa: ANN401
    """The rate itself if it can work: a number as a float, a bare function as a schedule.

    RateError: a number that is not positive and finite; `remedy` is what to try instead.
    """
    if isinstance(rate, Schedule):
        return rate
    if callable(rate):
        return Unsaved(getattr(rate, "__qualname__", type(rate).__qualname__), rate)
    if np.ndim(rate) == 0:
        return checked_number(rate, remedy)
    rates = np.asarray(rate)
    for found in rates[~(np.isfinite(rates) & (rates > 0))].flat:
        checked_number(found, remedy)
    return rates


def checked_number(rate: Any, remedy: float = 0.1, n: int | None = None) -> float:  # noqa: ANN401
    """A rate as a float. RateError: it is not positive and finite (at step n, if it has one)."""
    where = "" if n is None else "_at"
    try:
        number = float(rate)
    except (TypeError, ValueError, OverflowError):
        raise RateError.keyed(f"optim.rate_number{where}", found=rate, remedy=remedy, n=n) from None
    if not 0 < number < float("inf"):
        raise RateError.keyed(f"optim.rate{where}", found=number, remedy=remedy, n=n)
    return number
