"""Why a rate did what it did: the Hessian at the minimum where the run ended, and its bound.

Local theory: near a minimum f is a quadratic, along an eigenvector of the Hessian with eigenvalue λ
the plain rule multiplies the error by 1 − ηλ each step, so it converges for η < 2/λmax, zigzags
for η > 1/λ, and is fastest at 2/(λmin + λmax). Every rule says its own bound (optim/rules.py).

Which minimum: the one where the run ended, whatever better point it met on its way.

    converged             the end itself: what Newton's method makes of it, if that is within NEAR,
                          else the end as it is, which may be a saddle or a plateau without a bound
    out of steps, stopped the minimum near the last iterate
    oscillating           the minimum near the mean of the last TAIL iterates: a cycle goes about it
    diverged, not finite  the end means nothing: the minimum near the iterate of least |∇f|

The minimum near a point is the nearest of what Newton's method finds from there and of those that
are known (the gallery's). The page follows the same rule in page/math/explain.js; spec/ holds both.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spusk.descent.loop import Step, Surface
from spusk.functions.critical import (
    HESSIAN_UP_TO,
    curves_up,
    eigenvalues,
    is_nonsmooth,
    known_minima,
    newton,
)
from spusk.i18n import language, say, topic
from spusk.optim.rules import RULES, NamedRule, Rule
from spusk.optim.schedules import rate_at
from spusk.optim.stopping import TAIL, DescentOutcome

OVER = 1e-9  # of 1/λ: a rate that is so little above it was meant to be there, and does not zigzag
UNDER = 1e-12  # of the bound: a rate that is so little below it was meant to be there
NEAR = 1e-2  # of 1 + |x|: so far Newton's method may carry a point that has converged


@dataclass(frozen=True, eq=False)
class Explanation:
    """The minimum where a run ended, its curvature, and which rates would do there.

    Attributes:
        why: where there is no minimum to speak of: "hessian", "nonsmooth" or "none"; else "".
        did: what the rate did, a key of the words files.
        rule: the rule's name, "search" for a line search, "own" where RULES does not know it.
        rate: the last η.
        step: at which step the run ended.
        minimum: the minimum, (n,).
        eigenvalues: of the Hessian there, ascending, (n,).
        bound: the largest stable η of this rule there; None where no theory gives one, and without
            a minimum.
        fastest: the η that converges soonest there.
        zigzag: eigen-directions along which η > 1/λ.
    """

    why: str
    did: str
    rule: str
    rate: float
    step: int
    minimum: NDArray[Any] | None = None
    eigenvalues: NDArray[Any] | None = None
    bound: float | None = None
    fastest: float | None = None
    zigzag: tuple[int, ...] = ()

    def sentence(self, lang: str | None = None) -> str:
        """What this rate did, and which rates would do.

        Args:
            lang: "en" or "ru"; else SPUSK_LANG, else English.

        Returns:
            The sentence.
        """
        did = say(f"descent.did_{self.did}", lang, rate=self.rate, step=self.step)
        would = f"would_{self.why or self.rule}"
        if would not in topic("descent", language(lang)):
            would = "would_own"
        if would == "would_own" and self.bound is not None:  # there is one, but no words for it
            return f"{did}."
        bound, fastest = self.bound or 0.0, self.fastest or 0.0
        rest = say(f"descent.{would}", lang, bound=bound, fastest=fastest)
        return f"{did}; {rest}."


class Anchor:
    """Follows a descent and says from where its explanation looks: the rule stands above."""

    def __init__(self, start: Step) -> None:
        self.last = self.calmest = start
        few = start.x.size <= HESSIAN_UP_TO  # a hundred points of a large network fill the memory
        self.tail: deque[NDArray[Any]] = deque(maxlen=TAIL if few else 1)

    def see(self, step: Step) -> None:
        """Takes the next iterate, the start first."""
        self.last = step
        self.tail.append(step.x)
        if np.isfinite(step.value) and step.norm < self.calmest.norm:
            self.calmest = step

    def at(self, outcome: DescentOutcome) -> NDArray[np.float64]:
        """The point (n,) for this end of the run."""
        lost = outcome in (DescentOutcome.DIVERGED, DescentOutcome.NOT_FINITE)
        if lost or not np.isfinite(self.last.value):
            return np.asarray(self.calmest.x, np.float64)
        if outcome is DescentOutcome.OSCILLATING:
            return np.asarray(np.mean(self.tail, axis=0, dtype=np.float64))
        return np.asarray(self.last.x, np.float64)


def explain(
    f: Surface,
    at: NDArray[np.float64],
    outcome: DescentOutcome,
    step: int,
    rule: Rule,
    search: bool,
) -> Explanation:
    """The explanation of a run that ended so, looking from an anchor's point."""
    seek = settled if outcome is DescentOutcome.CONVERGED else nearest
    why, minimum, lambdas = curvature(f, at, seek)
    eta = float(np.max(rate_at(rule.rate, max(step - 1, 0))))
    kind = "search" if search else name_of(rule)
    if minimum is None or lambdas is None:
        did = "converged_still" if outcome is DescentOutcome.CONVERGED else outcome.key
        return Explanation(why, did, kind, eta, step)
    top, low = float(lambdas[-1]), float(lambdas[0])
    bound = rule.bound(top) if isinstance(rule, NamedRule) and not search else None
    zigzag = tuple(int(k) for k in np.flatnonzero(eta * lambdas > 1 + OVER))
    zigzag = zigzag if kind == "plain" else ()
    did = verdict(outcome, eta, bound, bool(zigzag))
    fastest = 2 / (low + top) if kind == "plain" else None
    return Explanation("", did, kind, eta, step, minimum, lambdas, bound, fastest, zigzag)


def name_of(rule: Rule) -> str:
    """The rule's key in words: its name, where it is the rule of that name."""
    return next((name for name, kind in RULES.items() if type(rule) is kind), "own")


def verdict(outcome: DescentOutcome, eta: float, bound: float | None, zigzag: bool) -> str:
    """The key of what happened, seen beside the bound."""
    if outcome in (DescentOutcome.STOPPED, DescentOutcome.NOT_FINITE) or bound is None:
        return outcome.key
    past = eta >= bound * (1 - UNDER)
    if outcome is DescentOutcome.CONVERGED:
        if past:
            return "converged_against"
        return "converged_zigzag" if zigzag else "converged"
    return f"{outcome.key}_{'past' if past else 'below'}"


def curvature(
    f: Any,  # noqa: ANN401
    x: NDArray[Any],
    seek: Callable[[Any, NDArray[Any]], NDArray[Any] | None],
) -> tuple[str, NDArray[Any] | None, NDArray[Any] | None]:
    """(why not, the minimum sought from x, its Hessian's eigenvalues)."""
    if not hasattr(f, "hessian") or f.n > HESSIAN_UP_TO:
        return "hessian", None, None
    at = seek(f, x)
    if at is None:
        return "none", None, None
    found = None if is_nonsmooth(f, at) else eigenvalues(f, at)
    if found is None:
        return "nonsmooth", None, None
    return ("", at, found) if curves_up(found) else ("none", None, None)


def settled(f: Any, end: NDArray[Any]) -> NDArray[Any]:  # noqa: ANN401
    """The end of a run that converged, polished where Newton's method stays near it."""
    found = newton(f, end)
    reach = NEAR * (1 + float(np.linalg.norm(end)))
    return found if found is not None and np.linalg.norm(found - end) <= reach else end


def nearest(f: Any, x: NDArray[Any]) -> NDArray[Any] | None:  # noqa: ANN401
    """The nearest of the minimum that Newton's method finds from x and of those that are known."""
    found, known = newton(f, x), known_minima(f)
    minima = known if found is None else [found, *known]
    return min(minima, key=lambda m: float(np.linalg.norm(m - x)), default=None)
