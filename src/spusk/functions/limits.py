"""Values and slopes where a formula's own numbers fail: at 0/0, beside it, and by overflow.

sin(x)/x at 0, √(x⁴ + y⁴)' at 0, ln(1 + eˣ) at 800. Such points are rare; f is taken there in
many digits, at the point itself or close around it, and a limit is told only where all ways to the
point agree. Where they do not, the formula's NaN stays. Beside such a point a formula has numbers,
but of (1 − cos x)/x² at 1e-8 rounding leaves 0: those digits are taken from f too.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import islice, permutations, product
from typing import Any

import numpy as np
import sympy
from mpmath import mpf
from numpy.typing import NDArray

from spusk.functions.many_digits import CONTEXT, LARGEST, Number, moved, numbers
from spusk.functions.roots import cbrt

Floats = NDArray[np.floating[Any]]
DIGITS, MORE = 200, 1000  # at the point itself, and close around one where f is 0/0
NEAR = ("1e-100", "1e-140")  # how far from the point a limit of f is looked for, twice
STEP = ("1e-40", "1e-80")  # … and a slope
BEND = ("1e-30", "1e-32")  # … and a curvature
AGREE = 1e-9  # how equal those must be
CLOSE = 1e-2  # a divisor: below it rounding is more than a ten thousandth of a slope's digits
MOST = 20  # points of one call: a line of a picture keeps its gap
EDGE = 80  # an exponent that may overflow (in float32)
SMALL = 1e-18  # a slope that is nothing but a step's remainder
GROWING = (sympy.exp, sympy.sinh, sympy.cosh)


def suspects(tree: Any) -> tuple[list[Any], list[Any], list[Any]]:  # noqa: ANN401
    """Parts that may be 0 where f is 0/0, those that divide, exponents that may overflow."""
    zero, divisors, large = set(), set(), set()
    for part in sympy.preorder_traversal(tree):
        if isinstance(part, sympy.Pow) and part.base.free_symbols:
            whole = part.exp.is_Integer and part.exp.is_positive
            zero |= set() if whole else {part.base}
            divisors |= {part.base} if part.exp.is_negative else set()
        if isinstance(part, sympy.Pow) and part.exp.free_symbols and part.base.is_number:
            large.add(part.exp)
        if isinstance(part, sympy.log | cbrt | sympy.Abs | sympy.tan | sympy.cot):
            zero.add(part.args[0])
        if isinstance(part, sympy.cot):
            divisors.add(part.args[0])
        if isinstance(part, GROWING):
            large.add(part.args[0])
    zero, divisors = ({p for p in found if may_be_zero(p)} for found in (zero, divisors))
    return list(zero), list(divisors), [p for p in large if p.free_symbols]


def may_be_zero(tree: Any) -> bool:  # noqa: ANN401
    """Whether a part is 0 somewhere, as far as is known: 1 + y² is not."""
    return bool(tree.free_symbols) and tree.is_zero is not False


class Repairs:
    """Puts limits in the place of NaN, and digits in that of rounding, at the few points of either.

    Args:
        tree: f.
        symbols: its variables, n of them.
        program: trees -> NumPy code for them, points (…, n) -> (…, trees).
    """

    def __init__(
        self,
        tree: Any,  # noqa: ANN401
        symbols: Sequence[Any],
        program: Callable[[Sequence[Any]], Callable[[Floats], Floats]],
    ) -> None:
        zero, self.divisors, large = suspects(tree)
        self.jumps = [p.args[0] for p in tree.atoms(sympy.sign)]  # sign(u)·|u| = u has a slope
        self.needed = bool(zero or large or self.jumps)
        self._zero, self._large, self._program = zero, large, program
        self.limits = Limits(tree, symbols)

    @cached_property
    def zero(self) -> Callable[[Floats], Floats]:
        """What may be 0 where f is 0/0; like the next three compiled where it is first asked."""
        return self._program(self._zero)

    @cached_property
    def large(self) -> Callable[[Floats], Floats]:
        """The exponents that may overflow."""
        return self._program(self._large)

    @cached_property
    def jumping(self) -> Callable[[Floats], Floats]:
        """What jumps where it is 0."""
        return self._program(self.jumps)

    @cached_property
    def dividing(self) -> Callable[[Floats], Floats]:
        """What is divided by."""
        return self._program(self.divisors)

    def values(self, points: Floats, found: Floats) -> Floats:
        """f (…) at points (…, n), changed in place."""
        for place in self.places(points, np.asarray(np.isfinite(found))):
            limit = self.limits.value(points[place])
            found[place] = limit if np.isfinite(limit) else found[place]
        for place in self.close(points):
            put(found, place, self.limits.value(points[place]))
        return found

    def gradients(self, points: Floats, found: Floats) -> Floats:
        """∇f (…, n) at points (…, n), changed in place."""
        for place in self.places(points, np.asarray(np.isfinite(found).all(axis=-1))):
            found[place] = self.limits.gradient(points[place], found[place])
        for place in self.close(points):
            put(found, place, self.limits.slopes_beside(points[place]))
        if self.jumps:
            at_jump = (self.jumping(points) == 0).any(axis=-1)
            for place in np.argwhere(at_jump & np.isfinite(points).all(axis=-1))[:MOST]:
                limit = self.limits.gradient(points[tuple(place)], found[tuple(place)] * np.nan)
                found[tuple(place)] = np.where(np.isfinite(limit), limit, found[tuple(place)])
        return found

    def hessians(self, points: Floats, found: Floats) -> Floats:
        """The Hessian (…, n, n) at points (…, n), changed in place."""
        for place in self.close(points, at=True):
            put(found, place, self.limits.curvatures(points[place]))
        return found

    def close(self, points: Floats, *, at: bool = False) -> list[tuple[int, ...]]:
        """Where f is taken in many digits, for a divisor is almost 0; `at`: or it is 0."""
        if not self.divisors:
            return []
        size = np.abs(self.dividing(points))
        near = ((size < CLOSE) & ((size > 0) | at)).any(axis=-1)
        places = np.argwhere(near & np.isfinite(points).all(axis=-1))
        return [tuple(place) for place in places] if len(places) <= MOST else []

    def places(self, points: Floats, good: NDArray[np.bool_]) -> list[tuple[int, ...]]:
        """Where a limit is worth a look: a part that divides is 0, or one on the way overflows."""
        wrong = np.argwhere(~good & np.isfinite(points).all(axis=-1))
        if not len(wrong):
            return []
        some = points[tuple(wrong.T)].reshape(-1, points.shape[-1])
        size = np.abs(self.large(some))
        overflow = ((size > EDGE) & (size < LARGEST)).any(axis=-1)
        kept = wrong[(self.zero(some) == 0).any(axis=-1) | overflow]
        return [tuple(place) for place in kept] if len(kept) <= MOST else []


class Limits:
    """Limits of f and of its slopes, from numbers of f alone."""

    def __init__(self, tree: Any, symbols: Sequence[Any]) -> None:  # noqa: ANN401
        self.f, self.n = Number(tree, symbols), len(symbols)

    def value(self, x: Floats) -> float:
        """f(x), or its limit for x → (n,); NaN where the ways to the point do not agree."""
        with CONTEXT.workdps(DIGITS):
            found = self.at(numbers(x))
            return float("nan") if found is None else float(found)

    def gradient(self, x: Floats, known: Floats) -> Floats:
        """∇f(x) (n,), those of its numbers that are not known found; NaN where there is none."""
        with CONTEXT.workdps(DIGITS):
            centre = numbers(x)
            value = self.at(centre)
        if value is None:
            return known
        digits = MORE if self.f(centre) is None else DIGITS
        with CONTEXT.workdps(digits):
            return self.slopes(centre, value, known)

    def slopes_beside(self, x: Floats) -> Floats:
        """∇f(x) (n,) by differences of many digits; NaN where f is not beside the point."""
        with CONTEXT.workdps(DIGITS):
            centre, h = numbers(x), CONTEXT.mpf(STEP[0])
            found = []
            for axis in np.eye(self.n, dtype=int).tolist():
                right, left = (self.f(moved(centre, [s * h * a for a in axis])) for s in (1, -1))
                if right is None or left is None:
                    return np.full(self.n, np.nan)
                found.append(float((right - left) / (2 * h)))
            return np.array(found)

    def curvatures(self, x: Floats) -> Floats:
        """The Hessian (n, n) at a point, or its limit; NaN where there is none."""
        axes = np.eye(self.n, dtype=int)
        with CONTEXT.workdps(DIGITS):
            centre, found = numbers(x), []
            for a, b in product(axes, axes):
                first, second = (self.bend(centre, a, b, CONTEXT.mpf(h)) for h in BEND)
                if first is None or second is None or not equal([first, second]):
                    return np.full((self.n, self.n), np.nan)
                found.append(float(second))
            return np.array(found).reshape(self.n, self.n)

    def bend(self, centre: list[mpf], a: Any, b: Any, h: mpf) -> mpf | None:  # noqa: ANN401
        """∂²f/∂a∂b by differences over steps h; None where f is not beside the point."""
        ways = (a + b, a - b, -a - b, b - a)
        total = CONTEXT.zero
        for way, sign in zip(ways, (1, -1, 1, -1), strict=True):
            end = self.at(moved(centre, [h * part for part in way.tolist()]), h * h)
            if end is None:
                return None
            total += sign * end
        return total / (4 * h * h)

    def at(self, centre: list[mpf], step: mpf | None = None) -> mpf | None:
        """f there, or its limit; None where it has none.

        For a slope over a step, or a bend over its square, fewer ways are tried, and they must
        agree to a small part of that; nor is anything as small as it taken for 0.
        """
        found = self.f(centre)
        if found is not None:
            return found if CONTEXT.isfinite(found) else None
        with CONTEXT.workdps(MORE):
            kept: list[mpf] = []
            for count, way in enumerate(islice(ways(self.n), 2 * self.n + 1 if step else None)):
                if not kept and count > 2 * self.n + 1:
                    return None  # f has no value along the axes, nor between them
                ends = [self.f(moved(centre, way(CONTEXT.mpf(h)))) for h in NEAR]
                if None not in ends:
                    kept += ends
                    found = ends[-1]
                    if not equal(kept, step):
                        return None
            small = found is not None and step is None and abs(found) < SMALL**2
            return CONTEXT.zero if small else found

    def slopes(self, centre: list[mpf], value: mpf, known: Floats) -> Floats:
        """The gradient of an f whose value is known."""
        found: list[Any] = list(known)
        for k in np.flatnonzero(~np.isfinite(known)):
            axis = [int(i == k) for i in range(self.n)]
            if (slope := self.slope(centre, axis, value)) is None:
                return known
            found[k] = slope
        for way in slants(self.n):
            along = self.slope(centre, way, value, one_sided=True)
            expected = CONTEXT.fsum(a * g for a, g in zip(way, found, strict=True))
            if along is not None and not equal([along, expected]):
                return np.full_like(known, np.nan)
        return np.array([0.0 if abs(one) < SMALL else float(one) for one in found], known.dtype)

    def slope(
        self, centre: list[mpf], way: Sequence[int], value: mpf, *, one_sided: bool = False
    ) -> mpf | None:
        """The derivative along a way; None where it is none, or both sides differ."""
        kept = []
        for h in map(CONTEXT.mpf, STEP):
            sides = [h] if one_sided else [h, -h]
            ends = [self.at(moved(centre, [side * a for a in way]), h) for side in sides]
            pairs = zip(ends, sides, strict=True)
            kept.append([(end - value) / side for end, side in pairs if end is not None])
        if not kept[-1] or len(kept[0]) != len(kept[-1]) or not equal([*kept[0], *kept[-1]]):
            return None
        return CONTEXT.fsum(kept[-1]) / len(kept[-1])


def put(found: Floats, place: tuple[int, ...], numbers: float | Floats) -> None:
    """Puts numbers in their place, where they are finite."""
    if np.isfinite(numbers).all():
        found[place] = numbers


def slants(n: int) -> Iterator[list[int]]:
    """Some ways (n,) between the axes, each with its opposite."""
    rng = np.random.default_rng(0)
    signs: Any = rng.choice([-1, 1], (4, n)) * rng.integers(1, 4, (4, n)) if n > 1 else []
    for way in [*np.ones((min(n - 1, 1), n), int), *signs]:
        yield [int(a) for a in way]
        yield [-int(a) for a in way]


def ways(n: int) -> Iterator[Callable[[mpf], list[mpf]]]:
    """Steps (n,) of a size h to a point: along axes, between them, and bent: (h, h²), (h, h³)."""
    straight = [axis for one in np.eye(n, dtype=int).tolist() for axis in (one, [-a for a in one])]
    for way in [*straight, *slants(n)]:
        yield lambda h, way=way: [a * h for a in way]  # type: ignore[misc]
    orders = [*permutations(range(n))] if 1 < n < 4 else []
    for order, bend, sign in product(orders, (1, 2), (1, -1)):
        yield lambda h, o=order, b=bend, s=sign: [s * h ** (1 + b * k) for k in o]  # type: ignore[misc]


def equal(numbers: Sequence[mpf], step: mpf | None = None) -> bool:
    """Whether they are one number but for rounding, or for a small part of a step."""
    if not all(map(CONTEXT.isfinite, numbers)):
        return False
    largest = max(map(abs, numbers))
    return bool(max(numbers) - min(numbers) <= AGREE * (step or max(largest, 1)))
