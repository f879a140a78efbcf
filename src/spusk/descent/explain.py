"""Why a rate did what it did: the Hessian at the minimum where the run ended, and its bound.

Local theory: near a minimum f is a quadratic, along an eigenvector of the Hessian with eigenvalue λ
the plain rule multiplies the error by 1 − ηλ each step, so it converges for η < 2/λmax, zigzags
for η > 1/λ, and is fastest at 2/(λmin + λmax). The heavy ball allows 2(1 + β)/λmax (Polyak 1964);
Nesterov's form, from its characteristic polynomial at −1, (2 + 2β)/((1 + 2β)λmax).

Which minimum: the one where the run ended, whatever better point it met on its way.

    converged             the end itself: what Newton's method makes of it, if that is within NEAR,
                          else the end as it is, which may be a saddle or a plateau without a bound
    out of steps, stopped the minimum near the last iterate
    oscillating           the minimum near the mean of the last TAIL iterates: a cycle goes about it
    diverged, not finite  the end means nothing: the minimum near the iterate of least |∇f|

The minimum near a point is the nearest of what Newton's method finds from there and of those that
are known (the gallery's). The page follows the same rule in page/math/explain.js; spec/ holds both.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spusk.descent.loop import Step, Surface
from spusk.i18n import say
from spusk.optim.rules import GradientDescent, Momentum, Nesterov, Rule
from spusk.optim.schedules import rate_at
from spusk.optim.stopping import TAIL, DescentOutcome

HESSIAN_UP_TO = 200  # variables; beyond, eigenvalues cost more than the descent
NEWTON_STEPS = 50
NEAR = 1e-2  # of 1 + |x|: so far Newton's method may carry a point that has converged


@dataclass(frozen=True, eq=False)
class Explanation:
    """The minimum where a run ended, its curvature, and which rates would do there.

    why: where there is no minimum to speak of, the reason: "hessian", "peak" or "none"; else "".
    bound: the largest stable η of this rule there (None for Adam, and without a minimum).
    """

    why: str
    did: str
    rule: str
    rate: float
    step: int
    minimum: NDArray[Any] | None = None
    eigenvalues: NDArray[Any] | None = None  # ascending
    bound: float | None = None
    fastest: float | None = None
    zigzag: tuple[int, ...] = ()  # eigen-directions along which η > 1/λ

    def sentence(self, lang: str | None = None) -> str:
        """What this rate did; which rates would do."""
        would = f"would_{self.why}" if self.why else f"would_{self.rule}"
        bound, fastest = self.bound or 0.0, self.fastest or 0.0
        did = say(f"descent.did_{self.did}", lang, rate=self.rate, step=self.step)
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
    why, minimum, eigenvalues = curvature(f, at, seek)
    eta = float(np.max(rate_at(rule.rate, max(step - 1, 0))))
    kind = "search" if search else name_of(rule)
    if minimum is None or eigenvalues is None:
        did = "converged_still" if outcome is DescentOutcome.CONVERGED else outcome.key
        return Explanation(why, did, kind, eta, step)
    top, low = float(eigenvalues[-1]), float(eigenvalues[0])
    bound = bound_of(rule, top) if not search else None
    zigzag = tuple(int(k) for k in np.flatnonzero(eta * eigenvalues > 1 + 1e-9))
    zigzag = zigzag if kind == "plain" else ()
    did = verdict(outcome, eta, bound, bool(zigzag))
    fastest = 2 / (low + top) if kind == "plain" else None
    return Explanation("", did, kind, eta, step, minimum, eigenvalues, bound, fastest, zigzag)


def name_of(rule: Rule) -> str:
    """The rule's key in words."""
    known = {GradientDescent: "plain", Momentum: "momentum", Nesterov: "nesterov"}
    name = known.get(type(rule))
    return name or ("adam" if type(rule).__name__ == "Adam" else "own")


def bound_of(rule: Rule, top: float) -> float | None:
    """The largest stable η for curvature λmax, where the theory gives one."""
    if isinstance(rule, GradientDescent):
        return 2 / top
    if isinstance(rule, Momentum):
        return 2 * (1 + rule.beta) / top
    if isinstance(rule, Nesterov):
        return (2 + 2 * rule.beta) / ((1 + 2 * rule.beta) * top)
    return None


def verdict(outcome: DescentOutcome, eta: float, bound: float | None, zigzag: bool) -> str:
    """The key of what happened, seen beside the bound."""
    if outcome in (DescentOutcome.STOPPED, DescentOutcome.NOT_FINITE) or bound is None:
        return outcome.key
    if outcome is DescentOutcome.CONVERGED:
        if eta >= bound * (1 - 1e-12):
            return "converged_against"
        return "converged_zigzag" if zigzag else "converged"
    side = "past" if eta >= bound * (1 - 1e-12) else "below"
    return f"{outcome.key}_{side}"


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
    if getattr(getattr(f, "entry", None), "peak", None) is not None and (at == f.entry.peak).all():
        return "peak", None, None
    with np.errstate(all="ignore"):
        hessian = np.asarray(f.hessian(at))
    if not np.isfinite(hessian).all():
        return "peak", None, None
    eigenvalues = np.linalg.eigvalsh(hessian)
    if not eigenvalues[-1] > 0 or eigenvalues[0] < -1e-6 * eigenvalues[-1]:
        return "none", None, None
    return "", at, eigenvalues


def settled(f: Any, end: NDArray[Any]) -> NDArray[Any]:  # noqa: ANN401
    """The end of a run that converged, polished where Newton's method stays near it."""
    found = newton(f, end)
    reach = NEAR * (1 + float(np.linalg.norm(end)))
    return found if found is not None and np.linalg.norm(found - end) <= reach else end


def nearest(f: Any, x: NDArray[Any]) -> NDArray[Any] | None:  # noqa: ANN401
    """The nearest of the minimum that Newton's method finds from x and of those that are known."""
    entry, found = getattr(f, "entry", None), newton(f, x)
    known = [np.asarray(m.x, np.float64) for m in entry.minima] if entry is not None else []
    minima = known if found is None else [found, *known]
    return min(minima, key=lambda m: float(np.linalg.norm(m - x)), default=None)


def newton(f: Any, x: NDArray[Any]) -> NDArray[Any] | None:  # noqa: ANN401
    """A point with ∇f = 0 and a Hessian without negative curvature; or None."""
    with np.errstate(all="ignore"):
        for _ in range(NEWTON_STEPS):
            gradient, hessian = np.asarray(f.gradient(x)), np.asarray(f.hessian(x))
            if not (np.isfinite(gradient).all() and np.isfinite(hessian).all()):
                return None
            # |λ| in place of λ: downhill also where f curves down, never towards a saddle
            values, vectors = np.linalg.eigh(hessian)
            scale = np.maximum(np.abs(values), 1e-12 * max(1.0, float(np.abs(values).max())))
            step = vectors @ ((vectors.T @ gradient) / scale)
            size = float(np.linalg.norm(step))
            x = x - step * min(1.0, float(1 + np.linalg.norm(x)) / max(size, 1e-300))
            if size <= 1e-10 * (1 + np.linalg.norm(x)):
                return x if values[0] >= -1e-6 * abs(values[-1]) and values[-1] > 0 else None
    return None
