"""Python callables → SymPy trees, where that goes: the callable is run on tracers.

A tracer records arithmetic and NumPy's elementary functions, and refuses everything whose result
would depend on the number it stands for: comparisons, conversions, branches.
"""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import sympy

UFUNCS: dict[str, Callable[[Any], Any]] = {
    "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan,
    "arcsin": sympy.asin, "arccos": sympy.acos, "arctan": sympy.atan,
    "sinh": sympy.sinh, "cosh": sympy.cosh, "tanh": sympy.tanh,
    "arcsinh": sympy.asinh, "arccosh": sympy.acosh, "arctanh": sympy.atanh,
    "exp": sympy.exp, "log": sympy.log, "sqrt": sympy.sqrt,
    "log10": lambda x: sympy.log(x) / sympy.log(10),
    "log2": lambda x: sympy.log(x) / sympy.log(2),
    "expm1": lambda x: sympy.exp(x) - 1, "log1p": lambda x: sympy.log(1 + x),
    "square": lambda x: x**2, "negative": lambda x: -x, "absolute": sympy.Abs,
    "sign": sympy.sign, "reciprocal": lambda x: 1 / x,
}  # fmt: skip
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul,
    "divide": operator.truediv, "power": operator.pow, "float_power": operator.pow,
}  # fmt: skip
SIGNS = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "truediv": np.divide,
    "pow": np.power,
}


MOST_PARTS = 500  # of all trees made on the way
LONGEST, DEEPEST = 400, 30  # parts of a tree written out, and parts within parts


class NotTraceableError(Exception):
    """The callable asked for the number itself."""


class Meter:
    """Measures the trees that are made, and ends the trace where they cost more than differences.

    What a formula costs grows with its length, written out, and its derivatives with its depth too.
    """

    def __init__(self) -> None:
        self.made = 0
        self.known: dict[Any, tuple[int, int]] = {}

    def tracer(self, tree: Any) -> "Tracer":  # noqa: ANN401
        """A tracer of one more tree."""
        self.made += 1 + len(tree.args)
        length, depth = self.size(tree)
        if self.made > MOST_PARTS or length > LONGEST or depth > DEEPEST:
            raise NotTraceableError("a formula so long costs more than differences")
        return Tracer(tree, self)

    def size(self, tree: Any) -> tuple[int, int]:  # noqa: ANN401
        """How many parts a tree has, written out, and how many of them stand within each other."""
        if tree not in self.known:
            parts = [self.size(part) for part in tree.args]
            longest = max((depth for _, depth in parts), default=0)
            self.known[tree] = 1 + sum(length for length, _ in parts), 1 + longest
        return self.known[tree]


class Tracer:
    """Stands for a number and remembers what is done with it."""

    def __init__(self, tree: Any, meter: Meter) -> None:  # noqa: ANN401
        self.tree, self.meter = tree, meter

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        if method == "reduce" and not any(isinstance(i, np.ndarray) for i in inputs):
            return inputs[0]  # the sum of one number
        known = BINARY.get(ufunc.__name__) or UFUNCS.get(ufunc.__name__)
        if method != "__call__" or kwargs or known is None:
            raise NotTraceableError(ufunc.__name__)
        if any(isinstance(i, np.ndarray) and i.ndim for i in inputs):
            arrays = [np.asarray(i, dtype=object) for i in inputs]
            shape = np.broadcast_shapes(*(a.shape for a in arrays))
            flat = [np.broadcast_to(a, shape).ravel() for a in arrays]
            made = [self.made(known(*map(tree_of, parts))) for parts in zip(*flat, strict=True)]
            return np.array(made, dtype=object).reshape(shape)
        return self.made(known(*map(tree_of, inputs)))

    def made(self, tree: Any) -> "Tracer":  # noqa: ANN401
        """A tracer of what became of this one."""
        return self.meter.tracer(tree)

    def __neg__(self) -> "Tracer":
        return self.made(-self.tree)

    def __pos__(self) -> "Tracer":
        return self

    def __abs__(self) -> "Tracer":
        return self.made(sympy.Abs(self.tree))

    def _refuse(self, *_: Any) -> Any:  # noqa: ANN401
        raise NotTraceableError("the number itself was asked for")

    __bool__ = __float__ = __int__ = __index__ = __complex__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __eq__ = __ne__ = _refuse
    __hash__ = None  # type: ignore[assignment]


for _name, _ufunc in SIGNS.items():  # a + b and 2 + b: all operators go the ufuncs' way
    setattr(Tracer, f"__{_name}__", lambda self, other, _f=_ufunc: _f(self, other))
    setattr(Tracer, f"__r{_name}__", lambda self, other, _f=_ufunc: _f(other, self))


def _method(name: str) -> Callable[[Tracer], Tracer]:
    return lambda self: self.made(UFUNCS[name](self.tree))


for (
    _name
) in UFUNCS:  # NumPy calls these on the elements of an object array: np.sin(x) -> x[i].sin()
    setattr(Tracer, _name, _method(_name))


def tree_of(part: Any) -> Any:  # noqa: ANN401
    """A tracer's tree, or a number as SymPy has it. Raises NotTraceableError for anything else."""
    if isinstance(part, np.ndarray) and part.ndim == 0 and not np.ma.is_masked(part):
        part = part.item()
    if isinstance(part, Tracer):
        return part.tree
    if isinstance(part, bool) or not isinstance(part, int | float | np.integer | np.floating):
        raise NotTraceableError(type(part).__name__)
    number = float(part)
    if not np.isfinite(number):
        raise NotTraceableError("a number that is not finite")
    return (
        sympy.Integer(int(number))
        if number.is_integer() and abs(number) < 1e15
        else sympy.Float(number)
    )


def trace(call: Callable[[Any], Any], names: tuple[str, ...]) -> Any | None:  # noqa: ANN401
    """The expression that a callable of a vector computes, or None where it can't be traced."""
    meter = Meter()
    x = np.array([Tracer(sympy.Symbol(name, real=True), meter) for name in names], dtype=object)
    try:
        result = call(x)
        if isinstance(result, np.ndarray):
            if result.size != 1:
                return None
            result = result.ravel()[0]
        return tree_of(result)
    except Exception:  # whatever a user's callable raises on tracers, it may still take numbers
        return None
