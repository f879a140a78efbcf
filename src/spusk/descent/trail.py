"""What a descent leaves for its explanation: its first and last iterates, and where to look."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spusk.descent.loop import Step
from spusk.functions.critical import HESSIAN_UP_TO
from spusk.optim.stopping import TAIL, DescentOutcome

COUNTS = 0.05  # of |∇f|: a component this small does not turn a path
OFTEN = 0.5  # of the steps: a direction that is jumped over so often is zigzagged in
LOOPS = 3  # times over the bottom, seldom: loops
RISES = 5  # steps: so many in a row, each longer, tell by what factor


class Trail:
    """Follows a descent: its first TAIL steps and its last, the calmest, the least value."""

    def __init__(self, start: Step) -> None:
        self.last = self.calmest = start
        few = start.x.size <= HESSIAN_UP_TO  # a hundred points of a large network fill the memory
        self.length = TAIL if few else 1
        self.head: list[Step] = []
        self.tail: deque[Step] = deque(maxlen=self.length)

    def see(self, step: Step) -> None:
        """Takes the next iterate, the start first."""
        self.last = step
        self.tail.append(step)
        if len(self.head) < self.length:
            self.head.append(step)
        if np.isfinite(step.value) and step.norm < self.calmest.norm:
            self.calmest = step

    def anchor(self, outcome: DescentOutcome) -> NDArray[np.float64]:
        """The point (n,) from which the explanation looks for this end of the run.

        The last iterate; the mean of the last TAIL where they go about one; the calmest where the
        end means nothing.
        """
        lost = outcome in (DescentOutcome.DIVERGED, DescentOutcome.NOT_FINITE)
        if lost or not np.isfinite(self.last.value):
            return np.asarray(self.calmest.x, np.float64)
        if outcome is DescentOutcome.OSCILLATING:
            return np.asarray(np.mean([s.x for s in self.tail], axis=0, dtype=np.float64))
        return np.asarray(self.last.x, np.float64)

    def reach(self) -> float:
        """How far the last iterates are from each other."""
        points = np.stack([s.x for s in self.tail])
        return float(np.linalg.norm(np.ptp(points, axis=0)))

    def turns(self, vectors: NDArray[Any]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Along which of the directions, columns (n, m), the path zigzags, and in which it loops.

        It jumps over the bottom where ∇f along the direction changes its sign.
        """
        zigzag = loops = np.zeros(vectors.shape[1], bool)
        for steps in (self.head, list(self.tail)):
            slopes = np.stack([s.gradient for s in steps]).astype(np.float64)  # (K, n)
            along = slopes @ vectors  # (K, n) @ (n, m) -> (K, m)
            large = np.abs(along) >= COUNTS * np.linalg.norm(slopes, axis=1, keepdims=True)
            both = large[1:] & large[:-1]
            over = np.sum(both & (along[1:] * along[:-1] < 0), axis=0)  # (m,)
            often = (over >= 2) & (over >= OFTEN * both.sum(axis=0))
            zigzag = zigzag | often
            loops = (over >= LOOPS) & ~often  # of the tail: before, it may be about another bottom
        return zigzag, loops

    def growth(self) -> float | None:
        """By what factor each of the last steps is longer than the last; None: they are not."""
        norms = np.array([s.norm for s in self.tail][-RISES - 1 :])
        norms = norms[np.isfinite(norms) & (norms > 0)]
        if len(norms) < 3 or not (np.diff(norms) > 0).all():
            return None
        return float((norms[-1] / norms[0]) ** (1 / (len(norms) - 1)))
