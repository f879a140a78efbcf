"""What a function is: f: Rⁿ → R with its value, gradient and Hessian, as numbers and formulas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spusk.display import short_repr
from spusk.errors import FormulaError, InputError
from spusk.i18n import LANGUAGES

if TYPE_CHECKING:
    from spusk.functions.gallery import Entry
    from spusk.functions.program import Program
    from spusk.functions.symbolic import Formulas, Symbolic

Floats = NDArray[np.floating[Any]]
PROBES = 20  # random points at which a trace or an answer is checked
LONGEST, MOST = 80, 6  # characters of a formula, and names of variables, that a repr shows


class Verdict(NamedTuple):
    """Whether a student's answer is right, and a point that shows it.

    Attributes:
        right: whether it is.
        point: where the two differ most, (n,).
        found: the answer's value there.
        expected: the right value there.
    """

    right: bool
    point: Floats
    found: float
    expected: float

    def __repr__(self) -> str:
        return short_repr(self)


class Numbers(Protocol):
    """What computes f and ∇f of points (…, n)."""

    @property
    def value(self) -> Callable[[Floats], Floats]:
        """(…, n) -> (…)."""
        ...

    @property
    def gradient(self) -> Callable[[Floats], Floats]:
        """(…, n) -> (…, n)."""
        ...


class Function:
    """A function f: Rⁿ → R with value, gradient and Hessian; `spusk.function` makes them.

    Points are (…, n), float32 or float64.

    Args:
        names: of the variables, n of them.
        how: where the gradient comes from: "formula" (exact), "traced" (exact, from a callable),
            "given" (the user's own, checked) or "differences".
        program: the callable as numbers, where there is no formula.
        symbolic: the formula with its derivatives, where there is one.
        entry: the row of the gallery it comes from.
        text: the formula as text.

    Source: lecture, rows L1 and L2.
    """

    def __init__(
        self,
        names: Sequence[str],
        how: str,
        program: Program | None = None,
        symbolic: Symbolic | None = None,
        entry: Entry | None = None,
        text: str = "",
    ) -> None:
        self.names, self.n = tuple(names), len(names)
        self.how, self.symbolic, self.entry = how, symbolic, entry
        self.text = text
        self.name = entry.name if entry else ""
        self.program = program

    def __call__(self, *x: ArrayLike) -> Floats:
        """f(x) of a point, or f(x1, …, xn) of separate numbers."""
        return self.value(np.stack(np.broadcast_arrays(*x), axis=-1) if len(x) > 1 else x[0])

    def value(self, points: ArrayLike) -> Floats:
        """The value f.

        Args:
            points: (…, n).

        Returns:
            (…); NaN or infinite outside the domain.

        Raises:
            InputError: points of another n.
        """
        x = self.points(points)
        return self.numbers.value(x)

    def gradient(self, points: ArrayLike) -> Floats:
        """The gradient ∇f = (∂f/∂x1, …, ∂f/∂xn).

        Args:
            points: (…, n).

        Returns:
            (…, n).

        Raises:
            InputError: points of another n.
        """
        x = self.points(points)
        return self.patched(x, self.numbers.gradient(x))

    def value_and_gradient(self, points: ArrayLike) -> tuple[Floats, Floats]:
        """Value and gradient in one pass, shared parts computed once.

        Args:
            points: (…, n).

        Returns:
            f (…) and ∇f (…, n).

        Raises:
            InputError: points of another n.
        """
        x = self.points(points)
        if self.symbolic is None:
            return cast("Program", self.program).both(x)
        both = self.symbolic.both(x)
        return both[..., 0], self.patched(x, both[..., 1:])

    def hessian(self, points: ArrayLike) -> Floats:
        """The Hessian ∂²f/∂xi∂xj.

        Exact; by differences of the gradient where f cannot be read, or has so many variables and
        parts that its formulas would take seconds.

        Args:
            points: (…, n).

        Returns:
            (…, n, n), symmetric.

        Raises:
            InputError: points of another n.
        """
        x = self.points(points)
        if self.symbolic and not self.symbolic.heavy:
            return self.symbolic.hessian(x)
        if self.program and self.program.is_rough:
            return self.program.hessian(x)
        from spusk.functions.differences import central

        rough = central(self.gradient, x)
        return (rough + np.swapaxes(rough, -1, -2)) / 2

    def formulas(self, kind: str = "text", lang: str = "en") -> Formulas:
        """Value, gradient and Hessian as formulas.

        Args:
            kind: "text", "latex" or "mathml".
            lang: "en", or "ru" for tg, ln and decimal commas.

        Returns:
            The formulas of f, of each ∂f/∂xi, and of each ∂²f/∂xi∂xj. The text reads back as
            the same function.

        Raises:
            InputError: another kind or language, or a callable that could not be read.
        """
        if self.symbolic is None:
            raise InputError.keyed("function.unread")
        if kind not in ("text", "latex", "mathml"):
            raise InputError.keyed("function.kind", found=kind)
        if lang not in LANGUAGES:
            raise InputError.keyed("function.language", found=lang, known=", ".join(LANGUAGES))
        return self.symbolic.formulas(kind, lang)

    @property
    def numbers(self) -> Numbers:
        """What computes: the formula's programs, or the callable."""
        return cast("Numbers", self.symbolic or self.program)

    @property
    def noise(self) -> float:
        """How far apart two values at one point are, where they are more than rounding."""
        return self.program.noise if self.program else 0.0

    @property
    def expression(self) -> Any | None:  # noqa: ANN401
        """The SymPy expression, where the function could be read."""
        return self.symbolic.expression if self.symbolic else None

    @property
    def rough(self) -> tuple[str, ...]:
        """Texts u: where u = 0 the gradient may not exist; |u| takes the subgradient 0 there."""
        return self.symbolic.rough if self.symbolic else ()

    @property
    def nonsmooth(self) -> tuple[float, ...] | None:
        """The point (n,) at which f has no gradient and ∇f is defined as 0, where one is known."""
        return self.entry.nonsmooth if self.entry else None

    def patched(self, x: Floats, gradient: Floats) -> Floats:
        """The gradient as the gallery defines it at a point where f has none (Ackley at 0: zero).

        Args:
            x: points (…, n).
            gradient: ∇f there, (…, n); changed in place.

        Returns:
            The gradient.
        """
        if self.nonsmooth is not None:
            gradient[(x == np.asarray(self.nonsmooth)).all(axis=-1)] = 0
        return gradient

    def check(self, place: int, answer: str) -> Verdict:
        """Whether a text equals ∂f/∂x_place, in whatever form it is written.

        Compared at random points where both are finite.

        Args:
            place: which variable, from 0.
            answer: the student's formula.

        Returns:
            The verdict, with a point that shows it.

        Raises:
            FormulaError: the answer cannot be read, or has a variable that f has not.

        Source: lecture, row L2.
        """
        from spusk.functions.parse import parse
        from spusk.functions.symbolic import Symbolic

        tree, names = parse(answer)
        strange = [name for name in names if name not in self.names]
        if strange:
            ours = ", ".join(self.names)
            raise FormulaError.at_column("strange_variable", 0, name=strange[0], known=ours)
        said = Symbolic(tree, self.names).value
        points = probes(self)
        found, expected = said(points), self.gradient(points)[:, place]
        known = np.isfinite(expected)
        both = known & np.isfinite(found)
        if both.any():
            scale = np.maximum(np.abs(expected), np.median(np.abs(expected[both])))
            with np.errstate(all="ignore"):
                gap = np.abs(found - expected) / np.maximum(scale, 1e-6)
            gap[~both] = -1
        else:
            gap = np.where(known, np.inf, 0.0)
        worst = int(np.argmax(gap))
        right = bool(both.any() and gap[worst] <= 1e-8)
        return Verdict(right, points[worst], float(found[worst]), float(expected[worst]))

    def points(self, points: ArrayLike) -> Floats:
        """Points as floating point.

        Args:
            points: numbers (…, n).

        Returns:
            (…, n), float32 where they are, else float64.

        Raises:
            InputError: points of another n.
        """
        x = np.asarray(points)
        if x.dtype not in (np.float32, np.float64):
            x = x.astype(np.float64)
        if x.shape[-1:] != (self.n,):
            raise InputError.keyed(
                "function.points", n=self.n, names=", ".join(self.names), found=x.shape
            )
        return x

    def __repr__(self) -> str:
        shown = self.text or "callable"
        shown = shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
        names = ", ".join(self.names[:MOST] + ("…",) * (self.n > MOST))
        return f"Function({shown}; {names}; {self.how})"


def probes(f: Function) -> Floats:
    """Random points (PROBES, n), in the view of the gallery or around the origin and beyond it."""
    return random_points(f.entry.view if f.entry is not None else [(-3.0, 3.0)] * f.n)


def random_points(view: Sequence[tuple[float, float]]) -> Floats:
    """The same random points (PROBES, n) of a box each time."""
    low, high = np.array(view, np.float64).T
    return np.random.default_rng(0).uniform(low, high, (PROBES, len(view)))
