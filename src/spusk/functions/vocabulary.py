"""The names that a formula may use: functions of one number, constants, variables."""

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import sympy


class Known(NamedTuple):
    """A function of one number: how SymPy says it, and how floats do."""

    symbolic: Callable[[Any], Any]
    value: Callable[[float], float]


def _lg(x: Any) -> Any:  # noqa: ANN401
    return sympy.log(x) / sympy.log(10)


def _log2(x: Any) -> Any:  # noqa: ANN401
    return sympy.log(x) / sympy.log(2)


_TABLE: tuple[tuple[str, Callable[[Any], Any], Callable[[float], float]], ...] = (
    ("sin", sympy.sin, math.sin),
    ("cos", sympy.cos, math.cos),
    ("tan tg", sympy.tan, math.tan),
    ("cot ctg", sympy.cot, lambda x: 1 / math.tan(x)),
    ("asin arcsin", sympy.asin, math.asin),
    ("acos arccos", sympy.acos, math.acos),
    ("atan arctan arctg", sympy.atan, math.atan),
    ("acot arccot arcctg", sympy.acot, lambda x: math.atan(1 / x)),
    ("sinh sh", sympy.sinh, math.sinh),
    ("cosh ch", sympy.cosh, math.cosh),
    ("tanh th", sympy.tanh, math.tanh),
    ("asinh arsinh arsh", sympy.asinh, math.asinh),
    ("acosh arcosh arch", sympy.acosh, math.acosh),
    ("atanh artanh arth", sympy.atanh, math.atanh),
    ("exp", sympy.exp, math.exp),
    ("ln log", sympy.log, math.log),
    ("lg log10", _lg, math.log10),
    ("log2", _log2, math.log2),
    ("sqrt", sympy.sqrt, math.sqrt),
    ("cbrt", lambda x: sympy.sign(x) * sympy.Abs(x) ** sympy.Rational(1, 3), math.cbrt),
    ("abs", sympy.Abs, abs),
    ("sign sgn", sympy.sign, lambda x: math.copysign(1, x) if x else 0.0),
)
FUNCTIONS = {name: Known(s, v) for names, s, v in _TABLE for name in names.split()}
CONSTANTS = {"pi": (sympy.pi, math.pi), "e": (sympy.E, math.e), "E": (sympy.E, math.e)}


def is_variable(name: str) -> bool:
    """x, y, z, x1 … x100, or a constant: a thing that stands alone."""
    return name in CONSTANTS or re.fullmatch(r"[xyz]|x([1-9]\d?|100)", name) is not None
