"""How a callable takes its variables, as far as its signature tells: apart, or as one vector."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np


def arguments(source: Callable[..., Any], besides: int = 0) -> int | None:
    """How many separate numbers a callable takes: 2 for f(x, y), None for f(x) of a vector.

    Its arguments without defaults are counted; the last few of them may be others.
    """
    needed = needs(source)
    count = 0 if needed is None else needed - besides
    return count if count > 1 else None


def takes_any(source: Callable[..., Any]) -> bool:
    """Whether a callable asks for no argument by name, such as f(*x), so that calls alone tell."""
    return not needs(source)


def needs(source: Callable[..., Any]) -> int | None:
    """How many positional arguments a callable has without defaults; None: it does not say."""
    if isinstance(source, np.ufunc):
        return source.nin
    try:
        parameters = inspect.signature(source).parameters.values()
    except (TypeError, ValueError):
        return None
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(p.kind in positional and p.default is p.empty for p in parameters)
