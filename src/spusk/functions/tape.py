"""A formula as plain data: a straight row of operations that needs no interpreter of text.

A Tape runs in NumPy over blocks of points with scratch that stays in cache, and goes to a browser
as JSON. Cells 0 … n−1 are the variables; each operation writes one further cell.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

ONE: dict[str, Any] = {  # of one operand
    "neg": np.negative, "sqrt": np.sqrt, "exp": np.exp, "log": np.log, "abs": np.abs,
    "sign": np.sign, "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin,
    "acos": np.arccos, "atan": np.arctan, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh,
    "inv": np.reciprocal, "copy": np.positive,
}  # fmt: skip
TWO: dict[str, Any] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "pow": np.power,
}  # fmt: skip
NATIVE = ("add", "sub", "mul", "div", "neg", "sqrt", "abs", "inv", "copy")  # as in tape.hpp
PARTIAL = {"log", "sqrt", "pow", "asin", "acos"}  # not defined everywhere
Operand = int | float  # a cell, or a constant


@dataclass(frozen=True)
class Tape:
    """`ops` rows are (name, target cell, operands); `outputs` are cells or constants."""

    n: int
    cells: int  # after cells whose last use has passed were given to others
    ops: tuple[tuple[str, int, tuple[Operand, ...]], ...]
    outputs: tuple[Operand, ...]

    @property
    def partial(self) -> bool:
        """Whether some of it is not defined everywhere."""
        return any(op in PARTIAL for op, _, _ in self.ops)

    def part(self, outputs: slice) -> "Tape":
        """The tape of some of the outputs, without the operations that only others need."""
        cells = self.outputs[outputs]
        wanted, kept = set(cells), []
        for op, target, operands in reversed(self.ops):  # a cell is written more than once
            if target in wanted:
                wanted = wanted - {target} | set(operands)
                kept.append((op, target, operands))
        return replace(self, ops=tuple(reversed(kept)), outputs=cells)

    def walker(self) -> "Walker | None":
        """The tape as numbers for the native part; None where it is not built, or not enough."""
        try:
            from spusk import _native
        except ImportError:
            return None
        if any(op not in NATIVE for op, _, _ in self.ops) or len(self.outputs) != self.n:
            return None
        return Walker(self, _native.walk)

    def bind(self, points: Sequence[Floats]) -> Callable[[], list[Floats]]:
        """A function without arguments that reads these n arrays (B,) and gives the outputs.

        The outputs are its own scratch: valid until the next call; the caller may write into them.
        """
        kind, count = points[0].dtype.type, len(points[0])
        pool = np.empty((self.cells - self.n, count), kind)
        cells = [*points, *pool]
        functions = ONE | TWO
        calls = [
            (functions[op], [cells[a] if is_cell(a) else kind(a) for a in operands], cells[target])
            for op, target, operands in self.ops
        ]
        outputs = [cells[a] if is_cell(a) else np.empty(count, kind) for a in self.outputs]
        numbers = [(k, a) for k, a in enumerate(self.outputs) if not is_cell(a)]

        def run() -> list[Floats]:
            for call, operands, out in calls:
                call(*operands, out)
            for k, number in numbers:
                outputs[k][...] = number
            return outputs

        return run


class Walker:
    """Steps of x ← x − η∇f by the native part, with NumPy's very numbers."""

    def __init__(self, tape: Tape, walk: Callable[..., None]) -> None:
        self.walk = walk
        numbers = {a for _, _, operands in tape.ops for a in operands if not is_cell(a)}
        numbers |= {a for a in tape.outputs if not is_cell(a)}
        self.numbers = sorted(numbers)
        self.cells = tape.cells + len(self.numbers)
        place = {number: tape.cells + k for k, number in enumerate(self.numbers)}
        rows = [
            (NATIVE.index(op), target, *(a if is_cell(a) else place[a] for a in (*ins, *ins)[:2]))
            for op, target, ins in tape.ops
        ]
        self.ops = np.array(rows, np.int32).reshape(-1, 4)
        self.outputs = np.array([a if is_cell(a) else place[a] for a in tape.outputs], np.int32)

    def __call__(self, x: Floats, first: int, eta: Any, **ends: Any) -> None:  # noqa: ANN401
        """Descents from the starts x (S, n), beginning with the first-th and going round.

        η is one number, or one for each descent; `ends` is what native/tape/tape.hpp's Ends holds,
        and steps.
        """
        constants = np.array(self.numbers, x.dtype)
        rates = np.array(eta, x.dtype).reshape(-1)
        isa = os.environ.get("SPUSK_ISA", "")
        self.walk(self.ops, self.outputs, constants, self.cells, x, first, rates, isa=isa, **ends)


def is_cell(operand: Operand) -> TypeGuard[int]:
    """Whether an operand is a cell, not a constant."""
    return isinstance(operand, int)
