"""Why a rate did what it did: what the point is where the run ended, and what bounds η there.

Local theory: near a minimum f is a quadratic, along an eigenvector of the Hessian with eigenvalue λ
the plain rule multiplies the error by 1 − ηλ each step, so it converges for η < 2/λmax, jumps over
the bottom for η > 1/λ, and is fastest at 2/(λ₁ + λmax), λ₁ the least that is not 0: along a
direction in which f does not curve nothing moves. The rules know their own bounds (`Rule.bound`).

Which point: the one where the run ended, whatever better point it met on its way.

    converged             the critical point at which it came to rest, of whatever kind; where there
                          is none, f falls on: then also where the gradient flow leads from there
    out of steps, stopped where the gradient flow leads from the last iterate
    oscillating           … from the mean of the last TAIL iterates: a cycle goes about it
    diverged, not finite  … from the iterate of least |∇f|: the end means nothing

The page follows the same rule in page/math/explain.js; spec/ holds both.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spusk.descent.explanation import Explanation
from spusk.descent.trail import Trail
from spusk.functions.critical import HESSIAN_UP_TO, is_exact, known_minima, leads_to, point_at
from spusk.functions.differences import Curved
from spusk.functions.lanczos import ACCURACY, extremes
from spusk.functions.lenient import lenient
from spusk.functions.minima import are_lowest
from spusk.functions.points import Point, PointKind
from spusk.optim.rules import RULES, NamedRule, Rule
from spusk.optim.schedules import rate_at
from spusk.optim.stopping import DescentOutcome

NONE = 1e-12  # of 1 + |f| at the start: a value this small is 0
SNAP = 1e-6  # of 1 + |x|: a minimum this close to a known one is that one
UNDER = 1e-12  # of the bound: a rate that is so little below it was meant to be there
ROUGH_UP_TO = 20  # variables, where each Hessian costs 2n gradients


def explain(
    f: Any,  # noqa: ANN401
    trail: Trail,
    outcome: DescentOutcome,
    rule: Rule,
    search: bool,
    best: float,
) -> Explanation:
    """The explanation of a run that left this trail and ended so.

    Args:
        f: what was descended.
        trail: its iterates.
        outcome: how it ended.
        rule: the rule, with its rate.
        search: whether a line search chose the rates.
        best: the least value met.

    Returns:
        The explanation.
    """
    f = lenient(f) if hasattr(f, "hessian") else Curved(f)
    step = trail.last.n
    eta = float(np.max(rate_at(rule.rate, max(step - 1, 0))))
    kind = "search" if search else name_of(rule)
    noise = float(getattr(f, "noise", 0.0))
    if noise:  # slopes are the noise's, so nothing is known of the point
        did = "rest_untold" if outcome is DescentOutcome.CONVERGED else outcome.key
        return Explanation(Point(PointKind.UNTOLD, trail.last.x), did, kind, eta, step, noise=noise)
    point, further = look(f, trail, outcome)
    pointless = outcome is DescentOutcome.NOT_FINITE and np.isfinite(trail.last.value)
    growth = trail.growth()
    if not point.is_minimum:
        did = f"rest_{point.kind}" if outcome is DescentOutcome.CONVERGED else outcome.key
        did = "no_gradient" if pointless else did
        value = float(f.value((further or point).x))
        start = trail.head[0].value
        value = 0.0 if abs(value) <= NONE * (1 + abs(start)) else value
        return Explanation(point, did, kind, eta, step, growth=growth, further=further, value=value)
    bound, fastest = rates(point, rule) if not search else (None, None)
    zigzag, loops = turns(f, trail, point)
    did = verdict(outcome, eta, bound, step, zigzag, loops, growth)
    did = "no_gradient" if pointless else did
    kink = did.startswith("converged") and point.kind is PointKind.KINK
    did = "rest_kink" if kink and step else did
    return Explanation(
        point, did, kind, eta, step, level_of(f, point, best), bound, fastest, zigzag, growth
    )


def name_of(rule: Rule) -> str:
    """The rule's key in words: its name, where it is the rule of that name."""
    return next((name for name, kind in RULES.items() if type(rule) is kind), "own")


def look(f: Any, trail: Trail, outcome: DescentOutcome) -> tuple[Point, Point | None]:  # noqa: ANN401
    """The point where the run ended or to which it goes; where f falls on from an end, the next."""
    converged, at = outcome is DescentOutcome.CONVERGED, trail.anchor(outcome)
    if f.n > (HESSIAN_UP_TO if is_exact(f) else ROUGH_UP_TO):
        untold = Point(PointKind.UNTOLD, at)
        return by_extremes(f, at, trail.last.n) if converged else untold, None
    if not converged:
        return snapped(f, leads_to(f, at, trail.reach())), None
    point = snapped(f, point_at(f, at))
    falls = point.kind is PointKind.SLOPE
    return point, leads_to(f, at, trail.reach()) if falls else None


def by_extremes(f: Any, x: NDArray[np.float64], spent: int) -> Point:  # noqa: ANN401
    """A point of a function of many variables, by the two extreme eigenvalues.

    To tell them costs about as much as the run did, by the gradients it spent.
    """
    both = extremes(f, x, spent)
    if both is None:
        return Point(PointKind.UNTOLD, x)
    low, top = both
    small = ACCURACY * max(abs(low), abs(top))
    if low < -small:
        return Point(PointKind.SADDLE if top > small else PointKind.MAXIMUM, x, np.array(both))
    return Point(PointKind.MINIMUM, x, np.array([max(low, 0.0), top]))


def snapped(f: Any, point: Point) -> Point:  # noqa: ANN401
    """The point, at its known place where it is a minimum that the gallery knows."""
    if point.is_minimum:
        reach = SNAP * (1 + float(np.linalg.norm(point.x)))
        for known in known_minima(f):
            if np.linalg.norm(known - point.x) <= reach:
                return point._replace(x=known)
    return point


def level_of(f: Any, point: Point, best: float) -> str:  # noqa: ANN401
    """Whether a minimum is "global" or "local", where the gallery or the run itself knows."""
    value = float(f.value(point.x))
    known = [float(f.value(x)) for x in known_minima(f)]
    least = min([best, *known])
    if not are_lowest(np.array([value]), least).all():
        return "local"
    return "global" if known else ""


def rates(point: Point, rule: Rule) -> tuple[float | None, float | None]:
    """The bound and the fastest rate of a rule at a minimum, where the theory gives them."""
    lambdas = point.curving
    if not (isinstance(rule, NamedRule) and lambdas.size):
        return None, None
    all_curve = point.eigenvalues is not None and lambdas.size == point.eigenvalues.size
    slow = point.kind is PointKind.MINIMUM and not all_curve
    low, top = float(lambdas[0]), float(lambdas[-1])
    return rule.bound(top), None if slow else rule.fastest(low, top)


def turns(f: Any, trail: Trail, point: Point) -> tuple[tuple[int, ...], bool]:  # noqa: ANN401
    """The eigen-directions in which the path zigzags, and whether it loops in one."""
    if point.eigenvalues is None or point.eigenvalues.size < f.n:
        return (), False
    _, vectors = np.linalg.eigh(np.asarray(f.hessian(point.x)))
    with np.errstate(all="ignore"):  # a path that overflowed turns nowhere at its end
        zigzag, loops = trail.turns(vectors)
    return tuple(np.flatnonzero(zigzag).tolist()), bool(loops.any())


def verdict(
    outcome: DescentOutcome, eta: float, bound: float | None, step: int,
    zigzag: tuple[int, ...], loops: bool, growth: float | None,
) -> str:  # fmt: skip
    """The key of what happened, seen beside the bound."""
    past = bound is not None and eta >= bound * (1 - UNDER)
    if outcome is DescentOutcome.CONVERGED:
        if step == 0:
            return "converged_at_once"
        if past:
            return "converged_against"
        return "converged_zigzag" if zigzag else "converged_loops" if loops else "converged"
    lost = outcome is DescentOutcome.NOT_FINITE
    if outcome is DescentOutcome.STOPPED or bound is None or (lost and past):
        return outcome.key
    if outcome is DescentOutcome.DIVERGED and past and growth is not None:
        return "diverged_growing"
    return f"{outcome.key}_{'past' if past else 'below'}"
