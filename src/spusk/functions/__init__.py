"""Functions f: Rⁿ → R: from a formula, a name of the gallery, or a Python callable.

`function(source)` gives value, gradient and Hessian, as numbers (over many points at once) and,
where the function can be read, exactly and as formulas. SymPy loads when it is first needed.
"""

from spusk.errors import GradientError
from spusk.functions.definition import Function, Verdict
from spusk.functions.sources import function

__all__ = ["Function", "GradientError", "Verdict", "function"]
