"""Reads the conformance vectors; and their formulas with SymPy, which knows nothing of ours."""

import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import sympy

from spusk.functions.gallery import GALLERY

SPEC = Path(__file__).parents[2] / "spec"
REAL = {name: sympy.Symbol(name, real=True) for name in ("x", "y", "x1", "x2")}


def rows(name):
    """The rows of a file of strict JSON."""
    return json.loads((SPEC / name).read_text(encoding="utf-8"), parse_constant=refuse)


def refuse(word):
    raise ValueError(f"{word} is no JSON")


def numbers(nested):
    """Floats; the words NaN, Infinity and -Infinity among them."""
    return np.array(nested, dtype=object).astype(float)


def close(found, expected, tolerance):
    """Whether all numbers agree to a share of 1 + |expected|; null agrees with null alone."""
    if found is None or expected is None:
        return found is expected
    return np.allclose(numbers(found), numbers(expected), tolerance, tolerance, equal_nan=True)


@cache
def by_sympy(text):
    """(variables, f, ∇f, Hessian) of a formula or a gallery's name, by SymPy's own rules."""
    formula = GALLERY[text].formula if text in GALLERY else text
    f = sympy.sympify(formula.replace("^", "**"), locals=REAL | {"e": sympy.E})
    variables = [symbol for name, symbol in REAL.items() if re.search(rf"\b{name}\b", formula)]
    slopes = [f.diff(v) for v in variables]
    return variables, f, slopes, [[slope.diff(v) for v in variables] for slope in slopes]
