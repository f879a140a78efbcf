"""∇f of a callable along one descent: n + 1 calls a step, and as exact as its end needs.

Far from an end forward differences do. Near it their error shows, so one look on both sides tells
how f bends along each axis, and from then on forward differences are corrected by that:

    ∂f/∂xᵢ ≈ (f(x + h eᵢ) − f(x))/h − h dᵢ/2,  dᵢ = (f(c + h eᵢ) − 2f(c) + f(c − h eᵢ))/h²

with c the point of that look, not far from x. Complex steps are exact, unless f leaves the region
in which it takes complex numbers; the values met on the way tell it.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spusk.functions.differences import forward, shifted
from spusk.functions.probes import along, directions, takes_complex
from spusk.functions.program import NEAR_END, Program

Floats = NDArray[np.floating[Any]]
REACH = 1e-2  # of 1 + |x|: how far from a look its bends serve
LEFT = 10.0  # times what is near an end: with a slope above it there is no end near
SURPRISE = 0.1  # of |∇f||s|: a step s that changes f by so much more than foretold is looked into
AGREES = 1e-5  # of the slope
ENDS = 20  # of many descents that are looked at


class Following:
    """A callable along one descent."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.center: Floats | None = None
        self.bends: Floats | None = None
        self.last: tuple[Floats, float, Floats] | None = None
        self.wait = self.waited = 1  # steps between two looks into surprises: ever more

    def both(self, x: Floats) -> tuple[float, Floats]:
        """f and ∇f at the next point (n,)."""
        here = float(self.program.value(x))
        return here, self.slope(x, here)

    def slope(self, x: Floats, here: float) -> Floats:
        """∇f at the next point (n,), where f is known."""
        with np.errstate(all="ignore"):
            if self.program.noise:
                return self.program.rough(x, np.asarray(here))
            if self.program.analytic:
                found = self.program.by_complex_steps(x, np.asarray(here))
                if self.foretold(x, here, found):
                    return found
                self.program.analytic = False
            return self.stepped(x, here)

    def foretold(self, x: Floats, here: float, found: Floats) -> bool:
        """Whether complex steps hold: f changed as its slopes foretold, or they are true here."""
        last, self.last = self.last, (x.copy(), here, found)
        self.waited += 1
        if last is None or not (np.isfinite(here) and np.isfinite(found).all()):
            return True
        step = x - last[0]
        slopes = (last[2] + found) / 2
        allowed = SURPRISE * np.linalg.norm(slopes) * np.linalg.norm(step)
        gap = abs(here - last[1] - float(slopes @ step))
        if self.waited < self.wait or gap <= allowed + 1e-12 * (1 + abs(here)):
            return True
        self.wait, self.waited = 2 * self.wait, 0
        u = directions(x[None])
        expected, rounding = along(self.program, x[None], u)
        size = max(1.0, float(np.linalg.norm(found)))
        return bool(abs(float(found @ u[0]) - expected[0]) <= AGREES * size + rounding[0])

    def stepped(self, x: Floats, here: float) -> Floats:
        """∇f by differences."""
        end = NEAR_END * (1 + abs(here))
        if self.center is not None:
            close = np.linalg.norm(x - self.center) <= REACH * (1 + np.linalg.norm(x))
            found = self.corrected(x, here) if close else self.central(x, here)
            if np.linalg.norm(found) > LEFT * end:
                self.center = None
            return found
        found = forward(self.program.value, x, np.asarray(here), self.program.width(x, 1 / 2))
        return self.central(x, here) if np.linalg.norm(found) <= end else found

    def corrected(self, x: Floats, here: float) -> Floats:
        """∇f by forward differences and the bends of the last look."""
        h = self.program.width(x, 1 / 3)
        found = forward(self.program.value, x, np.asarray(here), h)
        return np.asarray(found if self.bends is None else found - h * self.bends / 2)

    def central(self, x: Floats, here: float) -> Floats:
        """∇f by a look on both sides, which tells the bends too."""
        h = self.program.width(x, 1 / 3)
        up, down = (shifted(self.program.value, x, step) for step in (h, -h))  # (n,)
        self.center, self.bends = x.copy(), (up - 2 * here + down) / h**2
        return np.asarray((up - down) / ((x + h) - (x - h)), x.dtype)


def followed(f: Any) -> Following | None:  # noqa: ANN401
    """What follows a callable that is differentiated by steps along a descent; else None."""
    program = getattr(f, "program", None)
    return Following(program) if isinstance(program, Program) and program.stepped else None


def is_misled(f: Any, ends: Floats) -> bool:  # noqa: ANN401
    """Whether complex steps have led many descents to ends (…, n) where they are not f's slopes."""
    program = getattr(f, "program", None)
    if not (isinstance(program, Program) and program.stepped and program.analytic):
        return False
    points = ends.reshape(-1, program.n).astype(np.float64)
    points = points[:: max(1, len(points) // ENDS)]
    with np.errstate(all="ignore"):
        here = program.value(points)
        known = np.isfinite(here)
        return bool(known.any()) and not takes_complex(program, points[known], here[known])
