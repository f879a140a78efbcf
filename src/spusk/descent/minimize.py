"""Descent: what a descent leaves behind. Its trace, its best point, its end, its explanation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spusk.descent.explain import explain
from spusk.descent.explanation import Explanation
from spusk.descent.loop import Descendable, Step, Surface, descend_events, point
from spusk.descent.trail import Trail
from spusk.display import Shown, short_repr
from spusk.errors import InputError
from spusk.functions.points import PointKind, spell
from spusk.functions.program import in_a_line
from spusk.functions.sources import from_program, function, is_program, refuse_options
from spusk.i18n import say
from spusk.optim.rules import Rule, make
from spusk.optim.schedules import Rate
from spusk.optim.stopping import DescentOutcome

Callback = Callable[[Step], object]


@dataclass(eq=False)
class Descent(Shown):
    """A finished descent; row k of each array is one recorded iterate.

    SciPy's names (x, fun, jac, nit, nfev, njev, success, status, message) speak of the last one.

    Attributes:
        f: what was descended.
        rate: the learning rate η, or its schedule.
        rule: the rule's name.
        tolerance: of ‖∇f‖.
        outcome: converged, oscillating, diverged, …
        step: at which step it ended.
        nfev: how often f was asked.
        njev: how often ∇f was asked.
        steps: the numbers of the recorded iterates, (K,).
        iterates: the points x, (K, n).
        values: f(x), (K,).
        gradients: ∇f(x), (K, n).
        norms: ‖∇f(x)‖, (K,).
        best: the least value met, recorded or not.
        trail: its first and last iterates, for its explanation.
        method: the rule itself.
        search: the line search, or None.
        error: what f raised, where that ended it.
        error_at: the point at which f raised it, in words.
    """

    f: Surface
    rate: Rate
    rule: str
    tolerance: float
    outcome: DescentOutcome
    step: int
    nfev: int
    njev: int
    steps: NDArray[np.int64] = field(repr=False)
    iterates: NDArray[Any] = field(repr=False)
    values: NDArray[np.float64] = field(repr=False)
    gradients: NDArray[Any] = field(repr=False)
    norms: NDArray[np.float64] = field(repr=False)
    best: Step = field(repr=False)
    trail: Trail = field(repr=False)
    method: Rule = field(repr=False)
    search: str | None = None
    error: BaseException | None = None
    error_at: str = ""

    def __repr__(self) -> str:
        return short_repr(self)

    @property
    def x(self) -> NDArray[Any]:
        """The last iterate."""
        last: NDArray[Any] = self.iterates[-1]
        return last

    @property
    def fun(self) -> float:
        """f at the last iterate."""
        return float(self.values[-1])

    @property
    def jac(self) -> NDArray[Any]:
        """∇f at the last iterate."""
        last: NDArray[Any] = self.gradients[-1]
        return last

    @property
    def nit(self) -> int:
        """The number of steps made."""
        return self.step

    @property
    def success(self) -> bool:
        """Whether it converged to a minimum, as f's curvature tells.

        Where that is untold, as `explain` says then, whether it converged.
        """
        if self.outcome is not DescentOutcome.CONVERGED:
            return False
        point = self.explanation.point
        return point.is_minimum or (point.kind is PointKind.UNTOLD and not self.explanation.noise)

    @property
    def status(self) -> int:
        """0 at success, as in SciPy; else the outcome's place in the row, its end at no minimum."""
        at_no_minimum = self.outcome is DescentOutcome.CONVERGED and not self.success
        outcomes = list(DescentOutcome)
        return len(outcomes) if at_no_minimum else outcomes.index(self.outcome)

    @property
    def message(self) -> str:
        """The outcome as a sentence, in English."""
        return self.sentence("en")

    def sentence(self, lang: str | None = None) -> str:
        """The outcome as a sentence with its numbers.

        Args:
            lang: "en" or "ru"; else SPUSK_LANG, else English.

        Returns:
            The sentence.
        """
        key = self.outcome.key if self.error is None else "stopped_by_error"
        end = {"step": self.step, "tolerance": self.tolerance, "norm": float(self.norms[-1])}
        why = "" if self.error is None else in_a_line(self.error)
        return say(f"descent.{key}", lang, why=why, at=self.error_at, **end)

    @cached_property
    def explanation(self) -> Explanation:
        """The Hessian's eigenvalues at the minimum where it ended, and what they mean for η."""
        searched = self.search is not None
        return explain(self.f, self.trail, self.outcome, self.method, searched, self.best.value)

    def explain(self, lang: str | None = None) -> str:
        """What this rate did, and which rates would do (local theory), as a sentence.

        Args:
            lang: "en" or "ru"; else SPUSK_LANG, else English.

        Returns:
            The sentence.
        """
        return self.explanation.sentence(lang)

    def __str__(self) -> str:
        return f"{self.sentence()} {self.summary()}"

    def summary(self, lang: str | None = None) -> str:
        """Where it ended and the best it met, in one line.

        Args:
            lang: "en" or "ru"; else SPUSK_LANG, else English.

        Returns:
            The line.
        """
        shown = {"x": spell(self.x), "best": spell(self.best.x)}
        return say("descent.summary", lang, fun=self.fun, best_value=self.best.value,
                   best_step=self.best.n, **shown)  # fmt: skip


def descend(
    f: Descendable,
    start: ArrayLike,
    rate: Rate,
    steps: int = 1000,
    tolerance: float = 1e-6,
    *,
    rule: str | Callable[[Rate], Rule] = "plain",
    record: str | int = "all",
    search: str | None = None,
    callback: Callback | None = None,
    args: tuple[Any, ...] = (),
    jac: bool | Callable[..., Any] | None = None,
    vectorized: bool = False,
    trace: bool = True,
) -> Descent:
    """Gradient descent on f from a start: x⁽ⁿ⁺¹⁾ = x⁽ⁿ⁾ − η∇f(x⁽ⁿ⁾).

    Args:
        f: a formula, a name in `GALLERY`, a callable of n numbers or of a vector (n,), a Function,
            or anything with n, value and gradient, such as `Network.surface`.
        start: the first point, (n,); float32 stays float32.
        rate: the learning rate η > 0, or a schedule: a function of the step 0, 1, 2, …
        steps: at most so many.
        tolerance: converged when ‖∇f‖ is at most this.
        rule: a name in `optim.RULES` such as "adam", or a function that makes a rule of a rate.
        record: which iterates are kept: "all", "last", or k for every k-th and the last.
        search: "armijo" halves η at each step until f falls enough; for the plain rule alone.
        callback: called with each Step; StopIteration from it ends the descent.
        args: what a callable takes after x: f(x, *args), and its gradient too; one alone, or a
            tuple.
        jac: True for a callable that returns (f, ∇f); or ∇f itself, as in SciPy.
        vectorized: whether a callable takes points (…, n) and gives (…).
        trace: whether a callable may be read as a formula.

    Returns:
        The descent: its trace, its best point, how it ended, and why.

    Raises:
        FormulaError: a text that is no function.
        GradientError: ∇f is not the gradient of f.
        InputError: an unknown rule, search or record, steps or tolerance below 0; a callable that
            answers with no number, or raises an error of its own at the start (a CallableError).
        RateError: a rate that is not positive and finite.
        StartError: a start of another size, or not finite.

    Source: lecture, rows L3 and L4; Armijo 1966 for the search.
    """
    options: dict[str, Any] = {"args": args, "jac": jac, "vectorized": vectorized}
    surface = surface_of(f, start, traced=trace, **options)
    every = spacing(record)
    events = descend_events(
        surface, start, rate, steps=steps, tolerance=tolerance, rule=rule, search=search
    )
    event = next(events)
    kept = Recorder(cast(Step, event), every)  # the start comes first
    while isinstance(event, Step):
        kept.see(event)
        event = events.send(callback is not None and not _go_on(callback, event))
    method, seen = make(rule, rate), kept.steps()
    return Descent(
        f=surface, rate=rate, rule=rule if isinstance(rule, str) else type(method).__name__,
        tolerance=tolerance, outcome=event.outcome, step=event.step, nfev=event.nfev,
        njev=event.njev, steps=np.array([s.n for s in seen]),
        iterates=np.stack([s.x for s in seen]), values=np.array([s.value for s in seen]),
        gradients=np.stack([s.gradient for s in seen]), norms=np.array([s.norm for s in seen]),
        best=kept.best, trail=kept.trail, method=method, search=search, error=event.error,
        error_at=event.error_at,
    )  # fmt: skip


class Recorder:
    """What is kept of a descent on its way: every k-th iterate, the last, the best, the trail."""

    def __init__(self, start: Step, every: int) -> None:
        self.every = every
        self.recorded: list[Step] = []
        self.best = self.last = start
        self.trail = Trail(start)

    def see(self, step: Step) -> None:
        """Takes the next iterate, the start first."""
        self.last = step
        self.trail.see(step)
        if step.value < self.best.value or np.isnan(self.best.value):
            self.best = step
        if self.every and step.n % self.every == 0:
            self.recorded.append(step)

    def steps(self) -> list[Step]:
        """The recorded iterates; the last is always among them."""
        whole = self.recorded and self.recorded[-1] is self.last
        return self.recorded if whole else [*self.recorded, self.last]


def _go_on(callback: Callback, event: Step) -> bool:
    try:
        callback(event)
    except StopIteration:
        return False
    return True


def surface_of(
    f: Any,  # noqa: ANN401
    start: ArrayLike | None = None,
    *,
    n: int | None = None,
    traced: bool = True,
    **options: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """f itself if it can be descended; else what `spusk.function` makes of it.

    A callable of one vector takes n from the size of the start (n,), where nobody says it.
    """
    if all(hasattr(f, name) for name in ("n", "value", "gradient")):
        refuse_options(f, options)
        return f
    if not is_program(f):
        refuse_options(f, options)
        return function(f)
    x = None if start is None else point(start, size(start))
    number = start is not None and np.ndim(start) == 0
    return from_program(f, start=x, number=number, n=n, traced=traced, **options)


def size(start: ArrayLike) -> int:
    """How many numbers a start holds; of rows of unlike lengths, how many rows."""
    try:
        return np.size(start)
    except ValueError:
        return len(cast(Sequence[Any], start))


def spacing(record: str | int) -> int:
    """Every how many steps an iterate is kept; 0: only the last.

    InputError: neither "all", "last" nor a number k ≥ 1.
    """
    if record == "last":
        return 0
    if record == "all":
        return 1
    if isinstance(record, bool) or not isinstance(record, int) or record < 1:
        raise InputError.keyed("descent.record", found=record)
    return record
