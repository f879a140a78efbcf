"""Our loop behind `scipy.optimize.minimize(f, x0, method=spusk.scipy_method)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spusk.descent.loop import Step
from spusk.descent.minimize import descend
from spusk.errors import InputError
from spusk.optim.schedules import Rate

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

STEP = float(np.finfo(np.float64).eps) ** (1 / 3)  # of central differences


class _Fun:
    """fun(x, *args) and jac(x, *args) as a surface; without jac, central differences."""

    def __init__(self, fun: Any, jac: Any, args: tuple[Any, ...], n: int) -> None:  # noqa: ANN401
        self.fun, self.jac, self.args, self.n = fun, jac, args, n

    def value(self, x: NDArray[Any]) -> float:
        return float(np.squeeze(self.fun(x, *self.args)))

    def gradient(self, x: NDArray[Any]) -> NDArray[Any]:
        if callable(self.jac):
            return np.asarray(self.jac(x, *self.args), np.float64)
        steps = np.diag(STEP * np.maximum(1.0, np.abs(x)))
        rows = [(self.value(x + h) - self.value(x - h)) / (2 * h.sum()) for h in steps]
        return np.array(rows)


def scipy_method(
    fun: Callable[..., Any],
    x0: ArrayLike,
    args: tuple[Any, ...] = (),
    jac: Any = None,  # noqa: ANN401
    callback: Callable[..., Any] | None = None,
    rate: Rate = 0.01,
    rule: str = "plain",
    search: str | None = None,
    maxiter: int = 1000,
    tol: float | None = None,
    gtol: float = 1e-6,
    bounds: Any = None,  # noqa: ANN401
    constraints: Any = (),  # noqa: ANN401
    **ignored: Any,  # noqa: ANN401
) -> OptimizeResult:
    """Gradient descent behind SciPy: `scipy.optimize.minimize(f, x0, method=spusk.scipy_method)`.

    Args:
        fun: f, (n,) -> a number.
        x0: the start, (n,).
        args: handed to fun and jac after x.
        jac: ∇f, (n,) -> (n,); else central differences.
        callback: called with an OptimizeResult (x, fun) after each step.
        rate: the learning rate η > 0, or a schedule; an option.
        rule: a name in `optim.RULES` such as "adam"; an option.
        search: "armijo", or None; an option.
        maxiter: steps at most; an option.
        tol: as gtol, SciPy's own name.
        gtol: converged when ‖∇f‖ is at most this; an option.
        bounds: none may be given.
        constraints: none may be given.
        **ignored: what else SciPy hands over (hess, hessp), and this method does without.

    Returns:
        x, fun, jac, nit, nfev, njev, success, status and message.

    Raises:
        InputError: bounds or constraints; an unknown rule or search.
        RateError: a rate that is not positive and finite.
        StartError: a start that is not finite.
    """
    from scipy.optimize import OptimizeResult

    if bounds is not None or (constraints is not None and len(constraints)):
        raise InputError.keyed("descent.constraints")
    start = np.atleast_1d(np.asarray(x0, np.float64))

    def report(step: Step) -> None:
        if callback is not None and step.n:
            callback(OptimizeResult(x=step.x, fun=step.value))

    result = descend(
        _Fun(fun, jac, args, start.size), start, rate, maxiter, gtol if tol is None else tol,
        rule=rule, search=search, record="last", callback=report,
    )  # fmt: skip
    if result.error is not None:
        raise result.error
    return OptimizeResult(
        {name: getattr(result, name)
         for name in ("x", "fun", "jac", "nit", "nfev", "njev", "success", "status", "message")}
    )  # fmt: skip
