"""One block of descents (n, B), stepped together in place and looked at every CHECK steps."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spusk.optim.rules import GradientDescent, Rule, State, make
from spusk.optim.schedules import Rate, rate_at
from spusk.optim.stopping import CODE, FAR, GROWN, DescentOutcome

Floats = NDArray[Any]
Gradient = Callable[[Any], Callable[[], Sequence[Floats]]]
Named = str | Callable[[Rate], Rule]
CHECK = 20
SLACK = 1.0001
NOTHING = -1  # still under way


class Crowd:
    """Descents that move together: x, the rule and its state, ∇f bound to x."""

    def __init__(
        self, gradient: Gradient, x: Floats, rate: Rate, rule: Named, state: State | None = None
    ) -> None:
        self.gradient, self.x, self.rate, self.name = gradient, np.ascontiguousarray(x), rate, rule
        self.rule: Rule = make(rule, rate)
        self.slope = gradient(self.x)
        self.state = self.rule.start(self.x) if state is None else state
        self.forget()

    def step(self, slopes: Sequence[Floats], n: int) -> None:
        """One step; the plain rule in place, in the slopes' own room."""
        if isinstance(self.rule, GradientDescent):
            eta = rate_at(self.rule.rate, n)
            for component, slope in zip(self.x, slopes, strict=True):
                np.multiply(slope, eta, slope)
                np.subtract(component, slope, component)
            return
        x, self.state = self.rule.step(self.x, np.stack(slopes), self.state, n)
        self.x[...] = x

    def advance(self, n: int, count: int) -> None:
        """`count` steps from step n on."""
        for k in range(count):
            slopes = self.slope()
            self.see(slopes)
            self.step(slopes, n + k)

    def see(self, slopes: Sequence[Floats]) -> None:
        """Keeps how small and how large ‖∇f‖² has been since `forget`; NaN stays."""
        norm2 = square(slopes)
        np.minimum(self.lowest, norm2, out=self.lowest)
        np.maximum(self.highest, norm2, out=self.highest)

    def forget(self) -> None:
        """A look is over: what was seen before it no longer counts."""
        self.lowest = np.full(self.x.shape[1], np.inf, self.x.dtype)
        self.highest = np.zeros(self.x.shape[1], self.x.dtype)

    def part(self, places: NDArray[Any], x: Floats, state: State) -> "Crowd":
        """Some of the descents, from x and state."""
        rate = self.rate[places] if isinstance(self.rate, np.ndarray) else self.rate
        chosen = tuple(s[:, places] for s in state)
        return Crowd(self.gradient, x[:, places], rate, self.name, chosen)


class Block:
    """Descents from x0 (n, B); after `run`: ends (n, B), codes (B,), taken (B,)."""

    def __init__(
        self, gradient: Gradient, x0: Floats, rate: Rate, rule: Named, tolerance: float
    ) -> None:
        self.x0, self.tolerance = x0, tolerance
        self.crowd = Crowd(gradient, x0.copy(), rate, rule)
        self.ends = x0.copy()
        self.codes = np.full(x0.shape[1], NOTHING, np.int8)
        self.taken = np.zeros(x0.shape[1], np.int64)
        self.reach = FAR * (1 + length(x0))
        self.grown = GROWN * length(self.crowd.slope())

    def run(self, steps: int, path: Floats | None, every: int) -> None:
        """All steps, or until everyone has settled."""
        crowd, alive = self.crowd, np.arange(self.x0.shape[1])
        before, since, n = (crowd.x.copy(), crowd.state), 0, 0
        while True:
            if path is not None and n % every == 0:
                path[n // every, alive] = crowd.x.T
            if n % CHECK == 0 or n == steps:
                crowd.see(crowd.slope())
                places = self.suspects(crowd, alive)
                if len(places):
                    self.replay(crowd.part(places, *before), alive[places], since, n)
                crowd, alive = self.narrow(crowd, alive)
                crowd.forget()
                before, since = (crowd.x.copy(), crowd.state), n
            if n == steps or not len(alive):
                break
            look = min(steps, n + CHECK - n % CHECK)
            stop = look if path is None else min(look, n + every - n % every)
            crowd.advance(n, stop - n)
            n = stop
        self.close(crowd, alive, steps)
        if path is not None:
            self.fill(path, every)

    def suspects(self, crowd: Crowd, alive: NDArray[Any]) -> NDArray[Any]:
        """Places of those under way whose ‖∇f‖ was, since the last look, as where one settles.

        The slack covers the rounding of squares; `replay` looks at them exactly.
        """
        low, high = self.tolerance**2 * SLACK, (self.grown[alive] / SLACK) ** 2
        calm = (crowd.lowest > low) & (crowd.highest <= high) & np.isfinite(crowd.highest)
        return np.flatnonzero(~calm & (self.codes[alive] == NOTHING))

    def narrow(self, crowd: Crowd, alive: NDArray[Any]) -> tuple[Crowd, NDArray[Any]]:
        """Once a quarter has settled, only the others go on."""
        going = np.flatnonzero(self.codes[alive] == NOTHING)
        if 4 * len(going) > 3 * len(alive):
            return crowd, alive
        return crowd.part(going, crowd.x, crowd.state), alive[going]

    def look(self, x: Floats, norm: Floats, who: NDArray[Any]) -> NDArray[np.int8]:
        """The outcome's code of each who settled just now, or NOTHING, by `StopTest`'s rules.

        Most are under way, and one comparison tells: distances are taken of the others only.
        """
        codes = np.full(len(who), NOTHING, np.int8)
        everyone = len(who) == len(self.grown)
        grown = self.grown if everyone else self.grown[who]
        under_way = (self.codes if everyone else self.codes[who]) == NOTHING
        some = np.flatnonzero(under_way & ~((norm > self.tolerance) & (norm <= grown)))
        if not len(some):
            return codes
        norm, chosen = norm[some], who[some]
        far = ~(length(x[:, some] - self.x0[:, chosen]) <= self.reach[chosen])
        found = np.full(len(some), NOTHING, np.int8)
        found[far & (norm > self.grown[chosen])] = CODE[DescentOutcome.DIVERGED]
        found[norm <= self.tolerance] = CODE[DescentOutcome.CONVERGED]
        lost = ~np.isfinite(norm)
        found[lost] = CODE[DescentOutcome.NOT_FINITE]
        found[lost & far] = CODE[DescentOutcome.DIVERGED]
        codes[some] = found
        return codes

    def replay(self, crowd: Crowd, who: NDArray[Any], first: int, last: int) -> None:
        """Steps those who settled since the last look again, one by one, to see exactly when."""
        for n in range(first, last + 1):
            slopes = crowd.slope()
            codes = self.look(crowd.x, length(slopes), who)
            new = codes != NOTHING
            self.codes[who[new]], self.taken[who[new]] = codes[new], n
            self.ends[:, who[new]] = crowd.x[:, new]
            crowd.step(slopes, n)

    def close(self, crowd: Crowd, alive: NDArray[Any], steps: int) -> None:
        """Who has not settled ran out of steps."""
        going = self.codes[alive] == NOTHING
        self.ends[:, alive[going]] = crowd.x[:, going]
        self.codes[alive[going]], self.taken[alive[going]] = (
            CODE[DescentOutcome.OUT_OF_STEPS],
            steps,
        )

    def fill(self, path: Floats, every: int) -> None:
        """Who settled stays where it settled."""
        for k in range(len(path)):
            still = self.taken <= k * every
            path[k, still] = self.ends[:, still].T


def length(rows: Sequence[Floats] | Floats) -> Floats:
    """Euclidean length over the components: (n, B) -> (B,)."""
    return np.asarray(np.sqrt(square(rows)))


def square(rows: Sequence[Floats] | Floats) -> Floats:
    """Its square."""
    total = rows[0] * rows[0]
    for row in rows[1:]:
        total += row * row
    return np.asarray(total)
