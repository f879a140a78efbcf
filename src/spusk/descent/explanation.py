"""What is said of the end of a run: the point, the rates that would do, and the sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import floor, log10
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spusk.display import short_repr
from spusk.functions.points import Point, PointKind, spell
from spusk.i18n import Count, Phrase, say, topic

ROUNDING = 1e-9  # of 1 + |x|
DIGITS = 4  # of a printed rate; more where two of them would look alike
NOTHING = 1e-6  # of a last digit: what an eigenvalue's rounding takes is not cut
STEEP = ("diverged", "not_finite", "oscillating")  # what a rate too large for a degenerate one does
ONWARD = ("further", PointKind.ENDLESS, PointKind.UNBOUNDED, PointKind.SADDLE)


@dataclass(frozen=True, eq=False)
class Explanation:
    """The point where a run ended, its curvature, and which rates would do there.

    Attributes:
        point: what it is, and where; UNTOLD where there is no Hessian.
        did: what the rate did, a key of the words files.
        rule: the rule's name.
        rate: the last η.
        step: at which step the run ended.
        level: "global" or "local", where that is known of a minimum; else "".
        bound: the largest stable η of this rule there; None where there is none to tell.
        fastest: the η of the plain rule that converges soonest there.
        zigzag: eigen-directions along which the path jumps over the bottom at each step.
        growth: by what factor each of the last steps was longer than the one before.
        further: where the gradient flow leads from an end at which f still falls.
        value: f there, or at the point.
        noise: how far apart two values of f at one point are; 0 where they are not.
    """

    point: Point
    did: str
    rule: str
    rate: float
    step: int
    level: str = ""
    bound: float | None = None
    fastest: float | None = None
    zigzag: tuple[int, ...] = ()
    growth: float | None = None
    further: Point | None = field(default=None, repr=False)
    value: float = 0.0
    noise: float = 0.0

    def __repr__(self) -> str:
        return short_repr(self)

    @property
    def kind(self) -> PointKind:
        """What the point is."""
        return self.point.kind

    @property
    def minimum(self) -> NDArray[Any] | None:
        """The minimum where it ended or to which it goes, (n,)."""
        return self.point.x if self.point.is_minimum else None

    @property
    def eigenvalues(self) -> NDArray[Any] | None:
        """Of the Hessian at the point, ascending, (n,)."""
        return self.point.eigenvalues

    def sentence(self, lang: str | None = None) -> str:
        """What this rate did, and which rates would do.

        Args:
            lang: "en" or "ru"; else SPUSK_LANG, else English.

        Returns:
            The sentence.
        """
        bound, fastest = printed(self.bound, self.fastest, self.rate)
        onward = self.further or self.point
        values: dict[str, Any] = {
            "rate": sided(self.rate, bound), "step": self.step,
            "count": Count("descent.steps", self.step),
            "growth": sided(self.growth or 0.0, 1.0, 3), "bound": bound,
            "fastest": fastest, "to": Phrase(f"descent.to_{self.level or 'some'}"),
            "eigenvalues": spectrum(self.eigenvalues, lang), "value": self.value,
            "further": spell(tidy(onward.x)), "noise": self.noise,
        }  # fmt: skip
        did = say(f"descent.did_{self.did}", lang, **values)
        advice = "noise" if self.noise else self.advice()
        rest = say(f"descent.would_{advice}", lang, **values)
        return f"{did}; {rest}."

    def advice(self) -> str:
        """The key of what would do."""
        if self.further is not None:
            onward = "further" if self.further.is_minimum else self.further.kind
            return f"slope_{onward}" if onward in ONWARD else "slope_other"
        if not self.point.is_minimum:
            return str(self.kind)
        if self.rule == "search" or self.kind is PointKind.KINK:
            return "search" if self.rule == "search" else "kink"
        if not self.point.curving.size:
            steep = self.did in STEEP and self.eigenvalues is not None
            return "steep" if steep else "degenerate" if self.eigenvalues is not None else "rough"
        known = topic("descent", "en")
        slow = f"{self.rule}_slow"
        if self.bound is not None and self.fastest is None and f"would_{slow}" in known:
            return slow
        named = self.rule != "own" and f"would_{self.rule}" in known
        return self.rule if named else "own" if self.bound is None else "bounded"


def tidy(x: NDArray[Any]) -> NDArray[Any]:
    """A point (n,) with 0 for what is rounding beside its size."""
    return np.where(np.abs(x) <= ROUNDING * (1 + np.linalg.norm(x)), 0.0, x)


def spectrum(lambdas: NDArray[Any] | None, lang: str | None) -> str:
    """λ = 2; or λ from 2 to 4."""
    if lambdas is None:
        return say("descent.no_curvature", lang)
    low, top = float(lambdas[0]), float(lambdas[-1])
    key = "one_curvature" if len(lambdas) == 1 or low == top else "curvatures"
    return say(f"descent.{key}", lang, low=low, top=top)


def printed(bound: float | None, fastest: float | None, rate: float = 0.0) -> tuple[float, float]:
    """Both as they are printed: the bound never above itself, and above a rate that is below it.

    With digits enough to differ.
    """
    if bound is None:
        return 0.0, 0.0
    for digits in range(DIGITS, 16):
        below = rounded_down(bound, digits)
        near = 0.0 if fastest is None else float(f"{fastest:.{digits}g}")
        if near < below and (rate < below) == (rate < bound):
            return below, near
    return bound, fastest or 0.0


def sided(number: float, other: float, digits: int = DIGITS) -> float:
    """A number rounded to so many digits, more where it would leave its side of another number."""
    for more in range(digits, 16):
        near = float(f"{number:.{more}g}")
        if np.sign(near - other) == np.sign(number - other):
            return near
    return number


def rounded_down(number: float, digits: int) -> float:
    """A positive number cut to so many digits: 0.0019968 → 0.001996, but 0.5 − 1e-15 → 0.5."""
    near = float(f"{number:.{digits - 1}e}")
    if near <= number * (1 + NOTHING * 10.0 ** (1 - digits)):
        return near
    return float(f"{near - 10.0 ** (floor(log10(number)) - digits + 1):.{digits - 1}e}")
