"""Numbers of a formula in many digits, for points at which its own are lost in rounding."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy
from mpmath import MPContext, mpf
from numpy.typing import NDArray

from spusk.functions.roots import cbrt

Floats = NDArray[np.floating[Any]]
HIGHEST = 60  # bits before the point of an exponent
LARGEST = 1e5  # of an exponent: what is larger costs too much
CONTEXT = MPContext()


class Number:
    """f in many digits, at points close to one another."""

    def __init__(self, tree: Any, symbols: Sequence[Any]) -> None:  # noqa: ANN401
        self.tree, self.symbols = tree, symbols

    def __call__(self, x: Sequence[mpf]) -> mpf | None:
        """f(x), infinite where it is not finite; None where it is no real number."""
        known: dict[Any, mpf] = dict(zip(self.symbols, x, strict=True))
        try:
            found = self.of(self.tree, known)
        except (ArithmeticError, ValueError):
            return None
        return found if CONTEXT.isfinite(found) else CONTEXT.inf

    def of(self, tree: Any, known: dict[Any, mpf]) -> mpf:  # noqa: ANN401
        """A part's number. ArithmeticError, ValueError: it has none."""
        if tree not in known:
            known[tree] = self.fresh(tree, known)
        return known[tree]

    def fresh(self, tree: Any, known: dict[Any, mpf]) -> mpf:  # noqa: ANN401
        """A part met for the first time."""
        if not tree.args:
            return constant(tree)
        parts = [self.of(part, known) for part in tree.args]
        if tree.is_Add:
            return CONTEXT.fsum(parts)
        if tree.is_Mul:
            return CONTEXT.fprod(parts)
        if tree.is_Pow:
            return power(*parts)
        made = FUNCTIONS[type(tree)](parts[0])
        if not isinstance(made, CONTEXT.mpf):
            raise ArithmeticError(type(tree).__name__)
        return made


def constant(tree: Any) -> mpf:  # noqa: ANN401
    """A number of the tree."""
    if tree.is_Rational:
        return CONTEXT.mpf(int(tree.p)) / int(tree.q)
    if tree.is_Float:
        return CONTEXT.mpf(float(tree))
    return +{sympy.pi: CONTEXT.pi, sympy.E: CONTEXT.e}[tree]


def power(base: mpf, exponent: mpf) -> mpf:
    """base^exponent of real numbers. ArithmeticError: it is none."""
    if CONTEXT.isint(exponent) and abs(exponent) < LARGEST:
        return base ** int(exponent)
    if base == 0 and exponent > 0:
        return base
    if base <= 0:
        raise ArithmeticError("power")
    return exp(exponent * CONTEXT.ln(base))


def exp(u: mpf) -> mpf:
    """e^u; 0 far below zero, infinite far above."""
    if u and CONTEXT.isfinite(u) and CONTEXT.mag(u) > HIGHEST:
        return CONTEXT.inf if u > 0 else CONTEXT.zero
    return CONTEXT.exp(u)


def ln(u: mpf) -> mpf:
    """ln u. ArithmeticError: of no positive number, 0 too, for ways to it may have limits."""
    if u <= 0:
        raise ArithmeticError("ln")
    return CONTEXT.ln(u)


FUNCTIONS: dict[Any, Any] = {
    sympy.exp: exp, sympy.log: ln, sympy.Abs: abs, sympy.sign: CONTEXT.sign,
    sympy.sin: CONTEXT.sin, sympy.cos: CONTEXT.cos, sympy.tan: CONTEXT.tan,
    sympy.cot: CONTEXT.cot, sympy.asin: CONTEXT.asin, sympy.acos: CONTEXT.acos,
    sympy.atan: CONTEXT.atan, sympy.sinh: lambda u: (exp(u) - exp(-u)) / 2,
    sympy.cosh: lambda u: (exp(u) + exp(-u)) / 2, sympy.tanh: CONTEXT.tanh,
    sympy.asinh: CONTEXT.asinh, sympy.acosh: CONTEXT.acosh, sympy.atanh: CONTEXT.atanh,
    cbrt: lambda u: CONTEXT.sign(u) * CONTEXT.cbrt(abs(u)),
}  # fmt: skip


def moved(centre: Sequence[mpf], way: Sequence[float]) -> list[mpf]:
    """The point a step away."""
    return [c + step for c, step in zip(centre, way, strict=True)]


def numbers(x: Floats) -> list[mpf]:
    """A point (n,) in many digits."""
    return [CONTEXT.mpf(float(one)) for one in x]
