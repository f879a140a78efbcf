"""A Python callable as numbers: what it returns is checked, and it is differentiated by steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from spusk.errors import CallableError, InputError, SpuskError
from spusk.functions.differences import central, complex_step, forward, second
from spusk.functions.points import spell

Floats = NDArray[np.floating[Any]]
SAME = 1e-9  # of 1 + |f|: how far the real part of a complex step may be from f(x)
NEAR_END = 1e-5  # of 1 + |f|: slopes so small are lost in a forward step's errors


@dataclass(eq=False)
class Program:
    """f: Rⁿ → R as a user wrote it, asked point by point, or at many points where it takes them.

    Attributes:
        source: the callable.
        n: the number of variables.
        apart: whether it takes them as separate numbers, f(x1, …, xn).
        slope_apart: whether ∇f does.
        args: what it takes besides.
        pair: whether it returns (f, ∇f).
        slope: ∇f, a callable.
        vectorized: whether it takes points (K, n) and gives (K,).
        noise: how far apart two of its values at one point are.
        grain: the rounding unit of its answers, where it is coarser than float64's.
        analytic: whether it takes complex numbers and is differentiated by complex steps.
    """

    source: Callable[..., Any]
    n: int
    apart: bool = False
    args: tuple[Any, ...] = ()
    pair: bool = False
    slope: Callable[..., Any] | None = None
    vectorized: bool = False
    slope_apart: bool = False
    noise: float = 0.0
    grain: float = 0.0
    analytic: bool = False

    @property
    def stepped(self) -> bool:
        """Whether its gradient is taken by steps."""
        return not self.pair and self.slope is None

    @property
    def is_rough(self) -> bool:
        """Whether its gradient is taken by differences, which blow up its rounding."""
        return self.stepped and not self.analytic

    def call(self, x: NDArray[Any]) -> Any:  # noqa: ANN401
        """What the callable answers at x (…, n); whatever it raises passes."""
        return self.source(*handed(x, self.apart), *self.args)

    def answer(self, x: NDArray[Any]) -> Any:  # noqa: ANN401
        """What the callable answers at x (…, n). CallableError: it raised an error of its own."""
        try:
            return self.call(x)
        except SpuskError:
            raise
        except Exception as error:
            raise raised("function.raised", x, error) from error

    def slope_answer(self, x: NDArray[Any]) -> Any:  # noqa: ANN401
        """What ∇f answers at x (…, n). CallableError: it raised an error of its own."""
        try:
            return cast("Callable[..., Any]", self.slope)(*handed(x, self.slope_apart), *self.args)
        except SpuskError:
            raise
        except Exception as error:
            raise raised("function.gradient_raised", x, error) from error

    def value(self, points: Floats) -> Floats:
        """f, (…, n) -> (…)."""
        if self.pair:
            return self.both(points)[0]
        return self.asked(points, points.dtype)

    def asked(self, points: NDArray[Any], kind: Any) -> NDArray[Any]:  # noqa: ANN401
        """f of real or complex points (…, n), as numbers of a kind: (…)."""
        if self.vectorized:
            rows = points.reshape(-1, self.n)
            found = numbers(self.answer(rows), rows, kind)
            return found.reshape(points.shape[:-1])
        result = np.empty(points.shape[:-1], kind)
        for place in np.ndindex(*points.shape[:-1]):
            x = points[place]
            result[place] = number(self.answer(x), x)
        return result

    def gradient(self, points: Floats) -> Floats:
        """∇f, (…, n) -> (…, n): the user's, or by complex steps, or by central differences."""
        if self.stepped and not self.analytic:
            return central(self.value, points, self.width(points, 1 / 3))
        return self.both(points)[1] if self.slope is None else self.given(points)

    def both(self, points: Floats) -> tuple[Floats, Floats]:
        """f (…) and ∇f (…, n); by steps, it costs n + 1 calls of f for each point."""
        if self.pair:
            return self.pairs(points)
        here = self.value(points)
        if self.slope is not None:
            return here, self.given(points)
        return here, self.by_complex_steps(points, here) if self.analytic else self.rough(
            points, here
        )

    def pairs(self, points: Floats) -> tuple[Floats, Floats]:
        """f and ∇f of a callable that returns both."""
        if self.vectorized:
            rows = points.reshape(-1, self.n)
            value, slope = parted(self.answer(rows), rows)
            f, slopes = numbers(value, rows, points.dtype), self.turned(slope, self.apart, rows)
            return f.reshape(points.shape[:-1]), slopes.reshape(points.shape)
        here, found = np.empty(points.shape[:-1], points.dtype), np.empty_like(points)
        for place in np.ndindex(*points.shape[:-1]):
            x = points[place]
            value, slope = parted(self.answer(x), x)
            here[place], found[place] = number(value, x), vectors(slope, x)
        return here, found

    def given(self, points: Floats) -> Floats:
        """∇f by the user's own callable."""
        if self.vectorized:
            rows = points.reshape(-1, self.n)
            answer = self.slope_answer(rows)
            return self.turned(answer, self.slope_apart, rows).reshape(points.shape)
        found = np.empty_like(points)
        for place in np.ndindex(*points.shape[:-1]):
            x = points[place]
            found[place] = vectors(self.slope_answer(x), x)
        return found

    def turned(self, answer: Any, apart: bool, points: Floats) -> Floats:  # noqa: ANN401
        """Slopes (K, n) at points (K, n): (n, K) comes from where the variables are apart."""
        return vectors(np.moveaxis(as_numbers(answer, points), 0, -1) if apart else answer, points)

    def by_complex_steps(self, points: Floats, here: Floats) -> Floats:
        """∇f by complex steps; by differences where f does not take them."""
        try:
            found, real = complex_step(lambda x: self.asked(x, np.complex128), points)
        except Exception:
            return self.rough(points, here)
        apart = np.abs(real - here).max(axis=0) > SAME * (1 + np.abs(here))  # (…)
        found = np.where(np.isfinite(here)[..., None], found, np.nan).astype(points.dtype)
        if apart.any():
            found[apart] = self.rough(points[apart], here[apart])
        return found

    def rough(self, points: Floats, here: Floats) -> Floats:
        """∇f by forward differences; near the end of a descent, where their errors show, central.

        Where f is noisy the steps are so long that its noise shows little.
        """
        found = forward(self.value, points, here, self.width(points, 1 / 2))
        if self.noise:
            return found
        with np.errstate(all="ignore"):
            small = np.linalg.norm(found, axis=-1) <= NEAR_END * (1 + np.abs(here))
        if small.any():
            found[small] = central(self.value, points[small])
        return found

    def hessian(self, points: Floats) -> Floats:
        """The Hessian, (…, n) -> (…, n, n), where f is differentiated by differences.

        The larger f the more it is rounded, and the longer the steps: h ~ |f|^¼.
        """
        size = (1 + np.abs(self.value(points))) ** (1 / 4)  # (…)
        return second(self.value, points, self.width(points, 1 / 3) * size[..., None])

    def width(self, points: Floats, power: float) -> Floats:
        """h = δ^power · max(1, |x|), δ what f is uncertain by: ε, its grain, or its noise."""
        uncertain = max(float(np.finfo(points.dtype).eps), self.grain, self.noise)
        return np.asarray(uncertain**power * np.maximum(1, np.abs(points)), points.dtype)


def number(answer: Any, x: NDArray[Any]) -> Any:  # noqa: ANN401
    """The one number that f answered at x (n,); complex where x is.

    InputError: nothing, several, a text, a complex number.
    """
    array = as_numbers(answer, x)
    if array.size != 1:
        raise InputError.keyed("function.answer", at=spell(x), found=array.shape)
    return array.reshape(-1)[0]


def numbers(answer: Any, points: NDArray[Any], kind: Any) -> NDArray[Any]:  # noqa: ANN401
    """What a vectorized f answered at points (…, n): (…)."""
    array = as_numbers(answer, points)
    if array.shape != points.shape[:-1]:
        raise InputError.keyed(
            "function.vectorized", shape=points.shape, found=array.shape, expected=points.shape[:-1]
        )
    return array.astype(kind)


def vectors(answer: Any, points: NDArray[Any]) -> NDArray[Any]:  # noqa: ANN401
    """What ∇f answered at points (…, n): (…, n), an array of its own."""
    told: dict[str, Any] = {"n": points.shape[-1], "at": where(points)}
    if answer is None:
        raise InputError.keyed("function.gradient_none", **told)
    array = as_numbers(answer, points)
    if array.size != points.size:
        raise InputError.keyed("function.answers", found=array.shape, **told)
    return array.reshape(points.shape).copy()


def as_numbers(answer: Any, points: NDArray[Any]) -> NDArray[Any]:  # noqa: ANN401
    """An answer as an array of numbers. InputError: it is none, or complex for real points."""
    if answer is None:
        raise InputError.keyed("function.returned_none", at=where(points))
    name = type(answer).__name__
    try:
        array = as_floats(answer)
    except Exception:
        key = "function.returned_pair" if isinstance(answer, tuple) else "function.returned"
        raise InputError.keyed(key, at=where(points), found=name) from None
    if np.iscomplexobj(array) and not np.iscomplexobj(points):
        raise InputError.keyed("function.returned_complex", at=where(points), found=answer)
    return array


def as_floats(answer: Any) -> NDArray[Any]:  # noqa: ANN401
    """Numbers of whatever type as an array. TypeError, or what their conversion raises."""
    try:
        array = np.asarray(answer)
    except Exception:  # a tensor that keeps its gradient, say
        array = np.asarray(float(answer))
    if np.ma.is_masked(answer) or array.dtype.kind not in "biufcO":
        raise TypeError
    if array.dtype.kind != "O":
        return array
    if any(part is None or isinstance(part, str | bytes) for part in array.flat):
        raise TypeError
    try:
        return array.astype(np.float64)
    except OverflowError:  # 10**400
        return np.where(array > 0, np.inf, -np.inf)


def handed(x: NDArray[Any], apart: bool) -> tuple[Any, ...]:
    """Points (…, n) as a callable takes them: one array, its own to change, or n numbers."""
    x = x.copy()
    return tuple(np.moveaxis(x, -1, 0)) if apart else (x,)


def raised(key: str, x: NDArray[Any], error: Exception) -> CallableError:
    """The error that says what a callable raised at x (…, n)."""
    return CallableError.keyed(key, at=where(x), found=in_a_line(error))


def in_a_line(error: BaseException) -> str:
    """ZeroDivisionError: division by zero."""
    why = str(error).strip().splitlines()
    return type(error).__name__ + (f": {why[0]}" if why else "")


def parted(answer: Any, points: NDArray[Any]) -> tuple[Any, Any]:  # noqa: ANN401
    """f and ∇f from an answer (f, ∇f)."""
    if answer is None:
        raise InputError.keyed("function.returned_none", at=where(points))
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        name = type(answer).__name__
        raise InputError.keyed("function.pair", at=where(points), found=name)
    return answer[0], answer[1]


def where(points: NDArray[Any]) -> str:
    """The point, or the first of several, in words."""
    return spell(points.reshape(-1, points.shape[-1])[0].real)
