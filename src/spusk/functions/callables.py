"""Python callables as Functions: traced where that goes, checked, or differentiated by steps."""

from collections.abc import Callable
from typing import Any

import numpy as np

from spusk.errors import GradientError, InputError
from spusk.functions.definition import Floats, Function, probes
from spusk.functions.differences import central


def from_callable(
    source: Callable[..., Any], n: int | None, gradient: Callable[..., Any] | None
) -> Function:
    """A Function from f(x1, …, xn), or from f(x) of a vector with n given."""
    from spusk.functions.trace import arguments, trace

    separate = arguments(source)
    count = separate or n
    if count is None or count < 1 or (separate and n not in (None, separate)):
        raise InputError.keyed("function.dimension", found=n)
    names = tuple(f"x{k}" for k in range(1, count + 1))
    call = spread(source) if separate else source
    numbers = Function(names, over_points(call), "differences")
    if gradient is not None:
        slope = over_points(spread(gradient) if separate else gradient, (count,))
        refuse_wrong(numbers, slope)
        return Function(names, numbers.value, "given", gradient=slope)
    tree = trace(call, names)
    if tree is not None:
        read = read_tree(tree, names)
        if agrees(numbers, read):
            return read
    return numbers


def read_tree(tree: Any, names: tuple[str, ...]) -> Function:  # noqa: ANN401
    """A Function of a traced tree."""
    from spusk.functions.symbolic import Symbolic, text

    symbolic = Symbolic(tree, names)
    return Function(names, symbolic.value, "traced", symbolic, text=text(tree))


def spread(source: Callable[..., Any]) -> Callable[[Any], Any]:
    """f(x1, …, xn) as a callable of a vector."""
    return lambda x: source(*x)


def over_points(
    call: Callable[[Any], Any], shape: tuple[int, ...] = ()
) -> Callable[[Floats], Floats]:
    """A callable of one point, mapped over points (…, n) -> (…, *shape)."""

    def mapped(points: Floats) -> Floats:
        result = np.empty((*points.shape[:-1], *shape), points.dtype)
        for place in np.ndindex(*points.shape[:-1]):
            answer = np.asarray(call(points[place].copy()))
            if answer.size != max(1, int(np.prod(shape))):
                raise InputError.keyed(
                    "function.answers" if shape else "function.answer",
                    n=int(np.prod(shape)), found=answer.shape,
                )  # fmt: skip
            result[place] = answer.reshape(shape)
        return result

    return mapped


def agrees(numbers: Function, read: Function) -> bool:
    """Whether a traced formula equals its callable at random and at special points."""
    n = numbers.n
    special = np.vstack([np.zeros((1, n)), np.ones((1, n)), -np.ones((1, n)), np.eye(n)])
    points = np.vstack([probes(numbers), special])
    with np.errstate(all="ignore"):
        expected, found = numbers.value(points), read.value(points)
    return bool(np.allclose(found, expected, rtol=1e-9, atol=1e-12, equal_nan=True))


def refuse_wrong(numbers: Function, slope: Callable[[Floats], Floats]) -> None:
    """Raises GradientError where a given gradient is not the function's."""
    points = probes(numbers)[:5]
    with np.errstate(all="ignore"):
        expected = central(numbers.value, points)
    found = slope(points)
    scale = np.maximum(1, np.abs(expected).max(axis=-1, keepdims=True))
    wrong = ~(np.abs(found - expected) <= 1e-5 * scale) & np.isfinite(expected)
    if wrong.any():
        k, i = np.argwhere(wrong)[0]
        raise GradientError.keyed(
            "function.gradient", i=i + 1, point=np.round(points[k], 4).tolist(),
            expected=float(expected[k, i]), found=float(found[k, i]),
        )  # fmt: skip
