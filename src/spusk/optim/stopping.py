"""How a descent ends: its named outcomes, and when each of them has happened."""

from collections import deque
from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

FAR = 1e4  # iterates this far away (in units of 1 + |x0|) run away if the gradient grew too
GROWN = 1e3  # … by this factor
TAIL = 100  # a cycle is looked for in the last steps
BLOCKS = 5
SHORTEST = 4  # steps of a block: the highest of fewer says nothing
FALL = 1e-9  # of a block's highest: the next one is lower by more than rounding
RISING, LEAST_RISING = 20, 4  # numbers, each above the last: what grows so diverges


class DescentOutcome(StrEnum):
    """The six ends of a descent."""

    CONVERGED = "converged"
    OUT_OF_STEPS = "out of steps"
    OSCILLATING = "oscillating"
    DIVERGED = "diverged"
    NOT_FINITE = "not finite"
    STOPPED = "stopped"

    @property
    def key(self) -> str:
        """The name without spaces, for words and files."""
        return self.value.replace(" ", "_")


OUTCOMES = tuple(DescentOutcome)  # the codes of many descents are places in this row
CODE = {outcome: code for code, outcome in enumerate(OUTCOMES)}


def shrinks(numbers: Sequence[float]) -> bool:
    """Whether the maxima over five equal blocks fall from each to the next."""
    size = len(numbers) // BLOCKS
    used = list(numbers)[len(numbers) - size * BLOCKS :]
    maxima = [max(used[i * size : (i + 1) * size]) for i in range(BLOCKS)]
    return all(b < a - FALL * abs(a) for a, b in pairwise(maxima))


def grows(numbers: Sequence[float]) -> bool:
    """Whether each of the last numbers is above the one before, by ever more, and above all others.

    A ball that rolls up the other side rises for long, too, but not above where it came from; and
    what comes up to a cycle rises by ever less.
    """
    last = list(numbers)[-RISING:]
    rises = [b - a for a, b in pairwise(last)]
    if len(last) < LEAST_RISING or not all(rise > 0 for rise in rises):
        return False
    return rises[-1] > rises[0] and last[-1] > max(list(numbers)[:-1])


class StopTest:
    """Looks at each step's numbers and says when an outcome has happened."""

    def __init__(self, reach: float, tolerance: float) -> None:
        self.far = FAR * (1 + reach)  # reach = |x0|
        self.tolerance = tolerance
        self.first_norm: float | None = None
        self.norms: deque[float] = deque(maxlen=TAIL)
        self.values: deque[float] = deque(maxlen=TAIL)

    def look(
        self, finite: bool, distance: float, value: float, norm: float
    ) -> DescentOutcome | None:
        """The outcome that this iterate means, or None: go on."""
        if not finite:
            return DescentOutcome.NOT_FINITE if distance <= self.far else DescentOutcome.DIVERGED
        if norm <= self.tolerance:
            return DescentOutcome.CONVERGED
        if self.first_norm is None:
            self.first_norm = norm
        if distance > self.far and norm > GROWN * self.first_norm:
            return DescentOutcome.DIVERGED
        self.norms.append(norm)
        self.values.append(value)
        return None

    def at_the_end(self, moving: bool) -> DescentOutcome:
        """Out of steps; diverged, when |∇f| and f grow over the last; oscillating, if none shrinks.

        Just past the bound each step is longer by a little: nothing is far yet, and all grows.
        """
        if grows(self.norms) and grows(self.values):
            return DescentOutcome.DIVERGED
        enough = moving and len(self.norms) >= SHORTEST * BLOCKS
        if enough and not shrinks(self.norms) and not shrinks(self.values):
            return DescentOutcome.OSCILLATING
        return DescentOutcome.OUT_OF_STEPS
