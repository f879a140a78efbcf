"""SymPy trees → Python's grammar, as one would write them: a/b, sqrt(x), x − y, 2x²."""

import ast
from typing import Any

import sympy

from spusk.functions.notation import opposite
from spusk.functions.roots import cbrt

NAMED = {
    sympy.sin: "sin", sympy.cos: "cos", sympy.tan: "tan", sympy.cot: "cot", sympy.asin: "asin",
    sympy.acos: "acos", sympy.atan: "atan", sympy.sinh: "sinh", sympy.cosh: "cosh",
    sympy.tanh: "tanh", sympy.asinh: "asinh", sympy.acosh: "acosh", sympy.atanh: "atanh",
    sympy.exp: "exp", sympy.log: "log", sympy.Abs: "abs", sympy.sign: "sign", cbrt: "cbrt",
}  # fmt: skip
HALF = sympy.Rational(1, 2)


def syntax(tree: Any) -> ast.expr:  # noqa: ANN401
    """A tree that the whitelist built, or its derivative, as an expression of Python's grammar."""
    tree = sympy.sympify(tree)
    if tree.is_Add:
        return total(tree)
    if tree.is_Mul:
        return product(tree)
    if tree.is_Pow:
        return power(tree.base, tree.exp)
    if tree.is_Number:
        return number(tree)
    if type(tree) in NAMED:
        return call(NAMED[type(tree)], syntax(tree.args[0]))
    return ast.Name("e" if tree is sympy.E else str(tree))


def total(tree: Any) -> ast.expr:  # noqa: ANN401
    """A sum in SymPy's order; terms with a minus are subtracted."""
    first, *others = tree.as_ordered_terms()
    made = syntax(first)
    for term in others:
        written = syntax(term)
        positive = opposite(written)
        sign = ast.Sub() if positive else ast.Add()
        made = ast.BinOp(made, sign, positive or written)
    return made


def product(tree: Any) -> ast.expr:  # noqa: ANN401
    """A product: its sign, its number, its factors, over those with negative powers."""
    coefficient, rest = tree.as_coeff_Mul()
    minus = bool(coefficient.is_negative)
    coefficient = abs(coefficient)
    whole = coefficient.is_Rational
    above: list[ast.expr] = []
    below: list[ast.expr] = []
    if not whole and float(coefficient) != 1:
        above.append(number(coefficient))
    if whole and coefficient.p != 1:
        above.append(ast.Constant(int(coefficient.p)))
    if whole and coefficient.q != 1:
        below.append(ast.Constant(int(coefficient.q)))
    for factor in rest.as_ordered_factors() if rest.is_Mul else (rest,):
        if factor.is_Pow and factor.exp.is_Number and factor.exp.is_negative:
            below.append(power(factor.base, -factor.exp))
        elif factor.is_Rational and factor.q != 1 and factor.p == 1:
            below.append(ast.Constant(int(factor.q)))
        else:
            above.append(syntax(factor))
    made = times(above or [ast.Constant(1)])
    if below:
        made = ast.BinOp(made, ast.Div(), times(below))
    return ast.UnaryOp(ast.USub(), made) if minus else made


def times(factors: list[ast.expr]) -> ast.expr:
    """The factors, multiplied from the left."""
    made = factors[0]
    for factor in factors[1:]:
        made = ast.BinOp(made, ast.Mult(), factor)
    return made


def power(base: Any, exponent: Any) -> ast.expr:  # noqa: ANN401
    """base^exponent: a root for a half, one over it for a negative one."""
    if exponent.is_Number and exponent.is_negative:
        return ast.BinOp(ast.Constant(1), ast.Div(), power(base, -exponent))
    if exponent.is_Number and float(exponent) == 1:
        return syntax(base)
    if exponent == HALF:
        return call("sqrt", syntax(base))
    return ast.BinOp(syntax(base), ast.Pow(), syntax(exponent))


def number(value: Any) -> ast.expr:  # noqa: ANN401
    """A number: whole ones without a point, fractions as quotients, a minus in front."""
    if value.is_negative:
        return ast.UnaryOp(ast.USub(), number(-value))
    if value.is_Rational and value.q != 1:
        return ast.BinOp(ast.Constant(int(value.p)), ast.Div(), ast.Constant(int(value.q)))
    if value.is_finite is not True:
        return ast.Name(str(value))
    return ast.Constant(int(value) if value.is_Rational else float(value))


def call(name: str, argument: ast.expr) -> ast.expr:
    """name(argument)."""
    return ast.Call(ast.Name(name), [argument], [])
