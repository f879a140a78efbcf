"""∂f/∂x of a SymPy tree, by the rules of a first course: sum, product, power, chain.

SymPy's own `diff` multiplies a product of n factors out n times, two factors at a time, and so
takes seconds over x1·x2·…·x100. Here a product is built once for each factor that holds x.
"""

from typing import Any

import sympy


def derivative(tree: Any, symbol: Any) -> Any:  # noqa: ANN401
    """∂/∂x, with the point masses of derived jumps left out: sign′ = 0 wherever it exists."""
    return _slope(tree, symbol, {})


def _slope(tree: Any, symbol: Any, known: dict[Any, Any]) -> Any:  # noqa: ANN401
    """∂tree/∂symbol; `known` holds those of the parts that were met before."""
    if tree == symbol:
        return sympy.Integer(1)
    if symbol not in tree.free_symbols:
        return sympy.Integer(0)
    if tree not in known:
        known[tree] = _by_rule(tree, symbol, known)
    return known[tree]


def _by_rule(tree: Any, symbol: Any, known: dict[Any, Any]) -> Any:  # noqa: ANN401
    slopes = [_slope(part, symbol, known) for part in tree.args]
    if tree.is_Add:
        return sympy.Add(*slopes)
    if tree.is_Mul:
        parts = tree.args
        return sympy.Add(
            *(sympy.Mul(*parts[:i], d, *parts[i + 1 :]) for i, d in enumerate(slopes) if d != 0)
        )
    if tree.is_Pow:
        base, exponent = tree.args
        below, above = slopes
        if exponent.is_number:
            return tree * (below * exponent / base)
        # not tree·exponent/base, which is 0/0 where the base is 0
        return below * exponent * base ** (exponent - 1) + above * tree * sympy.log(base)
    if isinstance(tree, sympy.re | sympy.im):
        return type(tree)(slopes[0])
    return sympy.Add(*(_outer(tree, i) * d for i, d in enumerate(slopes, 1) if d != 0))


def _outer(tree: Any, place: int) -> Any:  # noqa: ANN401
    """∂f/∂u of a function f(u, …) of real numbers; SymPy's |u| and sign u are complex ones."""
    if isinstance(tree, sympy.Abs):
        return sympy.sign(tree.args[0])
    if isinstance(tree, sympy.sign):
        return sympy.Integer(0)
    return tree.fdiff(place)


def parts(tree: Any, symbol: Any) -> int:  # noqa: ANN401
    """About how many parts ∂tree/∂symbol has, written out; counted without making it."""
    return _parts(tree, symbol)[1]


def _parts(tree: Any, symbol: Any) -> tuple[int, int]:  # noqa: ANN401
    """The parts of a tree and of its slope: a factor's slope carries all the other factors."""
    if not tree.args:
        return 1, int(tree == symbol)
    inner = [_parts(part, symbol) for part in tree.args]
    own = 1 + sum(size for size, _ in inner)
    holding = [(size, slope) for size, slope in inner if slope]
    if tree.is_Add:
        return own, sum(slope for _, slope in holding)
    if tree.is_Mul:
        return own, sum(own - size + slope for size, slope in holding)
    return own, sum(own + slope for _, slope in holding)
