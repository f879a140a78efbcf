"""Where a Function comes from: a formula, a name of the gallery, or a Python callable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spusk.errors import FormulaError, InputError
from spusk.functions.definition import Function


def function(
    source: str | Callable[..., Any] | Function,
    *,
    n: int | None = None,
    gradient: Callable[..., Any] | None = None,
    name: str = "",
) -> Function:
    """A function f: Rⁿ → R with its gradient, from a formula, a name of the gallery or a callable.

    A formula is read, never evaluated as Python, and differentiated exactly. A callable is traced
    to a formula where that goes and agrees with it; else `gradient` is taken, once it agrees with
    differences; else differences serve (`Function.how` says which).

    Args:
        source: "x^2 + sin(y)", a name in `GALLERY`, or a callable of n numbers or of a vector (n,).
        n: the number of variables; needed for a callable of one vector.
        gradient: ∇f of a callable that cannot be traced, (n,) -> (n,).
        name: what pictures and messages call it.

    Returns:
        The function; value, gradient and Hessian take points (…, n).

    Raises:
        FormulaError: a text that is no function; the column, and what to write instead.
        GradientError: the gradient given is not the gradient of the function.
        InputError: n is missing, or another than found.

    Source: lecture, row L1.
    """
    if isinstance(source, Function):
        return source
    if callable(source):
        from spusk.functions.callables import from_callable

        made = from_callable(source, n, gradient)
    else:
        made = from_text(source)
        if n not in (None, made.n):
            raise InputError.keyed(
                "function.variables", n=n, found=made.n, names=", ".join(made.names)
            )
    made.name = name or (made.entry.name if made.entry else "")
    return made


def from_text(source: str) -> Function:
    """A Function from a gallery name or a formula."""
    from spusk.functions.gallery import GALLERY
    from spusk.functions.parse import grammar, parse
    from spusk.functions.symbolic import Symbolic

    key = source.strip().lower() if isinstance(source, str) else source
    entry = GALLERY.get(key)
    formula = entry.formula if entry else source
    tree, names = parse(formula)
    if not names:
        raise FormulaError.at_column("constant", 0)
    symbolic = Symbolic(tree, names, grammar(formula)[0])
    shown = symbolic.formulas("text", "en").f
    return Function(names, symbolic.value, "formula", symbolic, entry=entry, text=shown)
