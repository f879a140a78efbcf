"""Where a Function comes from: a formula, a name of the gallery, or a Python callable."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeGuard

from spusk.errors import FormulaError, InputError
from spusk.functions.definition import Function


def function(
    source: str | Callable[..., Any] | Function,
    *,
    n: int | None = None,
    args: tuple[Any, ...] = (),
    gradient: Callable[..., Any] | None = None,
    jac: bool | Callable[..., Any] | None = None,
    vectorized: bool = False,
    trace: bool = True,
    name: str = "",
) -> Function:
    """A function f: Rⁿ → R with its gradient, from a formula, a name of the gallery or a callable.

    A formula is read, never evaluated as Python, and differentiated exactly. A callable is traced
    to a formula where that goes, agrees with it and is short; else `gradient` is taken, once it
    agrees with differences; else steps serve: complex ones where f takes complex numbers, which are
    exact, or differences (`Function.how` says which).

    A callable that asks for several arguments by name, f(x, y), is given so many numbers; one that
    asks for a single one, f(x), a vector (n,), or a number where n is 1 and it takes no vector.
    Arguments with defaults keep them; f(*x) is asked in both ways, the vector first.

    Args:
        source: "x^2 + sin(y)", a name in `GALLERY`, or a callable of n numbers or of a vector (n,).
        n: the number of variables; needed for a callable of one vector.
        args: what the callable takes after x: f(x, *args), and the gradient too; one alone, or a
            tuple.
        gradient: ∇f of a callable, (n,) -> (n,).
        jac: True for a callable that returns (f, ∇f); or ∇f itself, as in SciPy.
        vectorized: whether the callable takes points (…, n) and gives (…).
        trace: whether a callable may be read as a formula.
        name: what pictures and messages call it.

    Returns:
        The function; value, gradient and Hessian take points (…, n).

    Raises:
        FormulaError: a text that is no function; the column, and what to write instead.
        GradientError: the gradient given is not the gradient of the function.
        InputError: n is missing, or another than found; what is no function, or a callable that
            answers with no number, or raises an error of its own (a CallableError).

    Source: lecture, row L1.
    """
    options: dict[str, Any] = {
        "args": args,
        "gradient": gradient,
        "jac": jac,
        "vectorized": vectorized,
    }
    if is_program(source):
        made = from_program(source, n=n, traced=trace, **options)
    else:
        refuse_options(source, options)
        if isinstance(source, Function):
            return source
        made = from_text(source)
        if n not in (None, made.n):
            raise InputError.keyed(
                "function.variables", n=n, found=made.n, names=", ".join(made.names)
            )
    made.name = name or (made.entry.name if made.entry else "")
    return made


def from_program(
    source: Callable[..., Any],
    *,
    gradient: Callable[..., Any] | None = None,
    jac: bool | Callable[..., Any] | None = None,
    **options: Any,  # noqa: ANN401
) -> Function:
    """A Function from a callable, with the options that `function` takes."""
    from spusk.functions.callables import from_callable

    for name, slope in (("gradient", gradient), ("jac", jac)):
        if not (slope is None or callable(slope) or (name == "jac" and isinstance(slope, bool))):
            raise InputError.keyed("function.slope", name=name, found=slope)
    if gradient is not None and jac:
        raise InputError.keyed("function.two_slopes")
    slope = jac if callable(jac) else gradient
    return from_callable(source, gradient=slope, jac=jac is True, **options)


def is_program(source: Any) -> TypeGuard[Callable[..., Any]]:  # noqa: ANN401
    """Whether something is a callable to be asked for numbers."""
    return callable(source) and not isinstance(source, Function) and not is_sympy(source)


def refuse_options(source: Any, options: dict[str, Any]) -> None:  # noqa: ANN401
    """InputError where what only a callable takes is given with anything else."""
    names = ", ".join(
        name for name, value in options.items()
        if not (value is None or value is False or (isinstance(value, tuple) and not value))
    )  # fmt: skip
    if names:
        raise InputError.keyed("function.options", names=names, found=type(source).__name__)


def is_sympy(source: Any) -> bool:  # noqa: ANN401
    """Whether something is an expression of SymPy's; its symbols are callable."""
    sympy = sys.modules.get("sympy")
    return sympy is not None and isinstance(source, sympy.Expr)


def from_text(source: Any) -> Function:  # noqa: ANN401
    """A Function from a gallery name or a formula."""
    from spusk.functions.gallery import GALLERY
    from spusk.functions.parse import grammar, parse
    from spusk.functions.symbolic import Symbolic

    if not isinstance(source, str):
        key = "function.sympy" if is_sympy(source) else "function.kind_of_source"
        raise InputError.keyed(key, found=type(source).__name__, text=source)
    entry = GALLERY.get(source.strip().lower())
    formula = entry.formula if entry else source
    tree, names = parse(formula)
    if not names:
        raise FormulaError.at_column("constant", 0)
    symbolic = Symbolic(tree, names, grammar(formula)[0])
    shown = symbolic.formulas("text", "en").f
    return Function(names, "formula", symbolic=symbolic, entry=entry, text=shown)
