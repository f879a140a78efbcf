"""Python callables as Functions: traced where that goes, checked, or differentiated by steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from spusk.errors import InputError, SpuskError, StartError
from spusk.functions.definition import Floats, Function, random_points
from spusk.functions.probes import CHECKED, FEW, agrees, look, refuse_wrong
from spusk.functions.program import Program
from spusk.functions.signature import arguments, takes_any

TRACED_UP_TO = 20  # variables; with more, formulas cost more than differences


def from_callable(
    source: Callable[..., Any],
    *,
    n: int | None = None,
    gradient: Callable[..., Any] | None = None,
    args: Any = (),  # noqa: ANN401
    jac: bool = False,
    vectorized: bool = False,
    traced: bool = True,
    start: Floats | None = None,
    number: bool = False,
) -> Function:
    """A Function from f(x1, …, xn), or from f(x) of a vector with n given.

    `start` is a point, (n,), at which it is looked at too; it tells n where nobody does. `number`:
    it was given as a plain number, so that f of one variable more likely takes one. What is no
    tuple is the only one of `args`, as in SciPy.
    """
    args = args if isinstance(args, tuple) else (args,)
    count = dimension(arguments(source, len(args)), n, start)
    points = random_points([(-3.0, 3.0)] * count)
    if start is not None:
        points[0] = start
    program = Program(source, count, args=args, pair=jac, slope=gradient, vectorized=vectorized)
    names = tuple(f"x{k}" for k in range(1, count + 1))
    with np.errstate(all="ignore"):
        likely = ways(source, count, len(args), number)
        seen, values = answered(program, points, likely, start is not None)
        if gradient is not None:
            possible = ways(gradient, count, len(args), program.apart)
            program.slope_apart = program.apart if program.apart in possible else possible[0]
        look(program, seen, values)
        if not program.stepped:
            refuse_wrong(program, seen)
            return Function(names, "given", program)
        return traced_or_not(program, names, points, traced)


def traced_or_not(
    program: Program, names: tuple[str, ...], points: Floats, traced: bool
) -> Function:
    """A Function of the formula that a callable computes, where it can be read and may be."""
    from spusk.functions.trace import trace

    if traced and not program.noise and program.n <= TRACED_UP_TO:
        tree = trace(program.call, names)
        if tree is not None:
            read = read_tree(tree, names)
            if agrees(program, read, points):
                return read
    return Function(names, "differences", program)


def dimension(separate: int | None, n: int | None, start: Floats | None) -> int:
    """The number of variables: of the separate ones that f takes, else what is said, or a start's.

    InputError: nobody tells it, or two tell it differently.
    """
    if separate and n not in (None, separate):
        raise InputError.keyed("function.separate", n=n, found=separate)
    if separate and start is not None and start.size != separate:
        raise StartError.keyed("function.separate", n=start.size, found=separate)
    count = separate or (start.size if n is None and start is not None else n)
    if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
        raise InputError.keyed("function.dimension", found=n)
    return int(count)


def ways(source: Callable[..., Any], n: int, besides: int, number: bool) -> list[bool]:
    """How a callable may take n variables, the likeliest first: True: apart, False: as a vector."""
    if arguments(source, besides):
        return [True]
    if n == 1:
        return [number, not number]
    return [False, True] if takes_any(source) else [False]


def answered(
    program: Program, points: Floats, likely: list[bool], started: bool
) -> tuple[Floats, Floats]:
    """The first few of the points (K, n) at which a callable answers with a number, and these.

    In the first of the ways in which it does, at the start where there is one; the program takes
    that way. What it raises in the likeliest way is raised where it does in none.
    """
    due = FEW if program.stepped else CHECKED
    errors: list[SpuskError] = []
    for program.apart in likely:
        seen: list[Floats] = []
        values: list[Any] = []
        for x in points:
            try:
                values.append(program.value(x[None])[0])
            except SpuskError as error:
                errors.append(error)
                if started and not seen:
                    break
                continue
            seen.append(x)
            if len(seen) == due:
                break
        if seen:
            return np.array(seen), np.array(values)
    program.apart = likely[0]
    raise errors[0]


def read_tree(tree: Any, names: tuple[str, ...]) -> Function:  # noqa: ANN401
    """A Function of a traced tree."""
    from spusk.functions.symbolic import Symbolic, text

    return Function(names, "traced", symbolic=Symbolic(tree, names), text=text(tree))
