"""SymPy trees → numbers and formulas: exact gradients and Hessians, vectorised over points."""

import ast
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from spusk.errors import InputError
from spusk.functions.derivative import derivative, parts
from spusk.functions.limits import Repairs
from spusk.functions.notation import Notation, Text
from spusk.functions.roots import cbrt
from spusk.functions.syntax import syntax
from spusk.functions.typeset import Latex, Mathml

Floats = NDArray[np.floating[Any]]
FORMS: dict[str, type[Notation]] = {"text": Text, "latex": Latex, "mathml": Mathml}
HEAVY = 60_000  # parts


class Formulas:
    """f, its gradient and its Hessian as formulas, each written when it is first asked for."""

    def __init__(self, symbolic: "Symbolic", notation: Notation) -> None:
        self._symbolic, self._notation = symbolic, notation

    def _write(self, tree: Any) -> str:  # noqa: ANN401
        return self._notation(syntax(tree))

    @cached_property
    def f(self) -> str:
        """The formula of f, its terms and factors in the order they were typed in."""
        return self._notation(self._symbolic.typed)

    @cached_property
    def gradient(self) -> tuple[str, ...]:
        """The formulas of ∂f/∂xi, (n,)."""
        return tuple(map(self._write, self._symbolic.slopes))

    @cached_property
    def hessian(self) -> tuple[tuple[str, ...], ...]:
        """Raises InputError where nobody would read it (see `Symbolic.heavy`)."""
        if self._symbolic.heavy:
            n = len(self._symbolic.symbols)
            raise InputError.keyed("function.hessian", n=n)
        return tuple(tuple(map(self._write, row)) for row in self._symbolic.curvatures)


class Symbolic:
    """A SymPy expression of named real variables, its derivatives, and programs for numbers."""

    def __init__(
        self,
        expression: Any,  # noqa: ANN401
        names: Sequence[str],
        typed: ast.expr | None = None,
    ) -> None:
        self.expression = expression
        self._typed = typed
        self.symbols = [sympy.Symbol(name, real=True) for name in names]

    def __getstate__(self) -> dict[str, Any]:
        """What a copy in another process is made of: compiled programs are made anew there."""
        return {name: self.__dict__[name] for name in ("expression", "_typed", "symbols")}

    @cached_property
    def typed(self) -> ast.expr:
        """The expression in the order it was typed in; in SymPy's where nobody typed it."""
        return self._typed or syntax(self.expression)

    @cached_property
    def slopes(self) -> list[Any]:
        """∂f/∂x1 … ∂f/∂xn."""
        return [derivative(self.expression, symbol) for symbol in self.symbols]

    @cached_property
    def curvatures(self) -> list[list[Any]]:
        """∂²f/∂xi∂xj; computed once for each pair."""
        n = len(self.symbols)
        upper = {
            (i, j): derivative(self.slopes[i], self.symbols[j])
            for i in range(n)
            for j in range(i, n)
        }
        return [[upper[min(i, j), max(i, j)] for j in range(n)] for i in range(n)]

    @cached_property
    def heavy(self) -> bool:
        """Whether the second derivatives, written out, have more parts than a second allows."""
        count = 0
        for slope in map(sympy.sympify, self.slopes):
            for symbol in slope.free_symbols:
                count += parts(slope, symbol)
                if count > HEAVY:
                    return True
        return False

    @cached_property
    def value(self) -> Callable[[Floats], Floats]:
        """points (…, n) -> (…)."""
        run = self.program([self.expression])
        if not self.repairs.needed:
            return lambda points: run(points)[..., 0]
        return lambda points: self.repairs.values(points, run(points)[..., 0])

    @cached_property
    def gradient(self) -> Callable[[Floats], Floats]:
        """points (…, n) -> (…, n)."""
        run = self.program(self.slopes)
        if not self.repairs.needed:
            return run
        return lambda points: self.repairs.gradients(points, run(points))

    @cached_property
    def both(self) -> Callable[[Floats], Floats]:
        """points (…, n) -> (…, 1 + n): f and ∇f in one program with shared parts."""
        run = self.program([self.expression, *self.slopes])
        return self.repaired(run) if self.repairs.needed else run

    def repaired(self, run: Callable[[Floats], Floats]) -> Callable[[Floats], Floats]:
        """f and ∇f, (…, n) -> (…, 1 + n), with limits where their program finds none."""

        def both(points: Floats) -> Floats:
            found = run(points)
            if np.isfinite(found).all() and not (self.repairs.jumps or self.repairs.divisors):
                return found
            self.repairs.values(points, found[..., 0])
            self.repairs.gradients(points, found[..., 1:])
            return found

        return both

    @cached_property
    def repairs(self) -> Repairs:
        """What looks for limits where f is 0/0 or overflows on the way."""
        return Repairs(self.expression, self.symbols, self.program)

    @cached_property
    def hessian(self) -> Callable[[Floats], Floats]:
        """points (…, n) -> (…, n, n)."""
        n = len(self.symbols)
        run = self.program([entry for row in self.curvatures for entry in row])

        def hessian(points: Floats) -> Floats:
            found = run(points).reshape(*points.shape[:-1], n, n)
            return self.repairs.hessians(points, found) if self.repairs.divisors else found

        return hessian

    def program(self, outputs: Sequence[Any]) -> Callable[[Floats], Floats]:
        """NumPy code for several expressions, common parts computed once.

        SymPy's `lambdify` generates code: it sees only trees that the whitelist built, with
        symbols of our own naming.
        """
        dummies = [sympy.Symbol(f"_v{k}", real=True) for k in range(len(self.symbols))]
        renamed = [
            sympy.sympify(o).xreplace(dict(zip(self.symbols, dummies, strict=True)))
            for o in outputs
        ]
        poles = (sympy.zoo, sympy.nan)  # a slope that exists nowhere has no code of its own
        renamed = [sympy.nan if o.has(*poles) else o for o in renamed]
        # the module: by its name SymPy would take all of it, and load what compiles Fortran
        compute = sympy.lambdify(dummies, renamed, modules=np, cse=True)

        def run(points: Floats) -> Floats:
            result = np.empty((*points.shape[:-1], len(renamed)), points.dtype)
            x = points.T if points.ndim <= 2 else np.moveaxis(points, -1, 0)  # T is the faster one
            with np.errstate(all="ignore"):  # outside its domain f is NaN or infinite: a result
                for k, column in enumerate(compute(*x)):
                    if np.iscomplexobj(column):  # not real is outside the domain too
                        column = np.where(np.imag(column) == 0, np.real(column), np.nan)  # noqa: PLW2901
                    result[..., k] = column
            return result

        return run

    @cached_property
    def rough(self) -> tuple[str, ...]:
        """Texts u: where u = 0 the gradient may not exist (|u|, sign u, roots of u)."""
        found = {part.args[0] for part in self.expression.atoms(sympy.Abs, sympy.sign, cbrt)}
        for power in self.expression.atoms(sympy.Pow):
            if power.exp.is_number and power.exp.is_integer is False and 0 < power.exp < 1:
                found.add(power.base)
        return tuple(sorted(text(part) for part in found if part.free_symbols))

    def formulas(self, form: str, lang: str) -> Formulas:
        """f, ∇f and the Hessian as text, LaTeX or MathML, in a language."""
        return Formulas(self, FORMS[form](lang))


def text(expression: Any) -> str:  # noqa: ANN401
    """A SymPy tree as the lecture writes: 2·x1 − 10, x1², exp(x)."""
    return Text("en")(syntax(expression))
