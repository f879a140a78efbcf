"""The names that a formula may use: functions of one number, constants, variables."""

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import sympy

from spusk.functions.roots import cbrt


class Known(NamedTuple):
    """A function of one number.

    symbolic, value: how SymPy says it, and how floats do; english, russian: its name in text;
    printed: the English one in LaTeX and MathML.
    """

    symbolic: Callable[[Any], Any]
    value: Callable[[float], float]
    english: str
    russian: str
    printed: str


def _lg(x: Any) -> Any:  # noqa: ANN401
    return sympy.log(x) / sympy.log(10)


def _log2(x: Any) -> Any:  # noqa: ANN401
    return sympy.log(x) / sympy.log(2)


def _abs(x: Any) -> Any:  # noqa: ANN401
    size = sympy.Abs(x)
    return sympy.Abs(x, evaluate=False) if size.has(sympy.re, sympy.im) else size


def _acot(x: Any) -> Any:  # noqa: ANN401
    if x.is_number and x.is_extended_positive:
        return sympy.atan(1 / x)
    return sympy.pi / 2 - sympy.atan(x)  # in (0, π), as textbooks have it; SymPy's jumps at 0


# names as typed, the first as shown in English; in Russian; printed in English
_TABLE: tuple[tuple[str, str, str, Callable[[Any], Any], Callable[[float], float]], ...] = (
    ("sin", "sin", "sin", sympy.sin, math.sin),
    ("cos", "cos", "cos", sympy.cos, math.cos),
    ("tan tg", "tg", "tan", sympy.tan, math.tan),
    ("cot ctg", "ctg", "cot", sympy.cot, lambda x: 1 / math.tan(x)),
    ("asin arcsin", "arcsin", "arcsin", sympy.asin, math.asin),
    ("acos arccos", "arccos", "arccos", sympy.acos, math.acos),
    ("atan arctan arctg", "arctg", "arctan", sympy.atan, math.atan),
    ("acot arccot arcctg", "arcctg", "arccot", _acot, lambda x: math.pi / 2 - math.atan(x)),
    ("sinh sh", "sh", "sinh", sympy.sinh, math.sinh),
    ("cosh ch", "ch", "cosh", sympy.cosh, math.cosh),
    ("tanh th", "th", "tanh", sympy.tanh, math.tanh),
    ("asinh arsinh arsh", "arsh", "arsinh", sympy.asinh, math.asinh),
    ("acosh arcosh arch", "arch", "arcosh", sympy.acosh, math.acosh),
    ("atanh artanh arth", "arth", "artanh", sympy.atanh, math.atanh),
    ("exp", "exp", "exp", sympy.exp, math.exp),
    ("log ln", "ln", "log", sympy.log, math.log),
    ("log10 lg", "lg", "log10", _lg, math.log10),
    ("log2", "log2", "log2", _log2, math.log2),
    ("sqrt", "sqrt", "sqrt", sympy.sqrt, math.sqrt),
    ("cbrt", "cbrt", "cbrt", cbrt, math.cbrt),
    ("abs", "abs", "abs", _abs, abs),
    ("sign sgn", "sign", "sign", sympy.sign, lambda x: math.copysign(1, x) if x else 0.0),
)
FUNCTIONS = {
    name: Known(s, v, names.split()[0], russian, printed)
    for names, russian, printed, s, v in _TABLE
    for name in names.split()
}
CONSTANTS = {"pi": (sympy.pi, math.pi), "e": (sympy.E, math.e), "E": (sympy.E, math.e)}


def is_variable(name: str) -> bool:
    """x, y, z, x1 … x100, or a constant: a thing that stands alone."""
    return name in CONSTANTS or re.fullmatch(r"[xyz]|x([1-9]\d?|100)", name) is not None
